// What a discriminator believes of real images and of those that the generator makes: over time, and now.
import { useMemo } from 'preact/hooks'
import type { Run } from '../state/run.ts'
import { dark } from '../state/theme.ts'
import { figure, text } from '../text/index.ts'
import { Card } from './card.tsx'
import { Chart, colourOf } from './chart.tsx'
import { Legend, Table } from './figures.tsx'
import { useSeen } from './seen.ts'

export function Beliefs({ run }: { readonly run: Run }) {
  const t = text.value
  const { latest, scores, drawn, error } = useSeen(run)
  const version = drawn.value
  const series = useMemo(() => scores.series(), [scores, version])
  const { real, made } = latest.value ?? {}
  return (
    <Card title={t.beliefs} help={t.beliefsHelp} class="beliefs">
      {error.value && <p class="alert" role="alert">{error.value}</p>}
      {!real && !error.value && <p class="note" role="status">{t.looking}</p>}
      {real && made && (
        <>
          <Legend series={series} />
          <div class="stack">
            <Chart series={series} label={t.beliefs} />
            <Histogram real={real} made={made} />
          </div>
          <Table series={series} />
        </>
      )}
    </Card>
  )
}

const BINS = 24
/** Units of the drawing. */
const [WIDTH, HEIGHT, GAP] = [BINS * 10, 100, 2]

function counts(all: Float32Array, low: number, step: number): number[] {
  const bins = new Array<number>(BINS).fill(0)
  for (const x of all) bins[Math.min(BINS - 1, Math.floor((x - low) / step))]!++
  return bins
}

/** Real ones upwards, made ones downwards. */
function Histogram({ real, made }: { readonly real: Float32Array, readonly made: Float32Array }) {
  const t = text.value
  const all = [...real, ...made]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const step = (high - low) / BINS || 1
  const bins = [counts(real, low, step), counts(made, low, step)]
  const most = Math.max(...bins.flat())
  return (
    <figure class="histogram">
      <svg viewBox={`0 0 ${WIDTH} ${2 * HEIGHT + 2}`} preserveAspectRatio="none" role="img" aria-label={t.histogram}>
        {bins.map((counted, down) => counted.map((count, i) => {
          const height = (count / most) * HEIGHT
          return <rect key={`${down} ${i}`} x={i * 10} width={10 - GAP} y={down ? HEIGHT + 2 : HEIGHT - height} height={height}
            fill={colourOf(down, dark.value)} />
        }))}
      </svg>
      <figcaption><span>{figure(low)}</span><span>{t.histogram}</span><span>{figure(high)}</span></figcaption>
    </figure>
  )
}
