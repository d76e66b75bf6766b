// Threads against one thread, model by model, interleaved in one process: the median of the ratios of neighbouring
// windows, with their spread. For a machine that others use too: what the processor time of both says (n times that of
// one thread over that of n: what it would be with processors free, at the least, because waiting for a thread that
// others hold up counts as work); and how far apart the processors lay, bench/round_trip.ts.
// `npm run bench:threads -- [--threads 2] [--windows 20] [--ms 100] [--wide]`; `--burden 0.33` (Linux) gives processor 1 other
// work for a third of the time: with --ms 2000 or so, shares have time to follow what is left of it (src/runtime/pace.ts).
import { spawn } from 'node:child_process'
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
    burden: { type: 'string' },
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

/** Steps of a run: some 50 ms, as training takes them. */
function time(fn: CompiledFunction, steps: number, ofRun = steps): number {
  const began = performance.now()
  for (let left = steps; left > 0; left -= ofRun) fn.run(Math.min(left, ofRun))
  return (performance.now() - began) / steps
}

/** A process that keeps processor 1 busy for a part of each third of a millisecond or so. */
function burden(part: number) {
  const [on, off] = [0.1, (0.1 * (1 - part)) / part]
  const busy = `
    const word = new Int32Array(new SharedArrayBuffer(4))
    for (;;) {
      const began = performance.now()
      while (performance.now() - began < ${on});
      Atomics.wait(word, 0, 0, ${off})
    }`
  return spawn('taskset', ['-c', '1', process.execPath, '-e', busy], { stdio: 'inherit' })
}

const other = values.burden === undefined ? undefined : burden(Number(values.burden))
console.log(`Node ${process.versions.node}, batch ${batch}, ${values.threads} threads over 1, windows of ${values.ms} ms\n`)
const head = ['model', 'ms a step, 1 thread', 'ms a step', 'ratio: median (quartiles)', 'by processor time', 'round trip, ns']
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
for (const model of values.models.split(',') as ModelName[]) {
  const fns = [await compile(one, model), await compile(many, model)] as const
  const step = time(fns[0], 5)
  const [steps, ofRun] = [Number(values.ms), 50].map((ms) => Math.max(1, Math.round(ms / step))) as [number, number]
  const samples: [number[], number[], number[]] = [[], [], []]
  const processor = [0, 0]
  for (let window = 0; window < Number(values.windows); window++) {
    // In turns first and second, so that a drift of the machine hits both alike.
    const order = window % 2 ? [1, 0] as const : [0, 1] as const
    const ms = [0, 0]
    for (const i of order) {
      const before = process.cpuUsage()
      ms[i] = time(fns[i], steps, ofRun)
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
other?.kill()
