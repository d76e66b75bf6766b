// The threads of a runtime besides the caller's: workers that many sessions share, one run at a time.
import { GanglionError } from '../../errors.ts'
import { Team, type Workers } from './team.ts'
import type { Answer, Order, SharedExports } from './thread.ts'
import { FILE_OPTION, startWorker, type ThreadWorker } from './workers.ts'

/** Milliseconds in which workers start, on a busy machine too. */
const PATIENCE = 30_000

/** An order that not all workers have answered yet. */
interface Open {
  left: number
  readonly done: () => void
  readonly failed: (error: Error) => void
}

export class ThreadPool implements Workers {
  /** Threads that a run takes, the caller's among them. */
  readonly size: number
  readonly #workers: ThreadWorker[]
  readonly #open = new Map<number, Open>()
  #sessions = 0
  #lost: string | null = null
  #closed = false
  /** Whether all workers have said that they are there. */
  #started = false

  private constructor(size: number, file?: URL | string) {
    this.size = size
    const on = { answer: (answer: Answer) => this.#answer(answer), end: (why: string) => this.lose(why) }
    this.#workers = Array.from({ length: size - 1 }, () => startWorker(file, on))
    this.#keep(false)
  }

  /**
   * Starts `size` − 1 workers; `file` is where thread.js is, if not beside this module.
   * @throws GanglionError where they do not start
   */
  static async start(size: number, file?: URL | string): Promise<ThreadPool> {
    const pool = new ThreadPool(size, file)
    const limit = setTimeout(() => pool.lose(`no answer in ${PATIENCE / 1000} s`), PATIENCE)
    try {
      await pool.#answers({ kind: 'hello', session: 0 })
      pool.#started = true
    } finally {
      clearTimeout(limit)
    }
    return pool
  }

  /** Why there are no workers any more, of themselves; null while they are there. */
  get lost(): string | null {
    return this.#lost
  }
  get closed(): boolean {
    return this.#closed
  }

  /** Has every worker instantiate a session's core on its memory. Throws a GanglionError where one cannot. */
  async join(module: WebAssembly.Module, memory: WebAssembly.Memory, exports: SharedExports): Promise<Team> {
    if (this.#lost !== null || this.#closed) {
      throw new GanglionError(`the worker threads are not there: ${this.#lost ?? 'the runtime was closed'}`)
    }
    const session = ++this.#sessions
    await this.#answers({ kind: 'join', session, module, memory })
    return new Team(this, exports, session)
  }

  /** Posts an order to each worker. */
  post(order: (thread: number) => Order): void {
    this.#workers.forEach((worker, i) => worker.post(order(i + 1)))
  }

  /** Something ended a worker: ends all of them. */
  lose(why: string): void {
    if (this.#closed) return
    this.#lost ??= why
    void this.end()
    const said = this.#started ? `a worker thread cannot take part (${why}); threads: 1 takes none`
      : `a worker thread did not start (${why}); give ${FILE_OPTION} the address of a file of this origin ` +
        "that is Ganglion's thread.js"
    for (const { failed } of this.#open.values()) failed(new GanglionError(said))
  }

  /** Ends the workers. Sessions go on, on the caller's thread. */
  close(): Promise<void> {
    this.#closed = true
    return this.end()
  }

  /** Resolves when no worker runs any more. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()))
  }

  /** For tests: ends one worker, as a crash would. */
  kill(index: number): void {
    void this.#workers[index]!.end()
  }

  /** Posts an order; resolves when all workers have answered it. */
  async #answers(order: Order): Promise<void> {
    const answered = new Promise<void>((done, failed) => {
      this.#open.set(order.session, { left: this.#workers.length, done, failed })
    })
    // An answer that is waited for keeps the process.
    this.#keep(true)
    this.post(() => order)
    try {
      await answered
    } finally {
      this.#open.delete(order.session)
      this.#keep(this.#open.size > 0)
    }
  }

  #answer({ session, error }: Answer): void {
    const waiting = this.#open.get(session)
    if (error !== null) this.lose(error)
    else if (waiting && !--waiting.left) waiting.done()
  }

  #keep(alive: boolean): void {
    for (const worker of this.#workers) worker.keep(alive)
  }
}
