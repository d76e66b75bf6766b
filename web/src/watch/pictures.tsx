// Samples and reconstructions of the runs that are shown, the newest or earlier ones: after an epoch, or a step within one.
import { signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { Swatch } from '../parts/figures.tsx'
import { whole } from '../text/language.ts'
import type { Live } from './live.ts'
import type { Moment, Picture } from '../../../src/checkpoint/pictures.ts'
import { momentBy, type Placed } from './moments.ts'
import { placeOf, shown } from './runs.ts'
import { text } from './text.ts'

/** The step that is looked at; null for the newest, whichever that is. */
const wanted = signal<number | null>(null)

export function Pictures() {
  const t = text.value
  return (
    <>
      <Of kind="samples" title={t.samples} help={t.samplesHelp} alt={t.samplesAlt} />
      <Of kind="reconstruction" title={t.reconstructions} help={t.reconstructionsHelp} alt={t.reconstructionsAlt} />
    </>
  )
}

interface Props {
  readonly kind: Picture
  readonly title: string
  readonly help: string
  readonly alt: (run: string, when: string) => string
}

function Of({ kind, title, help, alt }: Props) {
  const drawn = shown.value.flatMap((run) => {
    const newest = run.facts.value.pictures[kind]
    if (!newest) return []
    // There are no reconstructions before training.
    const moments = run.momentsTo(newest).filter(({ step }) => kind === 'samples' || step > 0)
    return moments.length > 0 ? [{ run, mark: newest.mark, moments }] : []
  })
  if (drawn.length === 0) return null
  return (
    <Card title={title} help={help} class={`pictures ${kind}`}>
      {kind === 'samples' && <When all={drawn.map(({ moments }) => moments)} />}
      <div class={drawn.length > 1 ? 'side-by-side' : ''}>
        {drawn.map((each) => (
          <One key={each.run.index} {...each} kind={kind} alt={alt} several={drawn.length > 1} />
        ))}
      </div>
    </Card>
  )
}

/** The slider's right end is the newest moment, and stays it. */
function When({ all }: { readonly all: readonly (readonly Placed[])[] }) {
  const t = text.value
  const id = useId()
  const steps = [...new Set(all.flat().map(({ step }) => step))].sort((a, b) => a - b)
  const newest = steps.length - 1
  if (newest === 0) return null
  const at = wanted.value === null ? newest : Math.max(0, steps.findLastIndex((step) => step <= wanted.value!))
  const said = at === newest ? `${whole(steps[at]!)} (${t.newest})` : whole(steps[at]!)
  return (
    <div class="epoch">
      <label for={id}>{t.untilNow}</label>
      <input id={id} type="range" min={0} max={newest} value={at} aria-valuetext={said}
        onInput={({ currentTarget: { valueAsNumber: chosen } }) => (wanted.value = chosen < newest ? steps[chosen]! : null)} />
      <output for={id}>{said}</output>
    </div>
  )
}

interface OneProps extends Pick<Props, 'kind' | 'alt'> {
  readonly run: Live
  readonly mark: number
  readonly moments: readonly Placed[]
  readonly several: boolean
}

function One({ run, kind, mark, moments, alt, several }: OneProps) {
  const t = text.value
  const failed = useSignal('')
  const { moment } = momentBy(moments, wanted.value ?? Infinity)!
  const { name } = run.facts.value
  const address = `./picture/${run.index}/${kind}/${pathOf(moment)}?${mark}`
  const when = 'step' in moment ? t.afterStep(whole(moment.step))
    : moment.epoch === 0 ? t.before : t.afterEpoch(whole(moment.epoch))
  return (
    <figure>
      <figcaption>
        {several && <><Swatch place={placeOf(run)} /><span class="name">{name}</span></>}
        <span class="note">{when}</span>
      </figcaption>
      {failed.value === address ? <p class="note">{t.noPicture}</p>
        : <img src={address} alt={alt(name, when)} {...dataOf(moment)} onError={() => (failed.value = address)} />}
    </figure>
  )
}

const pathOf = (moment: Moment): string => ('step' in moment ? `step/${moment.step}` : `epoch/${moment.epoch}`)
const dataOf = (moment: Moment) => ('step' in moment ? { 'data-step': moment.step } : { 'data-epoch': moment.epoch })
