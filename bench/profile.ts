// Where a model's step spends its time: per op, milliseconds, GFLOP/s and share. `npm run bench:profile -- vae --batch-size 128`
// Ops are run one by one from the host, so that a short op's figure holds about 0.1 µs of calls.
import { parseArgs } from 'node:util'
import { input } from '../src/graph/leaves.ts'
import { autoencoder } from '../src/models/autoencoder.ts'
import { dcgan } from '../src/models/dcgan.ts'
import { gan } from '../src/models/gan.ts'
import { vae } from '../src/models/vae.ts'
import { Pass } from '../src/nn/layer.ts'
import { createRuntime } from '../src/runtime/runtime.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'batch-size': { type: 'string', default: '128' }, steps: { type: 'string', default: '50' } },
})
const models = { autoencoder, dcgan, gan, vae }
const kind = positionals[0] as keyof typeof models
if (!Object.hasOwn(models, kind)) throw new RangeError(`profile: name a model: ${Object.keys(models).join(', ')}`)
const definition = models[kind]()
const batch = Number(values['batch-size'])
const steps = Number(values.steps)

const session = await (await createRuntime()).session(1)
const images = input('images', [batch, ...definition.imageShape])
const fn = session.compile({ group: 'train', stages: definition.train(images, new Pass(true)) })
fn.feed('images', Float32Array.from({ length: images.size }, (_, i) => ((i * 7919) % 255) / 127.5 - 1))
fn.run(20)

interface Row { ms: number; flops: number; calls: number }
const rows = new Map<string, Row>()
const began = performance.now()
fn.run(steps)
const whole = (performance.now() - began) / steps
for (let step = 0; step < steps; step++) {
  fn.tape.calls.forEach(({ at, item }, index) => {
    const start = performance.now()
    session.core.runOp(fn.wordAddress(at), 0, 1)
    const ms = performance.now() - start
    const inputs = item?.node.inputs.map((i) => `[${i.shape}]`).join(' ')
    const name = item ? `${item.node.op.name} ${inputs} → [${item.node.shape}]  ${item.node.scope}` : 'bookkeeping'
    const row = rows.get(name) ?? { ms: 0, flops: 0, calls: 0 }
    row.ms += ms / steps
    if (step === 0) {
      row.calls++
      if (item && fn.tape.calls[index + 1]?.item !== item) row.flops += item.node.op.flops(item.node)
    }
    rows.set(name, row)
  })
}
const total = [...rows.values()].reduce((s, r) => s + r.ms, 0)
console.log(`${kind}, batch ${batch}: ${whole.toFixed(2)} ms a step in one call, ` +
  `${total.toFixed(2)} ms op by op, ${(fn.flops / whole / 1e6).toFixed(1)} GFLOP/s`)
console.log('     ms      %  GFLOP/s  calls  op')
for (const [name, { ms, flops, calls }] of [...rows].sort((a, b) => b[1].ms - a[1].ms).slice(0, 40)) {
  console.log(`${ms.toFixed(3).padStart(7)} ${((100 * ms) / total).toFixed(1).padStart(6)} ` +
    `${(flops / ms / 1e6).toFixed(1).padStart(8)} ${String(calls).padStart(6)}  ${name}`)
}
