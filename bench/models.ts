// Training speed of every model over batch sizes, as a share of the machine's own peak. `npm run bench`
// A window runs many steps in one call; windows of all rows take turns with the peak loop, so that noise hits all alike.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { input } from '../src/graph/leaves.ts'
import { autoencoder } from '../src/models/autoencoder.ts'
import { dcgan } from '../src/models/dcgan.ts'
import { gan } from '../src/models/gan.ts'
import { vae } from '../src/models/vae.ts'
import { Pass } from '../src/nn/layer.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime } from '../src/runtime/runtime.ts'
import { peakMeter } from './peak.ts'
import { median, quantile, spread } from './statistics.ts'

const { values } = parseArgs({
  options: {
    batches: { type: 'string', default: '16,64,128,256' }, models: { type: 'string' },
    windows: { type: 'string', default: '12' }, json: { type: 'string' },
  },
})
const MODELS = { autoencoder, vae, gan, dcgan }
const chosen = (values.models?.split(',') ?? Object.keys(MODELS)) as (keyof typeof MODELS)[]
const runtime = await createRuntime()
const meter = await peakMeter(runtime)

interface Row { model: string; batch: number; fn: CompiledFunction; steps: number; ms: number[] }
const rows: Row[] = []
for (const model of chosen) {
  for (const batch of values.batches.split(',').map(Number)) {
    const definition = MODELS[model]()
    const session = await runtime.session(1)
    const images = input('images', [batch, ...definition.imageShape])
    const fn = session.compile({ group: 'train', stages: definition.train(images, new Pass(true)) })
    fn.feed('images', Float32Array.from({ length: images.size }, (_, i) => ((i * 7919) % 255) / 127.5 - 1))
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
console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}; ` +
  `peak of this binary ${peak.toFixed(1)} GFLOP/s (median ${median(peaks).toFixed(1)})\n`)
console.log('| model | batch | ms a step: median (quartiles) | samples/s | GFLOP/s | of peak | memory of a step, MB |\n' +
  '|---|---|---|---|---|---|---|')
const results = rows.map(({ model, batch, fn, ms }) => {
  const step = median(ms)
  const gflops = fn.flops / step / 1e6
  return {
    model, batch, step, quartiles: [quantile(ms, 0.25), quantile(ms, 0.75)], samplesPerSecond: (1000 * batch) / step,
    gflops, share: gflops / peak, megabytes: fn.plan.peakBytes / 1048576, text: spread(ms),
  }
})
for (const r of results) {
  console.log(`| ${r.model} | ${r.batch} | ${r.text} | ${r.samplesPerSecond.toFixed(0)} | ` +
    `${r.gflops.toFixed(1)} | ${(100 * r.share).toFixed(0)} % | ${r.megabytes.toFixed(1)} |`)
}
if (values.json) {
  const { node, v8 } = process.versions
  await writeFile(values.json, `${JSON.stringify({ node, v8, peak, results }, null, 2)}\n`)
}
