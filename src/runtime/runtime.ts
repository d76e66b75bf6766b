// The engine, whatever entry it is reached by: compiles the core once, starts the threads, and opens sessions.
// It carries no core: an entry says where its own comes from.
import { GanglionError } from '../errors.ts'
import { prepareSha256 } from '../formats/sha256.ts'
import { compile } from './compile_core.ts'
import { instantiateCore } from './core.ts'
import { complete, flag, type Given, isObject, oneOf, option, rule } from '../options.ts'
import type { CoreSource } from './core_source.ts'
import type { Asked, Threads } from './faster.ts'
import type { ThreadPool } from './threads/pool.ts'
import { Session } from './session.ts'
import { isA, isAddress } from '../tag.ts'

/** `deterministic`: the same bits on every machine. `relaxed`: fused multiply–add where the engine has it; faster. */
export type Precision = 'deterministic' | 'relaxed'

/** The core that an entry carries: for a precision, with a memory of its own or for a shared one, for wide vectors or not. */
export type OwnCore = (precision: Precision, shared: boolean, wide: boolean) => Promise<WebAssembly.Module | BufferSource>

export const MOST_THREADS = 64
const ONE: Threads = { count: 1, reason: 'one thread was asked for', pool: null }

const isThreads = (x: unknown): x is number | 'auto' => typeof x === 'number' || typeof x === 'string'
/** `moduleOf` and the threads say more of what a core and an address may be. */
type Core = CoreSource | PromiseLike<CoreSource>
const isCore = (x: unknown): x is Core => isObject(x) || typeof x === 'string'

export const RUNTIME = {
  /**
   * Threads that divide a step, the caller's among them; any number gives the same bits. `'auto'` takes what the
   * machine has, up to 4, or 1 where threads are not available. Default 1.
   */
  threads: option(rule(`'auto' or an integer from 1 to ${MOST_THREADS}`, isThreads,
    (x) => x === 'auto' || (Number.isInteger(x) && x > 0 && x <= MOST_THREADS)), 1),
  /** Default `'deterministic'`. */
  precision: option(oneOf('deterministic', 'relaxed'), 'deterministic'),
  /**
   * Vectors of 256 bits, in Node 24 or newer on x64: V8 makes one of each two that lie side by side. Up to twice as fast, and
   * the same bits. True turns on V8's flag `--experimental-wasm-revectorize`, for all WebAssembly that the process compiles
   * from then on. On a processor without AVX2 it is slower. Default false.
   */
  wide: option(flag, false),
  /**
   * The core to use instead of the entry's own: a compiled module, its bytes, an address or an answer to fetch them from,
   * or a promise of one of these. It must fit `threads`, `precision` and `wide`.
   */
  core: rule('a WebAssembly.Module, its bytes, a URL or a Response', isCore),
  /** Where the package's `thread.js` is, if a bundler left it behind. */
  worker: rule('a URL', isAddress),
}
export type RuntimeOptions = Given<typeof RUNTIME>

export class Runtime {
  readonly module: WebAssembly.Module
  readonly precision: Precision
  /** Whether its kernels are those for vectors of 256 bits. */
  readonly wide: boolean
  readonly #pool: ThreadPool | null
  readonly #reason: string

  private constructor(
    module: WebAssembly.Module, precision: Precision, wide: boolean, pool: ThreadPool | null, reason: string,
  ) {
    this.module = module
    this.precision = precision
    this.wide = wide
    this.#pool = pool
    this.#reason = reason
  }

  /** @internal See `createRuntime`; `own` is where the core comes from if the options give none. */
  static async create(options: RuntimeOptions, own: OwnCore): Promise<Runtime> {
    const { threads, precision, wide, core, worker } = complete('createRuntime', options, RUNTIME)
    const plain = threads === 1 && precision === 'deterministic' && !wide
    const { count, reason, pool } = plain ? ONE : await faster({ threads, precision, wide, worker })
    try {
      // eslint-disable-next-line no-restricted-syntax -- before there is a session
      const module = core !== undefined ? await (await import('./core_source.ts')).moduleOf(core)
        : await carried(own(precision, count > 1, wide))
      await prepareSha256()
      checkShared(module, count > 1)
      return new Runtime(module, precision, wide, pool, reason)
    } catch (error) {
      await pool?.close()
      throw error
    }
  }

  /** Threads that divide a step. */
  get threads(): number {
    return this.#pool && !this.#pool.closed && this.#pool.lost === null ? this.#pool.size : 1
  }

  /** Why there are this many threads, in a sentence. */
  get threadsReason(): string {
    if (this.#pool?.closed) return 'the runtime was closed'
    return this.#pool?.lost ? `a worker thread ended (${this.#pool.lost})` : this.#reason
  }

  /** @internal For tests. */
  get pool(): ThreadPool | null {
    return this.#pool
  }

  /**
   * A memory of its own for one model: variables, data, compiled functions. Freed when garbage.
   * @param seed drives initialisation, shuffling, dropout and noise: an integer from 0 to 2⁵³ − 1
   * @throws GanglionError where the worker threads could not be started
   */
  async session(seed = 1): Promise<Session> {
    return new Session(await instantiateCore(this.module, this.#pool), seed)
  }

  /** Ends the worker threads, if there are any. Its sessions go on, on one thread. */
  async close(): Promise<void> {
    await this.#pool?.close()
  }
}

/** What is asked for beside the plain core. A service worker can load nothing, and 'auto' is one thread there. */
async function faster(asked: Asked): Promise<Threads> {
  // eslint-disable-next-line no-restricted-syntax -- before there is a session
  const loaded = import('./faster.ts')
  if (asked.threads !== 'auto' || asked.wide || asked.precision === 'relaxed') return (await loaded).prepare(asked)
  return loaded.then(({ prepare }) => prepare(asked), ({ message }: Error) => ({ ...ONE, reason: message }))
}

async function carried(core: ReturnType<OwnCore>): Promise<WebAssembly.Module> {
  const found = await core
  return isA('WebAssembly.Module', found) ? found : compile(found)
}

function checkShared(module: WebAssembly.Module, wanted: boolean): void {
  const shared = WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory')
  if (shared === wanted) return
  throw new GanglionError(shared
    ? 'the core that was given is for shared memory, and there is one thread; give ganglion.wasm'
    : 'the core that was given is for one thread; give ganglion-threads.wasm, or threads: 1')
}
