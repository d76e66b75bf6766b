// Training speed of every model over batch sizes and threads, as a share of the machine's own peak. `npm run bench`
//   [-- --models vae,gan] [--batches 16,…,512] [--threads 1,2] [--windows 12] [--window-ms 150] [--wide] [--relaxed]
//   [--json FILE]
// All rows of a model take turns with the peak loop, so that noise hits all alike. With several threads the share is of
// as many times the peak of one, which threads of one core, and memory, do not give.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { bytesMoved } from '../src/bench/kernels.ts'
import { variableBytes } from '../src/bench/models.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { figure, median, spread } from '../src/bench/statistics.ts'
import { takeTurns } from '../src/bench/windows.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { allThreads, BUILD, buildOf, integer, integers } from './arguments.ts'
import { modelNamed, MODELS, runSteps, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: Object.keys(MODELS).join() },
    batches: { type: 'string', default: '16,32,64,128,256,512' },
    threads: { type: 'string', default: allThreads() },
    windows: { type: 'string', default: '12' },
    'window-ms': { type: 'string', default: '150' },
    json: { type: 'string' },
    ...BUILD,
  },
})
const build = buildOf(values)
const models = values.models.split(',').map(modelNamed)
const windowMs = integer('window-ms', values['window-ms'])
const batches = integers('batches', values.batches)
const worker = pathToFileURL('dist/runtime/thread.js')
const counts = integers('threads', values.threads)
const runtimes = await Promise.all(counts.map((threads) => createRuntime({ ...build, threads, worker })))
const alone = await createRuntime(build)
const meter = await peakMeter(alone)
const turns = {
  windows: integer('windows', values.windows),
  seconds: Infinity,
  onWindow: (name: string, window: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kwindow ${window + 1}: ${name}`)
  },
}

interface Found {
  readonly model: string
  readonly batch: number
  readonly threads: number
  readonly fn: CompiledFunction
  readonly ms: readonly number[]
  readonly share: number
}
const found: Found[] = []
const peaks: number[] = []
for (const model of models) {
  const rows = []
  for (const batch of batches) {
    for (const runtime of runtimes) {
      const fn = trainingStep(await runtime.session(1), model, batch)
      const name = `${model}, batch ${batch}, threads ${runtime.threads}`
      const run = (steps: number) => runSteps(fn, steps)
      rows.push({ model, batch, threads: runtime.threads, fn, name, run, flops: fn.flops, windowMs })
    }
  }
  const { measured, peaks: around } = await takeTurns(rows, meter, turns)
  peaks.push(...around)
  rows.forEach((row, i) => found.push({ ...row, ms: measured[i]!.ms, share: median(measured[i]!.shares) / row.threads }))
}
await Promise.all(runtimes.map((runtime) => runtime.close()))
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')

const facts = await about(alone)
console.log(`${aboutLine(facts)}; peak of this binary on one thread ${spread(peaks, 1)} GFLOP/s\n`)
const head = [
  'model', 'batch', 'threads', 'ms a step: median (quartiles)', 'steps/s', 'samples/s', 'GFLOP/s', 'of peak',
  'step, MB', 'weights, MB', 'moved, MB a step', 'GB/s',
]
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`)
const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(1)
const results = found.map(({ model, batch, threads, fn, ms, share }) => {
  const step = median(ms)
  const result = {
    model, batch, threads, ms: figure(ms), stepsPerSecond: 1000 / step, samplesPerSecond: (1000 * batch) / step,
    gflops: fn.flops / step / 1e6, ofPeak: share, flops: fn.flops,
    bytesMoved: bytesMoved(fn.schedule), planBytes: fn.plan.peakBytes, lowerBoundBytes: fn.plan.lowerBound,
    variableBytes: variableBytes(fn.session),
  }
  const cells = [
    model, batch, threads, spread(ms), result.stepsPerSecond.toPrecision(3), result.samplesPerSecond.toFixed(0),
    result.gflops.toFixed(1), `${(100 * share).toFixed(0)} %`, megabytes(result.planBytes), megabytes(result.variableBytes),
    megabytes(result.bytesMoved), (result.bytesMoved / step / 1e6).toFixed(1),
  ]
  console.log(`| ${cells.join(' | ')} |`)
  return result
})
if (values.json) {
  await writeFile(values.json, `${JSON.stringify({ ...facts, peak: figure(peaks), results }, null, 1)}\n`)
}
