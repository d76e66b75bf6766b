// How a step divides among threads, meeting by meeting: real threads walk the tape, and the same process walks it alone, taking
// turns; then the stretches between two meetings that lose most against an even division.
// `npm run bench:shares -- vae [--threads 2] [--batch-size 128] [--rounds 20] [--lines 18] [--wide] [--relaxed]`
// The walk is JavaScript here, so that it can look at the clock; what a stretch waits for memory that another core wrote is in
// its times. No more threads than processors: they wait without sleep.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { median } from '../src/bench/statistics.ts'
import { ALONE, halvingsOf } from '../src/compiler/marks.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import { createRuntime, type Runtime } from '../src/runtime/create_runtime.ts'
import type { Session } from '../src/runtime/session.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { roundTrip } from './round_trip.ts'
import { modelNamed, nameOf, trainingStep } from './step.ts'

/** The tape between two meetings: addresses of ops, whether each is the first thread's alone, the shares that a thread has. */
interface Stretch {
  readonly ops: readonly number[]
  readonly small: readonly boolean[]
  readonly each: number
}
type RunOp = (op: number, share: number, shares: number, thread: number, each: number) => number

/** Words of the block that threads meet on, 16 apart; then two a thread, as in assembly/threads.ts: how many shares are taken. */
const ARRIVED = 0
const MEETINGS = 16
const ROUND = 32
const TAKEN = 48

function meet(words: Int32Array, thread: number, threads: number): void {
  const meeting = Atomics.load(words, MEETINGS)
  words[TAKEN + 16 * thread + ((meeting + 1) & 1)] = 0
  if (Atomics.add(words, ARRIVED, 1) === threads - 1) {
    Atomics.store(words, ARRIVED, 0)
    Atomics.store(words, MEETINGS, meeting + 1)
  } else while (Atomics.load(words, MEETINGS) === meeting);
}

/** A thread's own shares, then those that others have not begun, as in assembly/threads.ts. */
function runTaken({ ops, each }: Stretch, runOp: RunOp, words: Int32Array, thread: number, threads: number): void {
  const meeting = Atomics.load(words, MEETINGS)
  for (let i = 0; i < threads; i++) {
    const owner = (thread + i) % threads
    const place = TAKEN + 16 * owner + (meeting & 1)
    for (;;) {
      if (Atomics.load(words, place) >= each) break
      const share = Atomics.add(words, place, 1)
      if (share >= each) break
      for (const op of ops) runOp(op, owner * each + share, threads * each, thread, each)
    }
  }
}

/** A step on one of the threads; hands `clock` the stretch, when it began, when its work was done, when all had met. */
function walk(
  stretches: readonly Stretch[], runOp: RunOp, words: Int32Array, thread: number, threads: number,
  clock: (stretch: number, began: number, done: number, met: number) => void,
): void {
  let began = performance.now()
  stretches.forEach((now, stretch) => {
    const { ops, small, each } = now
    if (each > 1 && threads > 1) runTaken(now, runOp, words, thread, threads)
    else {
      ops.forEach((op, i) => {
        if (!small[i]) runOp(op, thread, threads, thread, 1)
        else if (!thread) runOp(op, 0, 1, 0, 1)
      })
    }
    const done = performance.now()
    if (threads > 1) meet(words, thread, threads)
    const met = performance.now()
    clock(stretch, began, done, met)
    began = met
  })
}

/** Steps of a round, of which the first are not counted: they find the caches as the other way of walking left them. */
const STEPS = 5
const WARM = 2

interface Given {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly words: Int32Array
  readonly work: Float64Array
  readonly stretches: readonly Stretch[]
}

function helper(thread: number, threads: number, { module, memory, words, work, stretches }: Given): void {
  const { runOp } = new WebAssembly.Instance(module, { env: { memory } }).exports as { runOp: RunOp }
  parentPort!.postMessage('ready')
  for (let round = 0; ; round++) {
    Atomics.wait(words, ROUND, round)
    if (Atomics.load(words, ROUND) < 0) return
    for (let step = 0; step < STEPS; step++) {
      meet(words, thread, threads)
      walk(stretches, runOp, words, thread, threads, (stretch, began, done) => { work[stretch] = done - began })
      meet(words, thread, threads)
    }
  }
}

/** The tape in stretches, with what the host wrote beside each op about meetings (assembly/tape.ts). */
function stretchesOf(fn: CompiledFunction, words: Int32Array): Stretch[] {
  const ops = fn.tape.calls.map(({ at }) => fn.wordAddress(at))
  const flags = ops.map((op) => words[op / 4 + 1]!)
  const ends = flags.map((flag, i) => (flag < 0 ? !(flags[i + 1]! < 0) : !(flag & ALONE)))
  const stretches: Stretch[] = []
  for (let from = 0, to = 0; to < ops.length; to++) {
    if (!ends[to]) continue
    const each = 1 << halvingsOf(flags[from]!)
    stretches.push({ ops: ops.slice(from, to + 1), small: flags.slice(from, to + 1).map((flag) => flag < 0), each })
    from = to + 1
  }
  return stretches
}

/** A stretch's median times in ms: on one thread, on all with their meeting, and the work of each. */
interface Row {
  readonly name: string
  readonly each: number
  readonly whole: number
  readonly wall: number
  readonly shares: readonly number[]
}

/** Rounds of steps on one thread and on all, in turns. */
async function measure(
  runtime: Runtime, session: Session, fn: CompiledFunction, threads: number, rounds: number,
): Promise<Row[]> {
  const { memory, runOp } = session.core
  const stretches = stretchesOf(fn, new Int32Array(memory.buffer))
  const words = new Int32Array(new SharedArrayBuffer(4 * (TAKEN + 16 * threads)))
  const works = Array.from({ length: threads - 1 }, () => new Float64Array(new SharedArrayBuffer(8 * stretches.length)))
  const helpers = works.map((work, i) => {
    const given: Given = { module: runtime.module, memory, words, work, stretches }
    return new Worker(new URL(import.meta.url), { workerData: { thread: i + 1, threads, given } })
  })
  await Promise.all(helpers.map((worker) => once(worker, 'message')))

  const alone = stretches.map((): number[] => [])
  const together = stretches.map((): number[] => [])
  const each = stretches.map(() => Array.from({ length: threads }, (): number[] => []))
  const start = (round: number): void => {
    Atomics.store(words, ROUND, round)
    Atomics.notify(words, ROUND)
  }
  for (let round = 1; round <= rounds; round++) {
    for (let step = 0; step < STEPS; step++) {
      walk(stretches, runOp, words, 0, 1, (i, began, done) => { if (step >= WARM) alone[i]!.push(done - began) })
    }
    start(round)
    for (let step = 0; step < STEPS; step++) {
      meet(words, 0, threads)
      walk(stretches, runOp, words, 0, threads, (i, began, done, met) => {
        if (step < WARM) return
        together[i]!.push(met - began)
        each[i]![0]!.push(done - began)
      })
      meet(words, 0, threads)
      if (step >= WARM) works.forEach((work, w) => work.forEach((ms, i) => each[i]![w + 1]!.push(ms)))
    }
  }
  start(-1)

  const items = new Map(fn.tape.calls.map(({ at, item }) => [fn.wordAddress(at), item]))
  return stretches.map(({ ops, each: cut }, i) => ({
    each: cut,
    name: nameOf(items.get(ops[0]!)) + (ops.length > 1 ? ` and ${ops.length - 1} calls more` : ''),
    whole: median(alone[i]!),
    wall: median(together[i]!),
    shares: each[i]!.map((ms) => median(ms)),
  }))
}

/** Where the time goes that an even division would not take, then the `lines` stretches that lose most. */
function print(title: string, rows: readonly Row[], threads: number, trip: number, lines: number): void {
  const total = (shares: readonly number[]): number => shares.reduce((a, b) => a + b)
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0)
  const ms = (x: number): string => x.toFixed(3)
  const lost = (row: Row): number => row.wall - row.whole / threads
  const [whole, wall] = [sum((r) => r.whole), sum((r) => r.wall)]
  const waits = sum((r) => r.wall - Math.max(...r.shares))
  const uneven = sum((r) => Math.max(...r.shares) - total(r.shares) / threads)
  const slower = sum((r) => (total(r.shares) - r.whole) / threads)
  console.log(`${title}: ${ms(whole)} ms on one thread, ${ms(wall)} on ${threads}: ${(whole / wall).toFixed(2)} x`)
  console.log(`a word from thread to thread and back takes ${trip} ns`)
  const how = [`${ms(waits)} in ${rows.length} meetings`, `${ms(uneven)} for uneven shares`, `${ms(slower)} for slower ones`]
  console.log(`of the ${ms(sum(lost))} ms lost: ${how.join(', ')}\n`)
  console.log('  whole    wall    lost  shares, what')
  for (const row of [...rows].sort((a, b) => lost(b) - lost(a)).slice(0, lines)) {
    const columns = [row.whole, row.wall, lost(row)].map((x) => ms(x).padStart(7))
    const cut = row.each > 1 ? `, ${row.each} shares a thread` : ''
    console.log(`${columns.join(' ')}  ${row.shares.map(ms).join(' ')}  ${row.name}${cut}`)
  }
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'batch-size': { type: 'string', default: '128' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '20' },
      lines: { type: 'string', default: '18' },
      ...BUILD,
    },
  })
  const kind = modelNamed(positionals[0])
  const [batch, threads, rounds, lines] = (['batch-size', 'threads', 'rounds', 'lines'] as const)
    .map((name) => integer(name, values[name])) as [number, number, number, number]
  if (threads < 2) throw new RangeError('--threads expected 2 or more: one thread is what they are compared with')
  const runtime = await createRuntime({ ...buildOf(values), threads, worker: pathToFileURL('dist/runtime/thread.js') })
  const session = await runtime.session(1)
  const fn = trainingStep(session, kind, batch)
  fn.run(5)
  const rows = await measure(runtime, session, fn, threads, rounds)
  print(`${kind}, batch ${batch}`, rows, threads, await roundTrip(), lines)
  await runtime.close()
}

if (isMainThread) await main()
else {
  const { thread, threads, given } = workerData as { thread: number, threads: number, given: Given }
  helper(thread, threads, given)
}
