// How a step's ops divide among threads, without threads: each op's shares are run one after another and timed, the
// least of many runs each. `node tools/run.mjs bench/shares.ts vae --threads 2` lists the ops that lose most.
// What it leaves out: the barriers, and memory bandwidth, which real threads share.
import { parseArgs } from 'node:util'
import { instantiateCore } from '../src/runtime/core.ts'
import { createRuntime } from '../src/runtime/runtime.ts'
import { Session } from '../src/runtime/session.ts'
import { modelNamed, nameOf, trainingStep } from './step.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'batch-size': { type: 'string', default: '128' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '30' },
    wide: { type: 'boolean', default: false },
  },
})
const kind = modelNamed(positionals[0])
const batch = Number(values['batch-size'])
const threads = Number(values.threads)

const runtime = await createRuntime({ wide: values.wide })
const session = new Session(await instantiateCore(runtime.module), 1, threads)
const fn = trainingStep(session, kind, batch)
fn.run(5)

const calls = fn.tape.calls.map(({ at, item }) => ({
  at: fn.wordAddress(at),
  name: nameOf(item),
  whole: Infinity,
  shares: new Array<number>(threads).fill(Infinity),
}))
const time = (op: number, thread: number, of: number): number => {
  const began = performance.now()
  session.core.runOp(op, thread, of)
  return performance.now() - began
}
for (let run = 0; run < Number(values.runs); run++) {
  // Twice around: shares of an op follow each other, so that the whole op before them does not warm the caches for them.
  for (const call of calls) call.whole = Math.min(call.whole, time(call.at, 0, 1))
  for (const { at, shares } of calls) {
    shares.forEach((ms, thread) => { shares[thread] = Math.min(ms, time(at, thread, threads)) })
  }
}
const rows = calls.map(({ name, whole, shares }) => {
  const longest = Math.max(...shares)
  return { name, whole, shares, longest, lost: longest - whole / threads }
})
const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0)
const whole = sum((r) => r.whole)
const shared = sum((r) => r.longest)
const against = `${whole.toFixed(2)} ms whole, ${shared.toFixed(2)} ms as the longest shares: ${(whole / shared).toFixed(2)} x`
console.log(`${kind}, batch ${batch}, ${threads} threads: ${rows.length} ops, ${against}`)
console.log('  whole     lost  shares, op')
for (const { name, whole, shares, lost } of rows.sort((a, b) => b.lost - a.lost).slice(0, 18)) {
  const each = shares.map((ms) => ms.toFixed(3)).join(' ')
  console.log(`${whole.toFixed(3).padStart(7)} ${lost.toFixed(3).padStart(8)}  ${each}  ${name}`)
}
