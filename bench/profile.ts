// Where a model's step spends its time: per op, milliseconds, GFLOP/s and share. `npm run bench:profile -- vae --batch-size 128`
// `--wide`, or `--core FILE`: another core than the inlined one.
// Ops are run one by one from the host, so that a short op's figure holds about 0.1 µs of calls.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRuntime } from '../src/runtime/runtime.ts'
import { modelNamed, nameOf, trainingStep } from './step.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'batch-size': { type: 'string', default: '128' },
    steps: { type: 'string', default: '50' },
    wide: { type: 'boolean', default: false },
    core: { type: 'string' },
  },
})
const kind = modelNamed(positionals[0])
const batch = Number(values['batch-size'])
const steps = Number(values.steps)

const core = values.core === undefined ? {} : { core: new Uint8Array(readFileSync(values.core)) }
const session = await (await createRuntime({ wide: values.wide, ...core })).session(1)
const fn = trainingStep(session, kind, batch)
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
    const name = nameOf(item)
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
const times = `${whole.toFixed(2)} ms a step in one call, ${total.toFixed(2)} ms op by op`
console.log(`${kind}, batch ${batch}: ${times}, ${(fn.flops / whole / 1e6).toFixed(1)} GFLOP/s`)
console.log('     ms      %  GFLOP/s  calls  op')
for (const [name, { ms, flops, calls }] of [...rows].sort((a, b) => b[1].ms - a[1].ms).slice(0, 40)) {
  const columns = [
    ms.toFixed(3).padStart(7),
    ((100 * ms) / total).toFixed(1).padStart(6),
    (flops / ms / 1e6).toFixed(1).padStart(8),
    String(calls).padStart(6),
  ]
  console.log(`${columns.join(' ')}  ${name}`)
}
