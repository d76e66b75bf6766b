// How fast this browser is, each result beside its golden digest.
import { signal } from '@preact/signals'
import type { BenchReport } from 'ganglion/bench'
import { Card } from '../parts/card.tsx'
import { Download } from '../parts/icons.tsx'
import { json } from '../state/files.ts'
import { Job } from '../state/job.ts'
import { figure, text, whole } from '../text/index.ts'
import type { Said } from '../workers/bench.ts'

const report = signal<BenchReport | null>(null)
const what = signal('')

const start = () => new Worker(new URL('../workers/bench.ts', import.meta.url), { type: 'module' })
const job = new Job<Exclude<Said, { error: string }>>(start, (said) => {
  if ('report' in said) report.value = said.report
  else what.value = said.what
})

function begin(quick: boolean): void {
  report.value = null
  what.value = ''
  job.begin(quick)
}

export default function Bench() {
  const t = text.value
  const found = report.value
  const running = job.running.value
  return (
    <div class="view">
      <Card title={t.benchTitle} help={t.benchHelp}>
        <div class="buttons">
          {running && <button type="button" onClick={() => job.stop()}>{t.stop}</button>}
          {!running && <button type="button" class="primary" onClick={() => begin(true)}>{t.benchQuick}</button>}
          {!running && <button type="button" onClick={() => begin(false)}>{t.benchFull}</button>}
          {found && <button type="button" onClick={() => json('ganglion-bench.json', found)}><Download />{t.report}</button>}
        </div>
        {running && <p class="note" aria-live="off">{t.measuring} {what.value}</p>}
        {job.error.value && <p class="alert" role="alert">{job.error.value}</p>}
      </Card>
      {found && <Report report={found} />}
    </div>
  )
}

function Report({ report: { models, kernels, bandwidth, peak, threads, machine, seconds } }: { readonly report: BenchReport }) {
  const t = text.value
  const percent = (fraction: number) => `${whole(100 * fraction)} %`
  return (
    <>
      <Card title={t.benchModels} help={t.benchAbout(whole(threads), figure(peak.median), whole(seconds))}>
        <Rows head={[t.model, t.batch, t.msStep, t.speed, t.ofPeak, t.result]} rows={models.map((m) => [
          m.model, whole(m.batch), figure(m.ms.median), whole(m.samplesPerSecond), percent(m.ofPeak), t.verdicts[m.result],
        ])} />
        <p class="note">{machine.engine}</p>
      </Card>
      <div class="pair">
        <Card title={t.benchKernels}>
          <Rows head={[t.kernel, 'GFLOP/s', 'GB/s', t.result]} rows={kernels.map((k) => [
            k.name, k.gflops > 0 ? figure(k.gflops) : '–', figure(k.gigabytesPerSecond), t.verdicts[k.result],
          ])} />
        </Card>
        <Card title={t.benchMemory}>
          <Rows head={[t.kernel, 'GB/s']} rows={bandwidth.map((b) => [b.name, figure(b.gigabytesPerSecond)])} />
        </Card>
      </div>
    </>
  )
}

function Rows({ head, rows }: { readonly head: readonly string[], readonly rows: readonly (readonly string[])[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={head[0]!}>
      <table>
        <thead><tr>{head.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}><th scope="row">{name}</th>{cells.map((cell, i) => <td key={head[i + 1]}>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
