// Every kernel of the core over a range of sizes.
// `npm run bench:kernels [-- matmul conv2d …] [--ms 20] [--wide] [--relaxed] [--json FILE]`
// Named: only ops whose name begins so. tinybench times windows of many runs, one kernel after another; the peak is
// the best of the last sixteen readings. What differs by less than its quartiles is better asked of bench:compare.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { bytesMoved, compileKernel } from '../src/bench/kernels.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { figure, median, spread } from '../src/bench/statistics.ts'
import { calibrate } from '../src/bench/windows.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { ENTRIES } from './all_kernels.ts'
import { BUILD, buildOf, integer } from './arguments.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { ms: { type: 'string', default: '20' }, json: { type: 'string' }, ...BUILD },
})
const unknown = positionals.find((name) => !ENTRIES.some(({ op }) => op.startsWith(name)))
if (unknown !== undefined) {
  throw new RangeError(`no op is called '${unknown}'; there are: ${[...new Set(ENTRIES.map(({ op }) => op))].join('; ')}`)
}
const chosen = ENTRIES.filter(({ op }) => !positionals.length || positionals.some((name) => op.startsWith(name)))
const ms = integer('ms', values.ms)
const runtime = await createRuntime(buildOf(values))
const meter = await peakMeter(runtime)

const facts = await about(runtime)
console.log(`${aboutLine(facts)}\n`)
console.log('| kernel | µs: median (quartiles) | GFLOP/s | of peak | GB/s |\n|---|---|---|---|---|')
const results = []
const peaks = Array.from({ length: 16 }, meter)
for (const { op, kernel, values: draw } of chosen) {
  const { fn } = compileKernel(await runtime.session(1), kernel, draw?.())
  const times = calibrate((n) => void fn.run(n), ms / 10)
  const bench = new Bench({ time: ms, iterations: 5, warmup: false, retainSamples: true, throws: true })
  bench.add(kernel.name, () => {
    const began = bench.now()
    fn.run(times)
    const took = bench.now() - began
    return { overriddenDuration: took / times, overriddenIterationCost: took }
  })
  await bench.run()
  peaks.push(meter())
  const peak = Math.max(...peaks.slice(-16))
  const { result } = bench.tasks[0]!
  if (result.state !== 'completed') throw new Error(`${kernel.name}: ${result.state}`)
  const samples = result.latency.samples!
  const took = median(samples)
  const bytes = bytesMoved(fn.schedule)
  const [gflops, gigabytes] = [fn.flops / took / 1e6, bytes / took / 1e6]
  results.push({ op, name: kernel.name, ms: figure(samples), flops: fn.flops, bytes, gflops, ofPeak: gflops / peak, gigabytes })
  const micro = spread(samples.map((x) => 1000 * x), took < 0.1 ? 2 : 0)
  const speed = fn.flops ? `${gflops.toFixed(2)} | ${((100 * gflops) / peak).toFixed(0)} %` : '– | –'
  console.log(`| ${kernel.name} | ${micro} | ${speed} | ${gigabytes.toFixed(2)} |`)
}
if (values.json) await writeFile(values.json, `${JSON.stringify({ ...facts, peak: figure(peaks), results }, null, 1)}\n`)
