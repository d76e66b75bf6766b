// What steps of real size consist of, and how they grow with the image and with depth: written to real-sizes.md and .svg. All
// times are the processor's, so that what else the machine does is not in them; docs/performance.md says what follows.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROUND_FLOPS } from '../src/bench/peak.ts'
import { median } from '../src/bench/statistics.ts'
import { runSteps, stepOf, trainingSpec } from '../src/bench/step.ts'
import { checkpointing } from '../src/compiler/checkpointing.ts'
import { compile } from '../src/compiler/program.ts'
import * as host from '../src/entries/index.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { createRuntime, type Runtime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { type Line, type Panel, svgOf } from './chart.ts'
import { BUILD, buildOf, command, namedOf } from './command.ts'
import { type OpRow, opsOf } from './op_by_op.ts'
import { megabytes, percent, progress, table } from './output.ts'
import { processorTime } from './pairs.ts'
import { deep, DEPTH_BATCH, DEPTHS, SIDE_BATCH, SIDES, SIZED, sized } from './real_growth.ts'
import { REAL_BATCHES, realModels } from './real_models.ts'
import { LOOP_ROUNDS, loopOn } from './threads.ts'

const MODELS = ['dcgan64-4', 'cvae64', 'sngan32']
/** Kinds of ops in a table, and single ops of each model. */
const TOP = 14

type Meter = () => number

/** The peak in GFLOP/s, by processor time. */
async function peakOf(runtime: Runtime): Promise<Meter> {
  const loop = await loopOn(runtime)
  return () => {
    const began = processorTime()
    loop.run(1)
    return (ROUND_FLOPS * LOOP_ROUNDS) / (processorTime() - began) / 1e6
  }
}

type Op = Pick<OpRow, 'name' | 'kind' | 'ops' | 'flops'> & { readonly ms: number }

interface Step {
  readonly model: string
  readonly batch: number
  readonly ms: number
  readonly flops: number
  readonly peak: number
  readonly bytes: number
  readonly ops: readonly Op[]
}

/** A step, run whole and op by op in turns. */
async function stepBy(runtime: Runtime, meter: Meter, model: string, steps: number): Promise<Step> {
  const session = await runtime.session(1)
  const batch = REAL_BATCHES[model]!
  const fn = stepOf(session, realModels[model]!(host), batch)
  runSteps(fn, 2)
  const { rows, calls } = opsOf(fn)
  const [whole, peaks]: [number[], number[]] = [[], []]
  for (let step = 0; step < steps; step++) {
    progress(`${model}, step ${step + 1} of ${steps}`)
    peaks.push(meter())
    const began = processorTime()
    runSteps(fn, 1)
    whole.push(processorTime() - began)
    for (const { ms } of rows) ms.push(0)
    for (const { row: { ms }, address } of calls) {
      const before = processorTime()
      session.core.runOp(address, 0, 1, 0, 1)
      ms[step]! += processorTime() - before
    }
  }
  const ops = rows.map((each) => ({ ...each, ms: median(each.ms) })).sort((a, b) => b.ms - a.ms)
  const { flops, plan: { peakBytes: bytes } } = fn
  session.release(fn)
  return { model, batch, ms: median(whole), flops, peak: Math.max(...peaks), bytes, ops }
}

/** Ops of one kind together. */
function kindsOf({ ops }: Step): Op[] {
  const kinds = new Map<string, Op>()
  for (const { kind, ops: n, flops, ms } of ops) {
    const found = kinds.get(kind) ?? { name: kind, kind, ops: 0, flops: 0, ms: 0 }
    kinds.set(kind, { ...found, ops: found.ops + n, flops: found.flops + flops, ms: found.ms + ms })
  }
  return [...kinds.values()].sort((a, b) => b.ms - a.ms)
}

function opTable({ peak }: Step, ops: readonly Op[], total: number): string {
  const shown = ops.slice(0, TOP)
  const rest = ops.slice(TOP).reduce((sum, { ms }) => sum + ms, 0)
  const line = ({ name, ops: n, flops, ms }: Op) => {
    const speed = flops / ms / 1e6
    const speeds = flops ? [speed.toFixed(1), percent(speed / peak)] : ['–', '–']
    return [ms.toFixed(1), percent(ms / total, 1), ...speeds, n, name]
  }
  const last = rest > 0 ? [[rest.toFixed(1), percent(rest / total, 1), '', '', '', `${ops.length - TOP} more`]] : []
  return table(['ms', 'of the step', 'GFLOP/s', 'of the peak', 'ops', ''], [...shown.map(line), ...last])
}

function stepText(step: Step): string {
  const { model, batch, ms, flops, peak, bytes, ops } = step
  const total = ops.reduce((sum, op) => sum + op.ms, 0)
  const speed = flops / ms / 1e6
  return `### ${model}, batch ${batch}

${ms.toFixed(0)} ms a step, ${total.toFixed(0)} op by op; ${speed.toFixed(1)} GFLOP/s, ${percent(speed / peak)} of the peak of
${peak.toFixed(1)}; plan ${megabytes(bytes)} MB.

${opTable(step, kindsOf(step), total)}

The largest of them, by shapes of inputs and result and by layer:

${opTable(step, ops, total)}
`
}

/** A step of a model that grows. */
interface Point {
  readonly at: number
  readonly ms: number
  readonly flops: number
  readonly ofPeak: number
  readonly bytes: number
  readonly savedBytes: number
  readonly compileMs: number
  readonly savedCompileMs: number
  readonly calls: number
  readonly words: number
}

async function pointOf(
  runtime: Runtime, meter: Meter, at: number, make: () => ModelDefinition, batch: number, steps: number,
): Promise<Point> {
  const compileMs = (schedule?: typeof checkpointing) => {
    const spec = trainingSpec(make(), batch)
    const began = processorTime()
    const { plan: { peakBytes } } = compile(spec, { schedule })
    return { ms: processorTime() - began, bytes: peakBytes }
  }
  const [plain, saved] = [compileMs(), compileMs(checkpointing)]
  const session = await runtime.session(1)
  const fn = stepOf(session, make(), batch)
  runSteps(fn, 1)
  const took: number[] = []
  const peaks: number[] = []
  for (let step = 0; step < steps; step++) {
    peaks.push(meter())
    const began = processorTime()
    runSteps(fn, 1)
    took.push(processorTime() - began)
  }
  const { flops, tape: { calls, words } } = fn
  session.release(fn)
  const ms = median(took)
  return {
    at, ms, flops, ofPeak: flops / ms / 1e6 / Math.max(...peaks), bytes: plain.bytes, savedBytes: saved.bytes,
    compileMs: plain.ms, savedCompileMs: saved.ms, calls: calls.length, words: words.length,
  }
}

type Series = readonly (readonly [name: string, points: readonly Point[]])[]

const line = (name: string, points: readonly Point[], y: (p: Point) => number): Line => ({ name, values: points.map(y) })
const linesOf = (series: Series, y: (p: Point) => number): Line[] => series.map(([name, points]) => line(name, points, y))
const growing = (name: string, points: readonly Point[]): Line =>
  ({ name, values: points.map(({ flops }) => (points[0]!.ms * flops) / points[0]!.flops), dashed: true })
const MB = 1048576

function chart(bySide: Series, byDepth: readonly Point[]): Panel[] {
  const side = { x: 'pixels of a side', places: bySide[0]![1].map(({ at }) => at), logarithmic: true }
  const depth = { x: 'residual blocks', places: byDepth.map(({ at }) => at), logarithmic: true }
  const blocks: Series = [['residual', byDepth]]
  return [
    {
      ...side, title: `ms a step, batch ${SIDE_BATCH}`,
      lines: [...linesOf(bySide, (p) => p.ms), growing('as operations of conv-vae grow', bySide[0]![1])],
    },
    {
      ...side, title: 'plan, MB (saving: with checkpointing)',
      lines: bySide.flatMap(([name, all]) =>
        [line(name, all, (p) => p.bytes / MB), line(`${name}, saving`, all, (p) => p.savedBytes / MB)]),
    },
    {
      ...depth, title: `ms a step, batch ${DEPTH_BATCH}, 32×32 pixels, 64 channels`,
      lines: [...linesOf(blocks, (p) => p.ms), growing('as its operations grow', byDepth)],
    },
    {
      ...depth, title: 'ms to compile',
      lines: [...linesOf(blocks, (p) => p.compileMs), line('residual, checkpointing', byDepth, (p) => p.savedCompileMs)],
    },
    {
      ...depth, title: 'plan, MB',
      lines: [...linesOf(blocks, (p) => p.bytes / MB), line('residual, checkpointing', byDepth, (p) => p.savedBytes / MB)],
    },
    { ...depth, title: 'words of the tape, thousands', lines: linesOf(blocks, (p) => p.words / 1000) },
  ]
}

const pointTable = (head: string, points: readonly Point[]): string => table(
  [
    head, 'ms a step', 'GFLOP a step', 'of the peak', 'plan, MB', 'with checkpointing', 'ms to compile', 'with checkpointing',
    'words of the tape',
  ],
  points.map((p) => [
    p.at, p.ms.toFixed(1), (p.flops / 1e9).toFixed(2), percent(p.ofPeak), megabytes(p.bytes), megabytes(p.savedBytes),
    p.compileMs.toFixed(0), p.savedCompileMs.toFixed(0), p.words,
  ]))

const sideText = ([name, points]: Series[number]): string =>
  `### With the image: ${name}, three channels, batch ${SIDE_BATCH}\n\n${pointTable('side', points)}\n`

const page = (circumstances: string, steps: readonly Step[], bySide: Series, byDepth: readonly Point[]): string => `\
# Steps of real size

Written by \`npm run bench -- real\`: ${circumstances}.
All times are the processor's, medians; the peak is that of loops in registers between the steps. What follows from them is in
[performance.md](performance.md).

## What a step consists of

The models are those of \`bench/real_models.ts\`. \`conv2dInputGradient\` is the transposed convolution too.

${steps.map(stepText).join('\n')}
## Growth

![Six charts: a step's time and plan over the image's side for conv-vae and dcgan; time, compile time, plan and words of the tape
over the depth of a residual network](real-sizes.svg)

${bySide.map(sideText).join('\n')}
### With depth: residual blocks of two 3×3 convolutions, 64 channels, batch ${DEPTH_BATCH}

${pointTable('blocks', byDepth)}
`

export const real = command({
  summary: 'steps of real size op by op, growth with image and depth: writes real-sizes.md and real-sizes.svg',
  takes: '[MODEL …]',
  options: { steps: 5, sides: SIDES, depths: DEPTHS, out: 'docs', ...BUILD },
  async run({ steps, sides, depths, out, ...which }, names) {
    const models = names.length ? namedOf(names, Object.keys(realModels)) : MODELS
    const runtime = await createRuntime(buildOf(which))
    const meter = await peakOf(runtime)
    const found = []
    for (const model of models) found.push(await stepBy(runtime, meter, model, steps))
    const bySide: (readonly [string, Point[]])[] = []
    for (const kind of SIZED) {
      const points = []
      for (const side of sides) {
        progress(`${kind}, ${side} pixels`)
        points.push(await pointOf(runtime, meter, side, () => sized(kind, side), SIDE_BATCH, steps))
      }
      bySide.push([kind, points])
    }
    const byDepth = []
    for (const depth of depths) {
      progress(`${depth} blocks`)
      byDepth.push(await pointOf(runtime, meter, depth, () => deep(host, depth), DEPTH_BATCH, steps))
    }
    progress('')
    const facts = await about(buildOf(which))
    const text = page(`${aboutLine(facts)}; one thread; ${steps} steps`, found, bySide, byDepth)
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'real-sizes.md'), text)
    await writeFile(join(out, 'real-sizes.svg'), await svgOf(chart(bySide, byDepth)))
    console.log(text)
    return { ...facts, steps: found, bySide: Object.fromEntries(bySide), byDepth }
  },
})
