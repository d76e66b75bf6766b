// The curves of one run, all of its figures; of several, one figure of all of them.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { Chart, type Stroke } from '../parts/chart.tsx'
import { Legend, Table } from '../parts/figures.tsx'
import { beside, isOnTest, metricsOf, trainedName } from './compare.ts'
import type { Live } from './live.ts'
import { placeOf, shown } from './runs.ts'
import { figureName, text } from './text.ts'

export function Curves() {
  const all = shown.value
  return all.length === 1 ? <One run={all[0]!} /> : <Several all={all} />
}

/** A figure on test images is dashed, in the colour of the same figure of training. */
function strokesOf(names: readonly string[]): Stroke[] {
  const trained = names.filter((name) => !isOnTest(name))
  const others = names.filter((name) => isOnTest(name) && !trained.includes(trainedName(name)))
  const places = [...trained, ...others]
  return names.map((name) => {
    const own = places.indexOf(name)
    return { place: own < 0 ? places.indexOf(trainedName(name)) : own, dashed: isOnTest(name) }
  })
}

function One({ run }: { readonly run: Live }) {
  const t = text.value
  const series = run.series.value
  const strokes = strokesOf(Object.keys(series.values))
  return (
    <Card title={t.curves} help={series.steps.length ? t.curvesHelp : t.noFigures} class="curves">
      {series.steps.length > 0 && (
        <>
          <Legend series={series} called={figureName} strokes={strokes} />
          <Chart series={series} label={t.curves} strokes={strokes} />
          <Table series={series} called={figureName} />
        </>
      )}
    </Card>
  )
}

function Several({ all }: { readonly all: readonly Live[] }) {
  const t = text.value
  const id = useId()
  const chosen = useSignal('')
  const every = all.map(({ series }) => series.value)
  const metrics = metricsOf(every)
  const metric = metrics.includes(chosen.value) ? chosen.value : metrics[0]
  const strokes = all.map((run) => ({ place: placeOf(run) }))
  const called = (place: string) => all[Number(place)]!.facts.value.name
  const series = metric === undefined ? undefined : beside(every, metric)
  return (
    <Card title={t.curves} help={series ? t.curvesHelp : t.noFigures} class="curves" aside={metric !== undefined && (
      <div class="ends">
        <label for={id}><span>{t.figure}</span>
          <select id={id} value={metric} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
            {metrics.map((name) => <option key={name} value={name}>{figureName(name)}</option>)}
          </select>
        </label>
      </div>
    )}>
      {series && (
        <>
          <Legend series={series} called={called} strokes={strokes} />
          <Chart series={series} label={t.curves} strokes={strokes} />
          <Table series={series} called={called} />
        </>
      )}
    </Card>
  )
}
