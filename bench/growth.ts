// How the cost of a step grows with the batch, with the width of a model, and with the number of images in memory: written to
// growth.md and growth.svg. docs/performance.md explains the bends.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { peakMeter } from '../src/bench/peak.ts'
import { figure, median, spread } from '../src/bench/statistics.ts'
import { runSteps, stepOf, trainingStep } from '../src/bench/step.ts'
import { takeTurns } from '../src/bench/windows.ts'
import { imageDataset } from '../src/data/dataset.ts'
import { vae } from '../src/models/vae.ts'
import { trainingStages } from '../src/models/stages.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { batchOf } from '../src/train/batches.ts'
import { about, aboutLine } from './about.ts'
import { type Panel, svgOf } from './chart.ts'
import { BUILD, buildOf, command, modelsOf } from './command.ts'
import { megabytes, percent, progress, table } from './output.ts'

const BATCHES = [16, 32, 64, 128, 256, 512]
const WIDTHS = [100, 200, 400, 800, 1600, 3200, 6400]
const COUNTS = [1000, 4000, 15_000, 60_000]
const BATCH = 128

interface Point {
  /** The batch, the width, the number of images. */
  readonly at: number
  readonly fn: CompiledFunction
  readonly ms: readonly number[]
  readonly step: number
  readonly gflops: number
  readonly ofPeak: number
}

const microseconds = ({ step, at }: Point): number => (1000 * step) / at
const speed = ({ gflops, ofPeak }: Point) => [gflops.toFixed(1), percent(ofPeak)]

interface Series {
  readonly byBatch: readonly (readonly [model: string, points: Point[]])[]
  readonly byWidth: readonly Point[]
  readonly byCount: readonly Point[]
}

function chart({ byBatch, byWidth, byCount }: Series): readonly Panel[] {
  const perFlop = byWidth[0]!.step / byWidth[0]!.fn.flops
  const lines = (y: (p: Point) => number) => byBatch.map(([name, points]) => ({ name, values: points.map(y) }))
  const ofStep = `ms a step, VAE, batch ${BATCH}`
  return [
    { title: 'µs a sample', x: 'batch', places: BATCHES, logarithmic: true, lines: lines(microseconds) },
    { title: 'percent of the peak', x: 'batch', places: BATCHES, lines: lines((p) => 100 * p.ofPeak) },
    {
      title: ofStep, x: 'hidden units', places: WIDTHS, logarithmic: true,
      lines: [
        { name: 'vae', values: byWidth.map((p) => p.step) },
        { name: 'as its operations grow', values: byWidth.map((p) => perFlop * p.fn.flops), dashed: true },
      ],
    },
    { title: ofStep, x: 'images in memory', places: COUNTS, lines: [{ name: 'vae', values: byCount.map((p) => p.step) }] },
  ]
}

const page = (circumstances: string, { byBatch, byWidth, byCount }: Series): string => `# How the cost of a step grows

Written by \`npm run bench -- growth\`: ${circumstances},
taking turns. Times are medians (quartiles). [performance.md](performance.md) explains the bends.

![Four charts: microseconds a sample and percent of the peak over the batch, a VAE's step over its width and over the
number of images](growth.svg)

## With the batch

${table(
  ['model', 'batch', 'ms a step', 'µs a sample', 'GFLOP/s', 'of peak', 'memory of a step, MB'],
  byBatch.flatMap(([model, points]) => points.map((p) =>
    [model, p.at, spread(p.ms), microseconds(p).toFixed(1), ...speed(p), megabytes(p.fn.plan.peakBytes)])),
)}

## With the width: a VAE's hidden units, batch ${BATCH}

${table(['hidden', 'ms a step', 'MFLOP a step', 'GFLOP/s', 'of peak'], byWidth.map((p) =>
  [p.at, spread(p.ms), (p.fn.flops / 1e6).toFixed(0), ...speed(p)]))}

## With the number of images: a VAE, batch ${BATCH}

${table(['images', 'ms a step', 'samples/s', 'over the fewest'], byCount.map((p) =>
  [p.at, spread(p.ms), ((1000 * BATCH) / p.step).toFixed(0), (p.step / byCount[0]!.step).toFixed(3)]))}
`

export const growth = command({
  summary: "how a step's cost grows with batch, width and images: writes growth.md and growth.svg",
  takes: '[MODEL …]',
  options: { windows: 9, 'window-ms': 100, out: 'docs', ...BUILD },
  async run({ windows, 'window-ms': windowMs, out, ...which }, names) {
    const models = modelsOf(names)
    const runtime = await createRuntime(buildOf(which))
    const meter = await peakMeter(runtime)
    /** Measures a series whose points take turns. */
    const measure = async (name: string, ats: readonly number[], make: (at: number) => Promise<CompiledFunction>) => {
      const subjects = []
      for (const at of ats) {
        const fn = await make(at)
        subjects.push({ name: `${name} ${at}`, at, fn, flops: fn.flops, windowMs, run: (n: number) => runSteps(fn, n) })
      }
      const onWindow = (point: string, window: number) => progress(`window ${window + 1}: ${point}`)
      const { measured } = await takeTurns(subjects, meter, { windows, seconds: Infinity, onWindow })
      return subjects.map(({ at, fn }, i): Point => {
        const { ms, ofPeak } = measured[i]!
        return { at, fn, ms, step: median(ms), gflops: fn.flops / median(ms) / 1e6, ofPeak: median(ofPeak) }
      })
    }
    const byBatch: (readonly [string, Point[]])[] = []
    for (const model of models) {
      byBatch.push([model, await measure(model, BATCHES, async (size) => trainingStep(await runtime.session(1), model, size))])
    }
    const byWidth = await measure('hidden units', WIDTHS, async (hidden) =>
      stepOf(await runtime.session(1), vae({ hidden }), BATCH))
    const byCount = await measure('images', COUNTS, async (count) => {
      const session = await runtime.session(1)
      const data = imageDataset({ images: new Uint8Array(count * 784).map((_, i) => (i * 37) % 251), shape: [28, 28, 1] })
      const definition = vae()
      return session.compile({ group: 'train', stages: trainingStages(definition, batchOf(data, definition, BATCH)) })
    })
    progress('')
    const series = { byBatch, byWidth, byCount }
    const facts = await about(runtime)
    const text = page(`${aboutLine(facts)}; one thread; ${windows} windows of ${windowMs} ms`, series)
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'growth.md'), text)
    await writeFile(join(out, 'growth.svg'), await svgOf(chart(series)))
    console.log(text)
    const figures = (all: readonly Point[]) => all.map(({ at, ms, gflops, ofPeak }) => ({ at, ms: figure(ms), gflops, ofPeak }))
    return {
      ...facts, byBatch: Object.fromEntries(byBatch.map(([model, points]) => [model, figures(points)])),
      byWidth: figures(byWidth), byCount: figures(byCount),
    }
  },
})
