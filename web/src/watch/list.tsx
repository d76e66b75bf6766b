// The runs as a table: what each is, how far it is, and whether it is shown.
import { Card } from '../parts/card.tsx'
import { last, shown, Swatch } from '../parts/figures.tsx'
import { whole } from '../text/language.ts'
import { metricsOf } from './compare.ts'
import type { Live } from './live.ts'
import { isShown, MOST_SHOWN, placeOf, runs, shown as shownRuns, toggle } from './runs.ts'
import { figureName, text } from './text.ts'

export function List() {
  const t = text.value
  const several = runs.value.length > 1
  const [metric] = metricsOf(runs.value.map(({ series }) => series.value))
  return (
    <Card title={t.runs} {...(runs.value.length > MOST_SHOWN && { help: t.runsHelp(String(MOST_SHOWN)) })} class="runs">
      <div class="scroll" tabIndex={0} role="group" aria-label={t.runs}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.run}</th>
              <th scope="col">{t.status}</th>
              <th scope="col">{t.seen}</th>
              {metric && <th scope="col">{figureName(metric)}</th>}
              <th scope="col">{t.speed}</th>
              <th scope="col">{t.model}</th>
            </tr>
          </thead>
          <tbody>
            {runs.value.map((run) => <Line key={run.index} run={run} several={several} metric={metric} />)}
          </tbody>
        </table>
      </div>
      {runs.value.map(({ index, facts: { value: { name, fault } } }) => (
        fault && <p key={index} class="alert" role="alert">{name}: {fault}</p>
      ))}
    </Card>
  )
}

interface Props {
  readonly run: Live
  readonly several: boolean
  readonly metric: string | undefined
}

function Line({ run, several, metric }: Props) {
  const t = text.value
  const { name, status, epochs } = run.facts.value
  const { speed } = run.last.value ?? {}
  const epoch = run.epoch.value?.epoch ?? 0
  const values = metric === undefined ? undefined : run.series.value.values[metric]
  const said = epochs === undefined ? whole(epoch) : t.of(whole(epoch), whole(epochs))
  return (
    <tr data-run={run.index}>
      <th scope="row">
        {several ? (
          <label>
            <input type="checkbox" checked={isShown(run)} disabled={!isShown(run) && shownRuns.value.length >= MOST_SHOWN}
              onChange={() => toggle(run)} />
            {isShown(run) && <Swatch place={placeOf(run)} />}{name}
          </label>
        ) : name}
      </th>
      <td><span class={`dot ${status}`} data-status={status}>{t.states[status]}</span></td>
      <td data-epoch={epoch}>
        {said}
        {epochs !== undefined && <progress max={epochs} value={Math.min(epoch, epochs)} aria-label={said} />}
      </td>
      {metric !== undefined && <td>{shown(values && last(values))}</td>}
      <td>{Number.isFinite(speed) ? whole(speed!) : '–'}</td>
      <td>{run.option('model') ?? '–'}</td>
    </tr>
  )
}
