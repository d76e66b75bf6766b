// The first view: a run as it trains.
import { useMemo } from 'preact/hooks'
import { Bits } from '../parts/bits.tsx'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { Legend, Table } from '../parts/figures.tsx'
import { Form } from '../parts/form.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { run } from '../state/current.ts'
import { CLASSES, SAMPLES } from '../state/look.ts'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'
import { text, whole } from '../text/index.ts'

const IMAGE = [28, 28, 1]

export function Train() {
  const now = run.value
  return (
    <div class="view train">
      {now && (
        <div class="pair">
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

function Samples({ run: { look, step } }: { readonly run: Run }) {
  const t = text.value
  return (
    <Card title={t.samples} help={t.samplesHelp} class="samples">
      <Tiles images={look.samples.value} shape={IMAGE} columns={8} count={SAMPLES} label={t.samplesAlt(whole(step.value))} />
    </Card>
  )
}

function Reconstructions({ run: { look, step } }: { readonly run: Run }) {
  const t = text.value
  return (
    <Card title={t.reconstructions} help={t.reconstructionsHelp} class="reconstructions">
      <Tiles images={look.originals.value} shape={IMAGE} columns={CLASSES} count={CLASSES} label={t.originalsAlt} />
      <Tiles images={look.reconstructions.value} shape={IMAGE} columns={CLASSES} count={CLASSES}
        label={t.reconstructionsAlt(whole(step.value))} />
    </Card>
  )
}

function Loss({ run: { curve, drawn } }: { readonly run: Run }) {
  const version = drawn.value
  const series = useMemo(() => curve.series(), [curve, version])
  const t = text.value
  return (
    <Card title={t.loss} help={t.lossHelp} class="loss">
      <Legend series={series} />
      <Chart series={series} />
      <Table series={series} />
    </Card>
  )
}
