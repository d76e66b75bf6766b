// Training speed of every model over batch sizes, as a share of the machine's own peak. `npm run bench`
// A window runs many steps in one call; windows of all rows take turns with the peak loop, so that noise hits all alike.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime } from '../src/runtime/runtime.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { median, quantile, spread } from '../src/bench/statistics.ts'
import { type ModelName, MODELS, trainingStep } from './step.ts'

const { values } = parseArgs({
  options: {
    batches: { type: 'string', default: '16,64,128,256' },
    models: { type: 'string' },
    windows: { type: 'string', default: '12' },
    json: { type: 'string' },
  },
})
const chosen = (values.models?.split(',') ?? Object.keys(MODELS)) as ModelName[]
const runtime = await createRuntime()
const meter = await peakMeter(runtime)

interface Row { model: string; batch: number; fn: CompiledFunction; steps: number; ms: number[] }
const rows: Row[] = []
for (const model of chosen) {
  for (const batch of values.batches.split(',').map(Number)) {
    const fn = trainingStep(await runtime.session(1), model, batch)
    const began = performance.now()
    fn.run(1)
    fn.run(1)
    rows.push({ model, batch, fn, steps: Math.max(1, Math.round(300 / (performance.now() - began))), ms: [] })
  }
}
const peaks: number[] = []
const bench = new Bench({ iterations: 1, time: 0, warmup: false })
for (const row of rows) {
  bench.add(`${row.model} ${row.batch}`, () => {
    const began = performance.now()
    row.fn.run(row.steps)
    row.ms.push((performance.now() - began) / row.steps)
    peaks.push(meter())
  })
}
for (let window = 0; window < Number(values.windows); window++) await bench.run()

const peak = quantile(peaks, 0.9)
const { node, v8 } = process.versions
const middle = median(peaks).toFixed(1)
console.log(`Node ${node}, V8 ${v8}; peak of this binary ${peak.toFixed(1)} GFLOP/s (median ${middle})\n`)
console.log('| model | batch | ms a step: median (quartiles) | samples/s | GFLOP/s | of peak | memory of a step, MB |')
console.log('|---|---|---|---|---|---|---|')
const results = rows.map(({ model, batch, fn, ms }) => {
  const step = median(ms)
  const gflops = fn.flops / step / 1e6
  return {
    model,
    batch,
    step,
    quartiles: [quantile(ms, 0.25), quantile(ms, 0.75)],
    samplesPerSecond: (1000 * batch) / step,
    gflops,
    share: gflops / peak,
    megabytes: fn.plan.peakBytes / 1048576,
    text: spread(ms),
  }
})
for (const r of results) {
  const speed = `${r.samplesPerSecond.toFixed(0)} | ${r.gflops.toFixed(1)} | ${(100 * r.share).toFixed(0)} %`
  console.log(`| ${r.model} | ${r.batch} | ${r.text} | ${speed} | ${r.megabytes.toFixed(1)} |`)
}
if (values.json) await writeFile(values.json, `${JSON.stringify({ node, v8, peak, results }, null, 2)}\n`)
