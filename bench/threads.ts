// Threads against one thread, model by model, interleaved in one process: the median of the ratios of neighbouring
// windows, with their spread. For a machine that others use too: what the processor time of both says (n times that of
// one thread over that of n: what it would be with processors free, at the least, because waiting for a thread that
// others hold up counts as work); and how far apart the processors lay, bench/round_trip.ts.
// `npm run build && node tools/run.mjs bench/threads.ts --threads 2 --windows 20`
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime, type Runtime } from '../src/runtime/runtime.ts'
import { spread } from '../src/bench/statistics.ts'
import { roundTrip } from './round_trip.ts'
import { type ModelName, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '128' },
    windows: { type: 'string', default: '20' },
    models: { type: 'string', default: 'autoencoder,vae,gan,dcgan' },
    wide: { type: 'boolean', default: false },
    ms: { type: 'string', default: '100' },
  },
})
const batch = Number(values.batch)
const worker = pathToFileURL('dist/runtime/thread.js')
const many = await createRuntime({ threads: Number(values.threads), wide: values.wide, worker })
const one = await createRuntime({ wide: values.wide })

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

console.log(`Node ${process.versions.node}, batch ${batch}, ${values.threads} threads over 1, windows of ${values.ms} ms\n`)
const head = ['model', 'ms a step, 1 thread', 'ms a step', 'ratio: median (quartiles)', 'by processor time', 'round trip, ns']
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
for (const model of values.models.split(',') as ModelName[]) {
  const fns = [await compile(one, model), await compile(many, model)] as const
  const steps = Math.max(1, Math.round(Number(values.ms) / time(fns[0], 5)))
  const samples: [number[], number[], number[]] = [[], [], []]
  const processor = [0, 0]
  for (let window = 0; window < Number(values.windows); window++) {
    // In turns first and second, so that a drift of the machine hits both alike.
    const order = window % 2 ? [1, 0] as const : [0, 1] as const
    const ms = [0, 0]
    for (const i of order) {
      const before = process.cpuUsage()
      ms[i] = time(fns[i], steps)
      const { user, system } = process.cpuUsage(before)
      processor[i]! += user + system
    }
    samples[0].push(ms[0]!)
    samples[1].push(ms[1]!)
    samples[2].push(ms[0]! / ms[1]!)
  }
  const free = ((Number(values.threads) * processor[0]!) / processor[1]!).toFixed(2)
  console.log(`| ${model} | ${samples.map((of) => spread(of)).join(' | ')} | ${free} | ${await roundTrip()} |`)
}
await many.close()
