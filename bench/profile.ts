// Where a model's step spends its time: per op, milliseconds, GFLOP/s, percent of the peak, bytes moved.
// `npm run bench:profile -- vae [--batch-size 128] [--steps 100] [--top 40] [--wide] [--relaxed] [--core FILE] [--json FILE]`
// Ops are run one by one from the host, so that a short op's figure holds about 0.1 µs of calls; a figure is the median of the
// steps. Ops of one name and shape in one place are one row. `--core`: another core than the inlined one.
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { bytesMoved } from '../src/bench/kernels.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { median, spread } from '../src/bench/statistics.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { modelNamed, nameOf, runSteps, trainingStep } from './step.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'batch-size': { type: 'string', default: '128' },
    steps: { type: 'string', default: '100' },
    top: { type: 'string', default: '40' },
    core: { type: 'string' },
    json: { type: 'string' },
    ...BUILD,
  },
})
const kind = modelNamed(positionals[0])
const batch = integer('batch-size', values['batch-size'])
const steps = integer('steps', values.steps)
const top = integer('top', values.top)
/** A reading of the peak comes after so many steps. */
const STEPS_A_PEAK = 5

const core = values.core === undefined ? {} : { core: new Uint8Array(readFileSync(values.core)) }
const runtime = await createRuntime({ ...buildOf(values), ...core })
const meter = await peakMeter(runtime)
const session = await runtime.session(1)
const fn = trainingStep(session, kind, batch)
runSteps(fn, 20)

interface Row { readonly name: string; calls: number; flops: number; bytes: number; readonly ms: number[] }
const rows = new Map<string, Row>()
const rowsOfCalls = fn.tape.calls.map(({ item }, i) => {
  const name = nameOf(item)
  const row = rows.get(name) ?? { name, calls: 0, flops: 0, bytes: 0, ms: Array.from({ length: steps }, () => 0) }
  rows.set(name, row)
  row.calls++
  if (item && fn.tape.calls[i + 1]?.item !== item) {
    row.flops += item.node.op.flops(item.node)
    row.bytes += bytesMoved({ items: [item] })
  }
  return row
})

const [whole, peaks]: [number[], number[]] = [[], []]
for (let step = 0; step < steps; step++) {
  if (step % STEPS_A_PEAK === 0) peaks.push(meter())
  const began = performance.now()
  runSteps(fn, 1)
  whole.push(performance.now() - began)
  fn.tape.calls.forEach(({ at }, i) => {
    const start = performance.now()
    session.core.runOp(fn.wordAddress(at), 0, 1)
    rowsOfCalls[i]!.ms[step]! += performance.now() - start
  })
}

const peak = Math.max(...peaks)
const found = [...rows.values()]
  .map(({ ms, ...row }) => ({ ...row, ms: median(ms) }))
  .map((row) => ({ ...row, gflops: row.flops / row.ms / 1e6, gigabytesPerSecond: row.bytes / row.ms / 1e6 }))
  .sort((a, b) => b.ms - a.ms)
const total = found.reduce((sum, { ms }) => sum + ms, 0)
const step = median(whole)
const facts = await about(runtime)
console.log(`${aboutLine(facts)}; peak ${peak.toFixed(1)} GFLOP/s\n`)
console.log(`${kind}, batch ${batch}: ${spread(whole)} ms a step in one call, ${total.toFixed(2)} ms op by op; ` +
  `${(fn.flops / step / 1e6).toFixed(1)} GFLOP/s, ${((100 * fn.flops) / step / 1e6 / peak).toFixed(0)} % of the peak\n`)
console.log('| ms | of the step | GFLOP/s | of the peak | MB moved | GB/s | calls | op |\n|---|---|---|---|---|---|---|---|')
const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`
for (const { name, calls, flops, bytes, ms, gflops, gigabytesPerSecond } of found.slice(0, top)) {
  const speed = flops ? [gflops.toFixed(1), percent(gflops / peak)] : ['–', '–']
  const moved = bytes ? [(bytes / 1e6).toFixed(2), gigabytesPerSecond.toFixed(1)] : ['–', '–']
  console.log(`| ${[ms.toFixed(3), percent(ms / total, 1), ...speed, ...moved, calls, name].join(' | ')} |`)
}
if (found.length > top) {
  const rest = found.slice(top).reduce((sum, { ms }) => sum + ms, 0)
  console.log(`| ${rest.toFixed(3)} | ${percent(rest / total, 1)} | – | – | – | – | – | ${found.length - top} more |`)
}
if (values.json) {
  const result = { ...facts, model: kind, batch, peak, step, flops: fn.flops, ops: found }
  await writeFile(values.json, `${JSON.stringify(result, null, 1)}\n`)
}
