// Whether this browser gives the bits that the package promises.
import { signal } from '@preact/signals'
import type { VerifyReport, VerifyResult } from 'ganglion/verify'
import { Card } from '../parts/card.tsx'
import { Check, Cross, Download } from '../parts/icons.tsx'
import { json } from '../state/files.ts'
import { Job } from '../state/job.ts'
import { text } from '../text/index.ts'
import type { Said } from '../workers/verify.ts'

const results = signal<readonly VerifyResult[]>([])
const total = signal(0)
const report = signal<VerifyReport | null>(null)

const start = () => new Worker(new URL('../workers/verify.ts', import.meta.url), { type: 'module' })
const job = new Job<Exclude<Said, { error: string }>>(start, (said) => {
  if ('report' in said) report.value = said.report
  else {
    results.value = [...results.value, said.result]
    total.value = said.of
  }
})

function begin(): void {
  results.value = []
  report.value = null
  job.begin(null)
}

export default function Verify() {
  const t = text.value
  const found = report.value
  return (
    <div class="view">
      <Card title={t.verifyTitle} help={t.verifyHelp} class={found ? (found.ok ? 'same' : 'different') : ''}>
        <div class="buttons">
          {job.running.value ? <button type="button" onClick={() => job.stop()}>{t.stop}</button>
            : <button type="button" class="primary" onClick={begin}>{t.verifyBegin}</button>}
          {found && <button type="button" onClick={() => json('ganglion-verify.json', found)}><Download />{t.report}</button>}
        </div>
        {(job.running.value || results.value.length > 0) && (
          <progress max={total.value || 1} value={results.value.length} aria-label={t.verifyTitle} />
        )}
        <div role="status">
          {job.error.value && <p class="alert">{job.error.value}</p>}
          {found && (
            <p class="verdict" data-verdict={found.ok ? 'same' : 'different'}>
              {found.ok ? <Check /> : <Cross />}{found.ok ? t.verified(found.results.length) : found.summary}
            </p>
          )}
        </div>
        <ul class="recipes">
          {results.value.map(({ name, ok, error, digest }) => (
            <li key={name} class={ok ? 'good' : 'bad'} title={error ?? digest ?? ''}>{ok ? <Check /> : <Cross />}{name}</li>
          ))}
        </ul>
      </Card>
    </div>
  )
}
