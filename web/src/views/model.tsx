// The model itself: what it is made of, where the time of a step goes, how large its gradients are.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { branchOf, type Time } from '../lab/times.ts'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { Diagram } from '../parts/diagram.tsx'
import { Legend, Table } from '../parts/figures.tsx'
import { Flame } from '../parts/flame.tsx'
import { useSeen } from '../parts/seen.ts'
import { run } from '../state/current.ts'
import { Closed, Lab } from '../state/lab.ts'
import type { Run } from '../state/run.ts'
import { figure, text, whole } from '../text/index.ts'
import type { Questions } from '../workers/lab.ts'

/** Rows of a graph that is only looked at. */
const ROWS = 2

export default function ModelView() {
  const now = run.value
  return now?.threads.value ? <Of key={now.id} run={now} /> : <p role="status">{text.value.status.starting}</p>
}

function Of({ run }: { readonly run: Run }) {
  const t = text.value
  const { kind, options } = run.trainer!.info
  const { batch } = run.settings
  const lab = useMemo(() => new Lab(), [run])
  const made = useSignal<Questions['parts']['answer'] | null>(null)
  const times = useSignal<readonly Time[] | null>(null)
  const progress = useSignal<readonly [number, number] | null>(null)
  const error = useSignal('')
  const say = (reason: Error) => {
    if (!(reason instanceof Closed)) error.value = reason.message
  }
  useEffect(() => {
    lab.ask('parts', { kind, options, rows: ROWS }).then((answer) => (made.value = answer), say)
    return () => lab.close()
  }, [lab])
  const measure = async () => {
    run.pause()
    progress.value = [0, 1]
    await lab.ask('times', { kind, options, rows: batch }, (done, of) => (progress.value = [done, of]))
      .then((answer) => (times.value = answer), say)
    progress.value = null
  }
  const byLayer = useMemo(() => {
    const all = new Map<string, number>()
    for (const { layer, ms } of times.value ?? []) all.set(layer, (all.get(layer) ?? 0) + ms)
    return times.value && all
  }, [times.value])
  return (
    <div class="view">
      {error.value && <p class="alert" role="alert">{error.value}</p>}
      <Card title={t.anatomy} help={t.anatomyHelp} class="anatomy">
        {made.value ? (
          <>
            <p class="note" data-parameters={made.value.count}>{t.trains(whole(made.value.count))}</p>
            <Diagram parts={made.value.parts} times={byLayer} />
          </>
        ) : <p class="note" role="status">{t.looking}</p>}
      </Card>
      <Card title={t.stepTime} help={t.stepTimeHelp(whole(batch))} class="step-time" aside={
        <button type="button" disabled={progress.value !== null} onClick={() => void measure()}>{t.measureStep}</button>
      }>
        {progress.value && <progress max={progress.value[1]} value={progress.value[0]} aria-label={t.stepTime} />}
        {times.value && <Flame root={branchOf('', times.value)} />}
        {times.value && <Longest times={times.value} />}
      </Card>
      <Gradients run={run} />
    </div>
  )
}

const ROWS_SHOWN = 12

/** The ops that take most, as a table. */
function Longest({ times }: { readonly times: readonly Time[] }) {
  const t = text.value
  const rows = branchOf('', times).children
    .flatMap(({ children }) => children.flatMap(({ name, children: phases }) => phases.flatMap((phase) => (
      phase.children.map((op) => ({ layer: name, phase: phase.name as Time['phase'], op: op.name, ms: op.ms }))))))
    .sort((a, b) => b.ms - a.ms).slice(0, ROWS_SHOWN)
  return (
    <details class="table">
      <summary>{t.lossTable}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={t.stepTime}>
        <table>
          <thead><tr>{[t.layer, t.phase, t.op, 'ms'].map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
          <tbody>
            {rows.map(({ layer, phase, op, ms }) => (
              <tr key={`${layer} ${phase} ${op}`}>
                <th scope="row">{layer || t.between}</th><td>{t.phases[phase]}</td><td>{op}</td><td>{figure(ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

function Gradients({ run }: { readonly run: Run }) {
  const t = text.value
  const { latest, norms, drawn, error } = useSeen(run)
  const version = drawn.value
  const series = useMemo(() => norms.series(), [norms, version])
  const now = latest.value?.norms
  const most = Math.max(0, ...now?.map(({ norm }) => norm) ?? [])
  return (
    <Card title={t.gradients} help={t.gradientsHelp} class="gradients">
      {error.value && <p class="alert" role="alert">{error.value}</p>}
      {!now && !error.value && <p class="note" role="status">{t.looking}</p>}
      {now && (
        <div class="pair">
          <div><Legend series={series} /><Chart series={series} label={t.gradients} /><Table series={series} /></div>
          <ul class="norms">
            {now.map(({ layer, norm }) => (
              <li key={layer}>
                <span>{layer}</span><meter min={0} max={most} value={norm} aria-label={layer} /><b>{figure(norm)}</b>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}
