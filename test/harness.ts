// Runs graphs for tests: seeded inputs, compiled functions, checks of guards and threads.
import { input } from '../src/graph/leaves.ts'
import type { Shape, Tensor } from '../src/graph/tensor.ts'
import { CompiledFunction } from '../src/runtime/function.ts'
import { type Core, instantiateCore } from '../src/runtime/core.ts'
import { coreBytes } from '../src/runtime/cores.ts'
import type { ThreadPool } from '../src/runtime/threads/pool.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { Session } from '../src/runtime/session.ts'

export { floats, generator } from '../src/verify/draw.ts'

export const runtime = await createRuntime()
/** Room for this many threads in every test's plan, so that their parts can be run one after another. */
export const THREADS = 7

const shared = await WebAssembly.compile(await coreBytes('deterministic', true))
/** A core for threads, without any: the one for a single thread has no code for parts. */
export const sharedCore = (): Promise<Core> =>
  instantiateCore(shared, { join: () => Promise.resolve(null) } as unknown as ThreadPool)
/** A session on such a core, whose tapes are written for `threads`. */
export const newSession = async (seed = 1, threads = THREADS): Promise<Session> => new Session(await sharedCore(), seed, threads)

export interface Compiled {
  readonly fn: CompiledFunction
  readonly outputs: readonly string[]
}

/** Compiles `build` of inputs of these shapes. */
export function compile(session: Session, shapes: readonly Shape[], build: (...inputs: Tensor[]) => readonly Tensor[]): Compiled {
  const tensors = build(...shapes.map((shape, i) => input(`x${i}`, shape)))
  const names = tensors.map((_, i) => `y${i}`)
  const fn = session.compile({ group: 'test', stages: [{ outputs: Object.fromEntries(tensors.map((t, i) => [names[i], t])) }] })
  return { fn, outputs: names }
}

export function feed(fn: CompiledFunction, inputs: readonly ArrayLike<number>[]): void {
  const asked = new Set(fn.inputNames)
  inputs.forEach((values, i) => {
    if (asked.has(`x${i}`)) fn.feed(`x${i}`, values)
  })
}

/** Values of `build` at `inputs`. */
export function evaluate(
  session: Session, shapes: readonly Shape[], build: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly ArrayLike<number>[],
): Float32Array[] {
  const { fn, outputs } = compile(session, shapes, build)
  feed(fn, inputs)
  fn.run(1)
  return outputs.map((name) => fn.read(name))
}

/** Floats of these bytes are NaN, so that what was not written is seen. */
const PATTERN = 0xff

/** Runs with the arena painted; returns how many bytes outside of all buffers' contents were changed. */
export function runGuarded({ fn }: Compiled): number {
  const { core } = fn.session
  const bytes = () => new Uint8Array(core.memory.buffer, fn.session.arena, fn.plan.peakBytes)
  const owned = new Uint8Array(fn.plan.peakBytes)
  for (const [item, buffer] of fn.plan.result) owned.fill(1, buffer.offset, buffer.offset + item.node.size * 4)
  for (const [{ node }, { offset }] of fn.plan.scratch) {
    owned.fill(1, offset, offset + node.op.scratch!(node, THREADS) * 4)
  }
  bytes().fill(PATTERN)
  fn.run(1)
  return bytes().reduce((n, b, i) => n + (owned[i] || b === PATTERN ? 0 : 1), 0)
}

/** Runs every op as `threads` threads would, their parts one after another. */
export function runDivided({ fn }: Compiled, threads: number): void {
  let op = fn.wordAddress(1)
  while (op) {
    let next = 0
    for (let thread = threads - 1; thread >= 0; thread--) next = fn.session.core.runOp(op, thread, threads, thread)
    op = next
  }
}

