// The settings of a run. A change is a new run.
import { useId } from 'preact/hooks'
import { factsOf, type ModelFacts, models, type OptionFacts, optionText } from '../state/facts.ts'
import { isPlane, PLANES, SET_NAMES } from '../state/data.ts'
import { ownData, ownSets } from '../state/own.ts'
import {
  type Change, change, CHANGES, changesIn, defaultsOf, type NumberName, RANGES, type Settings, settings, show, within,
} from '../state/settings.ts'
import { text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { Dice } from './icons.tsx'

const MOST_SEEDS = 1_000_000
const SORTS = [
  ['autoencoders', ({ encodes }: ModelFacts) => encodes], ['adversarial', ({ encodes }: ModelFacts) => !encodes],
] as const

export function Form() {
  const { model, data } = settings.value
  const t = text.value
  const id = useId()
  const { latent, rate, summary, paper } = factsOf(model)
  const count = ownData(data)?.train.count ?? 0
  return (
    <Card title={t.settings} help={t.settingsHelp} class="settings" aside={
      <button type="button" class="quiet" onClick={() => change(defaultsOf(model, data))}>{t.defaults}</button>
    }>
      <form onSubmit={(event) => event.preventDefault()}>
        <div class="field wide">
          <label for={id}>{t.model}</label>
          <select id={id} value={model} aria-describedby={`${id}-about`}
            onChange={({ currentTarget }) => change({ ...defaultsOf(currentTarget.value, data), seed: settings.value.seed })}>
            <Kinds />
          </select>
          <p id={`${id}-about`}>{t.models[model] ?? summary} <span class="paper">{paper}</span></p>
        </div>
        <div class="wide data field">
          <label for={`${id}-data`}>{t.data}</label>
          <select id={`${id}-data`} value={data} data-data aria-describedby={`${id}-data-about`}
            onChange={({ currentTarget }) => {
              const next = currentTarget.value
              if (isPlane(next) === isPlane(data)) change({ data: next })
              else change({ ...defaultsOf(model, next), seed: settings.value.seed })
            }}>
            {([[t.images, SET_NAMES], [t.points, PLANES]] as const).map(([label, names]) => (
              <optgroup key={label} label={label}>
                {names.map((name) => <option key={name} value={name}>{t.sets[name]}</option>)}
              </optgroup>
            ))}
            {ownSets().length > 0 && (
              <optgroup label={t.otherData}>
                {ownSets().map((set) => <option key={set.id} value={set.id}>{t.dataOwn(whole(set.train.count))}</option>)}
              </optgroup>
            )}
          </select>
          <p id={`${id}-data-about`}>
            {isPlane(data) ? t.dataPoints : t.dataAbout[data as keyof typeof t.dataAbout] ?? t.dataOwn(whole(count))}
          </p>
          <button type="button" onClick={() => show('data')}>{t.otherData}</button>
        </div>
        <NumberField of={settings.value} onChange={change} name="batch" label={t.batch} />
        {latent !== null && <NumberField of={settings.value} onChange={change} name="latent" label={t.latent} />}
        {rate !== null && <NumberField of={settings.value} onChange={change} name="rate" label={t.rate} />}
        <NumberField of={settings.value} onChange={change} name="seed" label={t.seed} button={
          <button type="button" class="quiet round" aria-label={t.newSeed} title={t.newSeed}
            onClick={() => change({ seed: Math.floor(Math.random() * MOST_SEEDS) })}><Dice /></button>
        } />
        <NumberField of={settings.value} onChange={change} name="steps" label={t.steps} />
        {!isPlane(data) && <Changes />}
        <Options model={model} />
      </form>
    </Card>
  )
}

/** All models, as a list's options. */
export function Kinds() {
  return (
    <>
      {SORTS.map(([sort, has]) => (
        <optgroup key={sort} label={text.value.sorts[sort]}>
          {models.filter(has).map(({ kind }) => <option key={kind} value={kind}>{kind}</option>)}
        </optgroup>
      ))}
    </>
  )
}

interface NumberProps {
  readonly of: Settings
  readonly onChange: (some: Partial<Settings>) => void
  readonly name: NumberName
  readonly label: string
  readonly button?: preact.JSX.Element
}

export function NumberField({ of, onChange, name, label, button }: NumberProps) {
  const id = useId()
  const value = of[name]
  const { min, max, whole: integral } = RANGES[name]
  return (
    <div class={`field of-${name}`}>
      <label for={id}>{label}</label>
      <div class="input">
        <input id={id} name={name} type="number" inputMode="decimal" min={min} max={max} step={integral ? 1 : 'any'} value={value}
          onChange={({ currentTarget }) => {
            const next = within(name, currentTarget.valueAsNumber, value)
            currentTarget.value = String(next)
            if (next !== value) onChange({ [name]: next })
          }} />
        {button}
      </div>
    </div>
  )
}

/** How training images are changed. */
function Changes() {
  const t = text.value
  const { augment } = settings.value
  const others = (name: Change) => augment.split(',').filter((each) => each !== name)
  return (
    <fieldset class="wide checks">
      <legend>{t.augment}</legend>
      {CHANGES.map((name) => (
        <label key={name}>
          <input type="checkbox" name={`augment-${name}`} checked={augment.split(',').includes(name)}
            onChange={({ currentTarget: { checked } }) => (
              change({ augment: changesIn([...others(name), ...(checked ? [name] : [])].join()) }))} />
          {t.changes[name]}
        </label>
      ))}
    </fieldset>
  )
}

/** What the model takes besides, under the names that a program gives it by. */
function Options({ model }: { readonly model: string }) {
  const t = text.value
  const { options } = factsOf(model)
  return (
    <details class="wide more">
      <summary>{t.moreOptions(String(options.length))}</summary>
      <div>{options.map((option) => <OptionField key={`${model} ${option.name}`} option={option} />)}</div>
    </details>
  )
}

function OptionField({ option }: { readonly option: OptionFacts }) {
  const { name, help, choices, range } = option
  const id = useId()
  const { options } = settings.value
  const value = options[name]!
  const shared = { id, name, value, 'aria-describedby': `${id}-about` }
  const take = (input: HTMLInputElement | HTMLSelectElement) => {
    const next = optionText(option, input.value) ?? value
    input.value = next
    if (next !== value) change({ options: { ...options, [name]: next } })
  }
  return (
    <div class="field">
      <label for={id}><code>{name}</code></label>
      {choices
        ? <select {...shared} onChange={({ currentTarget }) => take(currentTarget)}>
          {choices.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
        : <input {...shared} inputMode={range ? 'decimal' : 'text'} autoComplete="off"
          onChange={({ currentTarget }) => take(currentTarget)} />}
      <p id={`${id}-about`}>{text.value.options[name] ?? help}</p>
    </div>
  )
}
