// Samples and reconstructions of the runs that are shown, after the newest epoch or an earlier one.
import { signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { Swatch } from '../parts/figures.tsx'
import { whole } from '../text/language.ts'
import type { Live } from './live.ts'
import type { Picture } from '../../../src/checkpoint/pictures.ts'
import type { Drawn } from '../../../src/cli/watch/news.ts'
import { placeOf, shown } from './runs.ts'
import { text } from './text.ts'

/** The epoch that is looked at; null for the newest, whichever that is. */
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
  readonly alt: (run: string, epoch: string) => string
}

function Of({ kind, title, help, alt }: Props) {
  const drawn = shown.value.flatMap((run) => {
    const newest = run.facts.value.pictures[kind]
    return newest ? [{ run, newest }] : []
  })
  if (drawn.length === 0) return null
  const newest = Math.max(...drawn.map(({ newest: { epoch } }) => epoch))
  return (
    <Card title={title} help={help} class={`pictures ${kind}`}>
      {kind === 'samples' && newest > 0 && <Epoch newest={newest} />}
      <div class={drawn.length > 1 ? 'side-by-side' : ''}>
        {drawn.map(({ run, newest }) => (
          <One key={run.index} run={run} kind={kind} newest={newest} alt={alt} several={drawn.length > 1} />
        ))}
      </div>
    </Card>
  )
}

/** The slider's right end is the newest epoch, and stays it. */
function Epoch({ newest }: { readonly newest: number }) {
  const t = text.value
  const id = useId()
  const at = Math.min(wanted.value ?? newest, newest)
  const said = at === newest ? `${whole(at)} (${t.newest})` : whole(at)
  return (
    <div class="epoch">
      <label for={id}>{t.untilNow}</label>
      <input id={id} type="range" min={0} max={newest} value={at} aria-valuetext={said}
        onInput={({ currentTarget }) => {
          wanted.value = currentTarget.valueAsNumber < newest ? currentTarget.valueAsNumber : null
        }} />
      <output for={id}>{said}</output>
    </div>
  )
}

interface OneProps extends Pick<Props, 'kind' | 'alt'> {
  readonly run: Live
  readonly newest: Drawn
  readonly several: boolean
}

function One({ run, kind, newest, alt, several }: OneProps) {
  const t = text.value
  const failed = useSignal('')
  const first = kind === 'samples' ? 0 : 1
  const epoch = Math.max(first, Math.min(wanted.value ?? newest.epoch, newest.epoch))
  const { name } = run.facts.value
  const address = `./picture/${run.index}/${kind}/${epoch}?${newest.mark}`
  return (
    <figure>
      <figcaption>
        {several && <><Swatch place={placeOf(run)} /><span class="name">{name}</span></>}
        <span class="note">{epoch === 0 ? t.before : t.afterEpoch(whole(epoch))}</span>
      </figcaption>
      {failed.value === address ? <p class="note">{t.noPicture}</p>
        : <img src={address} alt={alt(name, whole(epoch))} data-epoch={epoch} onError={() => (failed.value = address)} />}
    </figure>
  )
}
