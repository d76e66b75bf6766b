// The settings of a run. A change is a new run.
import { useId } from 'preact/hooks'
import { factsOf, models } from '../state/facts.ts'
import { FIRST_DATA } from '../state/data.ts'
import { ownData } from '../state/own.ts'
import { change, defaultsOf, type NumberName, RANGES, settings, show, within } from '../state/settings.ts'
import { text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { Dice } from './icons.tsx'

const MOST_SEEDS = 1_000_000

export function Form() {
  const { model, data } = settings.value
  const t = text.value
  const id = useId()
  const { latent, rate, summary } = factsOf(model)
  const count = ownData(data)?.train.count ?? 0
  return (
    <Card title={t.settings} help={t.settingsHelp} class="settings" aside={
      <button type="button" class="quiet" onClick={() => change({ ...defaultsOf(model), data })}>{t.defaults}</button>
    }>
      <form onSubmit={(event) => event.preventDefault()}>
        <div class="field wide">
          <label for={id}>{t.model}</label>
          <select id={id} value={model} aria-describedby={`${id}-about`}
            onChange={({ currentTarget }) => change({ ...defaultsOf(currentTarget.value), data, seed: settings.value.seed })}>
            {models.map(({ kind }) => <option key={kind} value={kind}>{kind}</option>)}
          </select>
          <p id={`${id}-about`}>{t.models[model] ?? summary}</p>
        </div>
        <NumberField name="batch" label={t.batch} />
        {latent !== null && <NumberField name="latent" label={t.latent} />}
        {rate !== null && <NumberField name="rate" label={t.rate} />}
        <NumberField name="seed" label={t.seed} button={
          <button type="button" class="quiet round" aria-label={t.newSeed} title={t.newSeed}
            onClick={() => change({ seed: Math.floor(Math.random() * MOST_SEEDS) })}><Dice /></button>
        } />
        <NumberField name="steps" label={t.steps} />
        <div class="wide data">
          <p class="note"><strong>{t.data}</strong> {data === FIRST_DATA ? t.dataOf : t.dataOwn(whole(count))}</p>
          <button type="button" onClick={() => show('data')}>{t.otherData}</button>
        </div>
      </form>
    </Card>
  )
}

interface NumberProps {
  readonly name: NumberName
  readonly label: string
  readonly button?: preact.JSX.Element
}

function NumberField({ name, label, button }: NumberProps) {
  const id = useId()
  const value = settings.value[name]
  const { min, max, whole: integral } = RANGES[name]
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="input">
        <input id={id} name={name} type="number" inputMode="decimal" min={min} max={max} step={integral ? 1 : 'any'} value={value}
          onChange={({ currentTarget }) => {
            const next = within(name, currentTarget.valueAsNumber, value)
            currentTarget.value = String(next)
            if (next !== value) change({ [name]: next })
          }} />
        {button}
      </div>
    </div>
  )
}
