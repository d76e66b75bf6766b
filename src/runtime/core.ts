// The wasm core, loaded: its memory, its tape loop, and the indices of its kernels. One instance has one memory, so a
// session's buffers are freed all together when the session is garbage.
import { GanglionError } from '../errors.ts'
import type { ThreadPool } from './threads/pool.ts'
import type { Team } from './threads/team.ts'
import type { SharedExports } from './threads/thread.ts'

interface Exports extends Record<string, unknown>, SharedExports {
  memory: WebAssembly.Memory
  table: WebAssembly.Table
  heapBase(): number
  run(tape: number, steps: number): number
  runOp(op: number, part: number, parts: number, thread: number, each: number): number
  allFinite(x: number, count: number): number
}

interface Named {
  readonly name: string
}

export interface Core {
  readonly memory: WebAssembly.Memory
  /** Where memory is free: what is above is laid out by the session (heap.ts). */
  readonly heapBase: number
  /** The threads that can take part in a run; null where there is one thread. */
  readonly team: Team | null
  /** Runs a tape `steps` times; returns the steps done before one asked to stop. */
  run(tape: number, steps: number): number
  /** Runs one part of the op at an address, as `thread`, each having `each`; returns the next op's address, 0 at the end. */
  runOp(op: number, part: number, parts: number, thread?: number, each?: number): number
  /** Whether all of the `count` floats at an address are finite. */
  allFinite(x: number, count: number): boolean
  /** The index of a kernel in the function table, by the name it is exported under. */
  kernel(name: string): number
}

/** At least what the core's import asks for. */
const INITIAL_PAGES = 16

/** A core of its own memory, from a compiled module: shared with the pool's threads if there is one. */
export async function instantiateCore(module: WebAssembly.Module, pool: ThreadPool | null = null): Promise<Core> {
  const instance = await instantiate(module, pool !== null).catch(refused)
  const exports = instance.exports as unknown as Exports
  const { memory, table } = exports
  const team = pool && (await pool.join(module, memory, exports))
  // A function's name is its index in the module (WebAssembly JS API, "create a new Exported Function"), so a kernel is known
  // in the table by it. By identity it is not: WebKit 2.50 gives the table's entry a wrapper of its own.
  const indices = new Map<string, number>()
  for (let i = 0; i < table.length; i++) indices.set((table.get(i) as Named | null)?.name ?? '', i)
  return {
    memory,
    heapBase: exports.heapBase(),
    team,
    run: (tape, steps) => exports.run(tape, steps),
    runOp: (op, part, parts, thread = 0, each = 1) => exports.runOp(op, part, parts, thread, each) >>> 0,
    allFinite: (x, count) => exports.allFinite(x, count) === 1,
    kernel(name) {
      const index = indices.get((exports[name] as Named | undefined)?.name ?? '')
      if (!index) throw new Error(`the core has no kernel '${name}'`)
      return index
    },
  }
}

const instantiate = async (module: WebAssembly.Module, shared: boolean): Promise<WebAssembly.Instance> =>
  WebAssembly.instantiate(module, shared ? { env: { memory: sharedMemory() } } : {})

/** Engines reserve gigabytes of addresses for a memory, which a limit on virtual memory (ulimit -v) may refuse. */
function refused(cause: Error): never {
  if (cause instanceof GanglionError || !/memory/i.test(cause.message)) throw cause
  throw new GanglionError(`the system reserves no memory for a model (${cause.message}); hold fewer models at a time, raise ` +
    'the limit on virtual memory (ulimit -v unlimited), or start Node with --disable-wasm-trap-handler', { cause })
}

/** The largest memory that the system reserves: a shared memory must name its end, and some systems refuse 4 GB. */
function sharedMemory(maximum = 65536): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true })
  } catch (error) {
    if (maximum <= 4096) refused(error as Error)
    return sharedMemory(maximum / 2)
  }
}
