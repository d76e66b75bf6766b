// One session's hold on the thread pool: a run is posted to the workers, and the caller walks its own parts as thread 0.
// Invariant: a run ends, with an error where a worker is gone; from then on runs take the caller's thread alone.
import { ThreadError } from '../../errors.ts'
import { builtin, parallelism } from '../../host.ts'
import type { Order, SharedExports } from './thread.ts'

/** What a team asks of the pool it belongs to. */
export interface Workers {
  readonly size: number
  /** Why there are no workers any more, of themselves; null while they are there. */
  readonly lost: string | null
  readonly closed: boolean
  post(order: (thread: number) => Order): void
  lose(why: string): void
  end(): Promise<void>
}

/**
 * How often a thread looks for the others at the end of an op before it sleeps. A look takes 0.25 to 2.5 ns, so this is a tenth
 * of a millisecond to a whole one where each thread has a processor, because to be woken takes a virtual machine's processor
 * longer than most ops (with a fiftieth of it two threads were 1.3 times as fast on the autoencoder, not 1.75). Browsers do not
 * say truly how many processors there are (WebKitGTK with 3 threads on 2 took five times as long with 60,000 looks), so there
 * two threads alone look for long, a seventh of it. Where threads must make room for each other, some microseconds.
 */
const LOOKS = 400_000
const LOOKS_IN_PAGES = 60_000
const LOOKS_CROWDED = 8000

function looksOf(threads: number): number {
  if (threads > parallelism()) return LOOKS_CROWDED
  if (builtin('os')) return LOOKS
  return threads === 2 ? LOOKS_IN_PAGES : LOOKS_CROWDED
}

/** A session that is garbage takes no memory in the workers. */
const garbage = new FinalizationRegistry<() => void>((leave) => leave())

export class Team {
  readonly #pool: Workers
  readonly #exports: SharedExports
  readonly #session: number
  #told = false

  /** @param session the number under which all workers have joined */
  constructor(pool: Workers, exports: SharedExports, session: number) {
    this.#pool = pool
    this.#exports = exports
    this.#session = session
    garbage.register(this, () => pool.post(() => ({ kind: 'leave', session })))
  }

  /** Threads that plans must leave room for. */
  get size(): number {
    return this.#pool.size
  }

  /** Whether threads may take part in a run. After the workers are gone it may be once more, which is when it throws. */
  get ready(): boolean {
    return !this.#pool.closed && !(this.#pool.lost !== null && this.#told)
  }

  /**
   * Runs a tape on all threads; returns the steps done before one asked to stop.
   * @param patience how long to wait for the other threads at the end of an op, in tenths of a second
   * @throws ThreadError, once, where a worker is gone; what the run was changing is then undefined
   */
  run(tape: number, steps: number, patience: number): number {
    const { size } = this.#pool
    const looks = looksOf(size)
    if (this.#pool.lost !== null) throw this.#gone()
    this.#pool.post((thread) => ({ kind: 'run', session: this.#session, tape, steps, thread, threads: size, looks }))
    let done: number
    try {
      done = this.#exports.runThread(tape, steps, 0, size, patience, looks)
    } catch (error) {
      this.#exports.failThread(tape)
      this.#pool.lose('the core failed')
      throw error
    }
    if (done >= 0) return done
    this.#pool.lose('it did not come to the end of an op')
    throw this.#gone()
  }

  #gone(): ThreadError {
    this.#told = true
    return new ThreadError(this.#pool.lost!, this.#pool.end())
  }
}
