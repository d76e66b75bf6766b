// Runs beside each other: one with other settings, trained along, and those that are kept.
import { useEffect, useMemo } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { Kinds, NumberField } from '../parts/form.tsx'
import { Restart } from '../parts/icons.tsx'
import { Shelf } from '../parts/shelf.tsx'
import { restart, run } from '../state/current.ts'
import { factsOf } from '../state/facts.ts'
import { Run } from '../state/run.ts'
import { compare, defaultsOf, rival, type Settings, settings, write } from '../state/settings.ts'
import { text, whole } from '../text/index.ts'
import { Loss, Reconstructions, Samples } from './train.tsx'

export default function Runs() {
  const now = run.value
  if (!now) return <p role="status">{text.value.status.starting}</p>
  return (
    <div class="view">
      <Compare now={now} />
      <Shelf now={now} />
    </div>
  )
}

function Compare({ now }: { readonly now: Run }) {
  const t = text.value
  const other = rival.value
  if (!other) {
    return (
      <Card title={t.compareTitle} help={t.compareHelp}>
        <button type="button" data-compare onClick={() => compare(settings.value)}>{t.compareBegin}</button>
      </Card>
    )
  }
  const { seed, data, steps } = now.settings
  // What they have in common is what makes them comparable.
  const wanted: Settings = { ...other, seed, data, steps, expected: '' }
  return (
    <>
      <Card title={t.compareTitle} help={t.compareHelp} class="settings" aside={
        <div class="buttons">
          <button type="button" data-both onClick={restart}><Restart />{t.bothAnew}</button>
          <button type="button" class="quiet" onClick={() => compare(null)}>{t.compareEnd}</button>
        </div>
      }>
        <Other of={wanted} />
      </Card>
      <Both key={`${now.id} ${write(wanted)}`} now={now} wanted={wanted} />
    </>
  )
}

/** The other run's settings. */
function Other({ of }: { readonly of: Settings }) {
  const t = text.value
  const { latent, rate } = factsOf(of.model)
  const change = (some: Partial<Settings>) => compare({ ...of, ...some })
  return (
    <form class="others" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span>{t.model}</span>
        <select value={of.model} data-rival onChange={({ currentTarget }) => (
          change({ ...defaultsOf(currentTarget.value, of.data), seed: of.seed }))}><Kinds /></select>
      </label>
      <NumberField of={of} onChange={change} name="batch" label={t.batch} />
      {latent !== null && <NumberField of={of} onChange={change} name="latent" label={t.latent} />}
      {rate !== null && <NumberField of={of} onChange={change} name="rate" label={t.rate} />}
    </form>
  )
}

function Both({ now, wanted }: { readonly now: Run, readonly wanted: Settings }) {
  const t = text.value
  const other = useMemo(() => new Run(wanted), [])
  useEffect(() => () => other.close(), [other])
  // It stands still when the run does.
  const [status, own] = [now.status.value, other.status.value]
  useEffect(() => {
    if (status === 'paused' && own === 'running') other.pause()
    if (status === 'running' && own === 'paused') other.resume()
  }, [status, own])
  return (
    <div class="pair both">
      <Column title={t.this} run={now} />
      <Column title={t.other} run={other} />
    </div>
  )
}

function Column({ title, run }: { readonly title: string, readonly run: Run }) {
  const t = text.value
  const { settings: { model, batch, latent, rate, seed }, step, reached, error } = run
  return (
    <section class="stack" aria-label={title} data-reached={reached.value?.digest}>
      <h2>{title}</h2>
      <p class="note">
        {model} · {t.batch} {batch}{factsOf(model).latent !== null && ` · ${t.latent} ${latent}`} · {t.rate} {rate} ·{' '}
        {t.seed} {seed} · {t.step} <b data-step>{whole(step.value)}</b>
      </p>
      {error.value && <p class="alert" role="alert">{t.failed(error.value)}</p>}
      <Loss run={run} />
      <Samples run={run} />
      {factsOf(model).encodes && <Reconstructions run={run} />}
    </section>
  )
}
