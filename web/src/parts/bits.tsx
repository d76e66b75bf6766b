// The sentence that the project lives by, and its proof: the digest that these settings end in, here and anywhere.
import { signal } from '@preact/signals'
import { run } from '../state/current.ts'
import type { Run, Taken } from '../state/run.ts'
import { linkTo } from '../state/settings.ts'
import { text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { Check, Cross, Link } from './icons.tsx'

export function Bits() {
  const now = run.value
  if (!now) return null
  const { expected } = now.settings
  const verdict = now.verdict.value
  return (
    <Card title={text.value.bits} help={text.value.bitsHelp} class={`bits ${verdict ?? ''}`}>
      {expected ? <Promised run={now} /> : <Reached run={now} />}
    </Card>
  )
}

/** Groups of eight, which eyes can compare. A screen reader and the clipboard have it whole. */
function Digest({ of, name }: { readonly of: string, readonly name: string }) {
  return <code class="digest" data-digest={name} data-value={of}>{of.match(/.{8}/g)?.map((part) => <span key={part}>{part}</span>)}</code>
}

function Waiting({ run: { settings, step }, says }: { readonly run: Run, readonly says: string }) {
  return (
    <div class="waiting">
      <p>{says}</p>
      <progress max={settings.steps} value={Math.min(step.value, settings.steps)} aria-label={says} />
    </div>
  )
}

function Reached({ run }: { readonly run: Run }) {
  const t = text.value
  const { settings, reached, paused, sides } = run
  const taken = paused.value && paused.value.step !== reached.value?.step && paused.value.step > 0 ? paused.value : reached.value
  return (
    <div role="status">
      {!taken && <Waiting run={run} says={t.before(whole(settings.steps))} />}
      {taken && <h3>{t.at(whole(taken.step))}</h3>}
      {taken && <Digest of={taken.digest} name="reached" />}
      {taken && (sides.touched.value && taken !== reached.value
        ? <p class="note" data-touched>{t.touched}</p> : <Share run={settings} taken={taken} />)}
    </div>
  )
}

function Promised({ run }: { readonly run: Run }) {
  const t = text.value
  const { settings, reached, verdict } = run
  const verdicts = { same: [<Check />, t.same], different: [<Cross />, t.different] } as const
  const [icon, sentence] = verdict.value ? verdicts[verdict.value] : [null, t.promised(whole(settings.steps))]
  return (
    <div role="status">
      <p class="verdict" data-verdict={verdict.value ?? ''}>{icon}{sentence}</p>
      <h3>{t.expected}</h3><Digest of={settings.expected} name="expected" />
      <h3>{t.reached}</h3>
      {reached.value ? <><Digest of={reached.value.digest} name="reached" /><Share run={settings} taken={reached.value} /></>
        : <Waiting run={run} says={t.waiting(whole(settings.steps))} />}
    </div>
  )
}

const copied = signal('')

function Share({ run: settings, taken: { step, digest } }: { readonly run: Run['settings'], readonly taken: Taken }) {
  const address = linkTo({ ...settings, steps: step, expected: digest })
  const copy = async (event: MouseEvent) => {
    // Where the clipboard is refused, it is a link as any.
    event.preventDefault()
    await navigator.clipboard.writeText(address).then(() => (copied.value = address), () => location.assign(address))
  }
  return (
    <a class="button" href={address} data-share onClick={(event) => void copy(event)}>
      <Link />{copied.value === address ? text.value.copied : text.value.copy}
    </a>
  )
}
