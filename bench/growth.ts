// How the cost of a step grows with the batch, with the width of a model, and with the number of images in memory.
// `npm run bench:growth [-- --windows 9] [--window-ms 100] [--models vae,…] [--wide] [--relaxed]
// [--out docs]` writes growth.md and growth.svg.
// What is compared takes turns (src/bench/windows.ts). docs/performance.md explains the bends.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { peakMeter } from '../src/bench/peak.ts'
import { median, spread } from '../src/bench/statistics.ts'
import { takeTurns } from '../src/bench/windows.ts'
import { imageDataset } from '../src/data/dataset.ts'
import { vae } from '../src/models/vae.ts'
import { trainingStages } from '../src/models/stages.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { images } from '../src/train/images.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { type Panel, svgOf } from './chart.ts'
import { table } from './markdown.ts'
import { modelNamed, MODELS, runSteps, stepOf, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '9' },
    'window-ms': { type: 'string', default: '100' },
    models: { type: 'string', default: Object.keys(MODELS).join() },
    out: { type: 'string', default: 'docs' },
    ...BUILD,
  },
})
const models = values.models.split(',').map(modelNamed)
const BATCHES = [16, 32, 64, 128, 256, 512]
const WIDTHS = [100, 200, 400, 800, 1600, 3200, 6400]
const COUNTS = [1000, 4000, 15_000, 60_000]
const BATCH = 128

const runtime = await createRuntime(buildOf(values))
const meter = await peakMeter(runtime)
const windowMs = integer('window-ms', values['window-ms'])
const onWindow = (name: string, window: number) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kwindow ${window + 1}: ${name}`)
}

interface Point {
  /** The batch, the width, the number of images. */
  readonly at: number
  readonly fn: CompiledFunction
  readonly ms: readonly number[]
  readonly step: number
  readonly gflops: number
  readonly share: number
}

/** Measures a series whose points take turns. */
async function measure(name: string, ats: readonly number[], make: (at: number) => Promise<CompiledFunction>): Promise<Point[]> {
  const subjects = []
  for (const at of ats) {
    const fn = await make(at)
    subjects.push({ name: `${name} ${at}`, at, fn, flops: fn.flops, windowMs, run: (n: number) => runSteps(fn, n) })
  }
  const turns = { windows: integer('windows', values.windows), seconds: Infinity, onWindow }
  const { measured } = await takeTurns(subjects, meter, turns)
  return subjects.map(({ at, fn }, i) => {
    const { ms, shares } = measured[i]!
    return { at, fn, ms, step: median(ms), gflops: fn.flops / median(ms) / 1e6, share: median(shares) }
  })
}

const byBatch = new Map<string, Point[]>()
for (const model of models) {
  byBatch.set(model, await measure(model, BATCHES, async (batch) => trainingStep(await runtime.session(1), model, batch)))
}
const ofWidth = async (hidden: number) => stepOf(await runtime.session(1), vae({ hidden }), BATCH)
const byWidth = await measure('hidden units', WIDTHS, ofWidth)
const byCount = await measure('images', COUNTS, async (count) => {
  const session = await runtime.session(1)
  const data = imageDataset({ images: new Uint8Array(count * 784).map((_, i) => (i * 37) % 251), shape: [28, 28, 1] })
  const definition = vae()
  return session.compile({ group: 'train', stages: trainingStages(definition, { images: images(data, definition, BATCH) }) })
})
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')

const percent = (share: number): number => 100 * share
const microseconds = ({ step, at }: Point): number => (1000 * step) / at
const batchLines = (y: (p: Point) => number) => [...byBatch].map(([name, points]) => ({ name, values: points.map(y) }))
const [narrowest] = byWidth as [Point]
const perFlop = narrowest.step / narrowest.fn.flops
const ofStep = `ms a step, VAE, batch ${BATCH}`
const panels: Panel[] = [
  { title: 'µs a sample', x: 'batch', places: BATCHES, logarithmic: true, lines: batchLines(microseconds) },
  { title: 'percent of the peak', x: 'batch', places: BATCHES, lines: batchLines((p) => percent(p.share)) },
  {
    title: ofStep, x: 'hidden units', places: WIDTHS, logarithmic: true,
    lines: [
      { name: 'vae', values: byWidth.map((p) => p.step) },
      { name: 'as its operations grow', values: byWidth.map((p) => perFlop * p.fn.flops), dashed: true },
    ],
  },
  { title: ofStep, x: 'images in memory', places: COUNTS, lines: [{ name: 'vae', values: byCount.map((p) => p.step) }] },
]

const speed = (p: Point) => [p.gflops.toFixed(1), `${percent(p.share).toFixed(0)} %`]
const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(1)
const text = `# How the cost of a step grows

Written by \`npm run bench:growth\`: ${aboutLine(await about(runtime))}; one thread; ${values.windows} windows of
${windowMs} ms, taking turns. Times are medians (quartiles). [performance.md](performance.md) explains the bends.

![Four charts: microseconds a sample and percent of the peak over the batch, a VAE's step over its width and over the
number of images](growth.svg)

## With the batch

${table(
  ['model', 'batch', 'ms a step', 'µs a sample', 'GFLOP/s', 'of peak', 'memory of a step, MB'],
  [...byBatch].flatMap(([model, points]) => points.map((p) =>
    [model, p.at, spread(p.ms), microseconds(p).toFixed(1), ...speed(p), megabytes(p.fn.plan.peakBytes)])),
)}

## With the width: a VAE's hidden units, batch ${BATCH}

${table(['hidden', 'ms a step', 'MFLOP a step', 'GFLOP/s', 'of peak'], byWidth.map((p) =>
  [p.at, spread(p.ms), (p.fn.flops / 1e6).toFixed(0), ...speed(p)]))}

## With the number of images: a VAE, batch ${BATCH}

${table(['images', 'ms a step', 'samples/s', 'over the fewest'], byCount.map((p) =>
  [p.at, spread(p.ms), ((1000 * BATCH) / p.step).toFixed(0), (p.step / byCount[0]!.step).toFixed(3)]))}
`
await mkdir(values.out, { recursive: true })
await writeFile(join(values.out, 'growth.md'), text)
await writeFile(join(values.out, 'growth.svg'), `${svgOf(panels)}\n`)
console.log(text)
