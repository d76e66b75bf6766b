// The first view: a run as it trains.
import { useMemo } from 'preact/hooks'
import { Bits } from '../parts/bits.tsx'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { Legend, Table } from '../parts/figures.tsx'
import { Form } from '../parts/form.tsx'
import { Plane } from '../parts/plane.tsx'
import { SlowStep } from '../parts/slow.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { run } from '../state/current.ts'
import { isPlane } from '../state/data.ts'
import { gridOf, SHOWN } from '../state/look.ts'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'
import { text, whole } from '../text/index.ts'

const IMAGE = [28, 28, 1]
const shapeOf = ({ data }: Run) => data?.train.shape ?? IMAGE

export function Train() {
  const now = run.value
  return (
    <div class="view train">
      {now && (
        <div class="pair">
          {now.slow.on.value && <SlowStep run={now} />}
          <Samples run={now} />
          <div class="stack">
            {factsOf(now.settings.model).encodes && <Reconstructions run={now} />}
            <Loss run={now} />
          </div>
        </div>
      )}
      <aside class="pair"><Bits /><Form /></aside>
    </div>
  )
}

export function Samples({ run }: { readonly run: Run }) {
  const t = text.value
  const { look, step, settings } = run
  if (isPlane(settings.data)) return <Plane run={run} />
  // Known when the run has its data, which it has when there are samples.
  const samples = look.samples.value
  const { columns, count } = gridOf(run)
  const help = factsOf(run.settings.model).classes ? t.samplesOfClasses : t.samplesHelp
  return (
    <Card title={t.samples} help={help} class="samples">
      <Tiles images={samples} shape={shapeOf(run)} columns={columns} count={count}
        label={t.samplesAlt(String(count), whole(step.value))} />
    </Card>
  )
}

export function Reconstructions({ run }: { readonly run: Run }) {
  const t = text.value
  const { look, step } = run
  const shape = shapeOf(run)
  const points = isPlane(run.settings.data)
  const count = look.originals.value ? look.originals.value.images.length / shape.reduce((a, b) => a * b, 1) : SHOWN
  return (
    <Card title={t.reconstructions} class={`reconstructions ${points ? 'beside' : ''}`}
      help={points ? t.reconstructionsPoints : run.data?.unseen === false ? t.reconstructionsSeen : t.reconstructionsHelp}>
      <Tiles images={look.originals.value?.images ?? null} shape={shape} columns={SHOWN} count={count} label={t.originalsAlt} />
      <Tiles images={look.reconstructions.value} shape={shape} columns={SHOWN} count={count}
        label={t.reconstructionsAlt(whole(step.value))} />
    </Card>
  )
}

export function Loss({ run: { curve, drawn } }: { readonly run: Run }) {
  const version = drawn.value
  const series = useMemo(() => curve.series(), [curve, version])
  const t = text.value
  return (
    <Card title={t.loss} help={t.lossHelp} class="loss">
      <Legend series={series} />
      <Chart series={series} label={t.loss} />
      <Table series={series} />
    </Card>
  )
}
