// Threads against one thread, model by model, interleaved in one process: the median of the ratios of neighbouring
// windows, with their spread. A virtual machine's processors may be two halves of one, or used by others, for seconds at a time:
// so in every window all threads run a loop in registers at once, then one alone, which says how many processors there were just
// then, and how much of that the model's step made use of. The last column is how far apart they lay, bench/round_trip.ts.
// `npm run bench:threads -- [--models vae,gan] [--batch-size 128] [--threads 2] [--windows 20] [--window-ms 100] [--wide]
//   [--relaxed] [--json FILE]`
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { apart, ended } from '../src/ops/lowering/calls.ts'
import { apply, type Op } from '../src/graph/tensor.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime, type Runtime } from '../src/runtime/create_runtime.ts'
import { peakCall, ROUND_FLOPS } from '../src/bench/peak.ts'
import { figure, spread } from '../src/bench/statistics.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { roundTrip } from './round_trip.ts'
import { type ModelName, modelNamed, MODELS, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    'batch-size': { type: 'string', default: '128' },
    windows: { type: 'string', default: '20' },
    'window-ms': { type: 'string', default: '100' },
    models: { type: 'string', default: Object.keys(MODELS).join() },
    json: { type: 'string' },
    ...BUILD,
  },
})
const models = values.models.split(',').map(modelNamed)
const batch = integer('batch-size', values['batch-size'])
const threads = integer('threads', values.threads)
const windows = integer('windows', values.windows)
const windowMs = integer('window-ms', values['window-ms'])
const worker = pathToFileURL('dist/runtime/thread.js')
const many = await createRuntime({ ...buildOf(values), threads, worker })
const one = await createRuntime(buildOf(values))

/** About thirty milliseconds: to begin a run takes threads some tenths of one. */
const ROUNDS = 20_000_000

/** The peak's loop on each of the runtime's threads. */
async function loopOn(runtime: Runtime, count: number): Promise<CompiledFunction> {
  const op: Op = {
    name: 'loops',
    shape: () => [8 * count],
    gradient: null,
    calls: (_, { output: y }) =>
      ended(Array.from({ length: count }, (_, on) => apart([peakCall(y + 32 * on, ROUNDS)], on)).flat()),
    flops: () => ROUND_FLOPS * ROUNDS * count,
  }
  const fn = (await runtime.session(1)).compile({ group: 'loops', stages: [{ outputs: { y: apply(op, [], {}) } }] })
  fn.run(3)
  return fn
}
const loops = [await loopOn(one, 1), await loopOn(many, threads)] as const

async function compile(runtime: Runtime, model: ModelName): Promise<CompiledFunction> {
  const fn = trainingStep(await runtime.session(1), model, batch)
  fn.run(3)
  return fn
}

function time(fn: CompiledFunction, steps: number): number {
  const began = performance.now()
  fn.run(steps)
  return (performance.now() - began) / steps
}

const facts = await about(one)
console.log(`${aboutLine(facts)}; batch ${batch}, ${threads} threads over 1, ${windows} windows of ${windowMs} ms\n`)
const head = [
  'model', 'ms a step, 1 thread', 'ms a step', 'ratio: median (quartiles)', 'of loops in registers', 'of theirs, %',
  'round trip, ns',
]
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
const results = []
for (const model of models) {
  const fns = [await compile(one, model), await compile(many, model)] as const
  const steps = Math.max(1, Math.round(windowMs / time(fns[0], 5)))
  const samples: number[][] = [[], [], [], [], []]
  for (let window = 0; window < windows; window++) {
    // In turns first and second, so that a drift of the machine hits both alike; the loops lie between the two.
    const ms = [0, 0]
    const order = window % 2 ? [1, 0] as const : [0, 1] as const
    ms[order[0]] = time(fns[order[0]], steps)
    const gave = (threads * time(loops[0], 1)) / time(loops[1], 1)
    ms[order[1]] = time(fns[order[1]], steps)
    const row = [ms[0]!, ms[1]!, ms[0]! / ms[1]!, gave, (100 * ms[0]!) / ms[1]! / gave]
    row.forEach((x, i) => { samples[i]!.push(x) })
  }
  const apart = await roundTrip()
  console.log(`| ${model} | ${samples.map((of, i) => spread(of, i < 4 ? 2 : 0)).join(' | ')} | ${apart} |`)
  const [msAlone, ms, ratio, ofLoops] = samples.map(figure)
  results.push({ model, batch, threads, msAlone, ms, ratio, ofLoops, roundTripNs: apart })
}
await many.close()
if (values.json) await writeFile(values.json, `${JSON.stringify({ ...facts, results }, null, 1)}\n`)
