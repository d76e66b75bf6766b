// The channel to a worker: numbered questions, and who waits for their answers.
// Invariant: whatever was asked is answered, by the worker or, once it is gone, with an error that says so.
import { GanglionError } from '../errors.ts'
import { connect, type Connection } from '../runtime/threads/connection.ts'
import type { NodeWorker } from '../host.ts'
import { fromFault, type Reply, type Request } from './protocol.ts'

export interface Open {
  answer(reply: Reply): void
  fail(error: Error): void
}

export class Channel {
  readonly #connection: Connection<Request>
  readonly #open = new Map<number, Open>()
  #asked = 0
  #gone: Error | null = null
  /** Whether it ever said anything. */
  #answered = false

  constructor(worker: Worker | NodeWorker) {
    this.#connection = connect<Request, Reply>(worker, {
      answer: (reply) => this.#answer(reply),
      end: (why) => void this.close(new GanglionError(this.#answered
        ? `the trainer's worker ended (${why}); make another trainer`
        : `the trainer's worker did not start (${why}); give createTrainer's \`worker\` a file that may run here`)),
    })
    this.#connection.keep(false)
  }

  /**
   * Posts a question, whose answers go to `open`; its number.
   * @throws TypeError as `post` does
   */
  begin(open: Open, request: (id: number) => Request, transfer?: Transferable[]): number {
    const id = ++this.#asked
    if (this.#gone) open.fail(this.#gone)
    else {
      this.#open.set(id, open)
      this.#connection.keep(true)
      try {
        this.post(request(id), transfer)
      } catch (error) {
        this.#forget(id)
        throw error
      }
    }
    return id
  }

  /** @throws TypeError where the request holds what cannot be sent */
  post(request: Request, transfer: Transferable[] = []): void {
    if (this.#gone) return
    try {
      this.#connection.post(request, transfer)
    } catch (cause) {
      const { kind } = request
      const where = kind === 'call' ? request.method : kind === 'create' ? 'createTrainer' : kind
      throw new TypeError(`${where}: what was given holds something that cannot be sent to a worker, a function or a symbol, ` +
        'say; give plain data and arrays', { cause })
    }
  }

  /** Posts a question; its answer. */
  ask(request: (id: number) => Request, transfer?: Transferable[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const answer = (reply: Reply) => {
        if ('error' in reply) reject(fromFault(reply.error))
        else if ('value' in reply) resolve(reply.value)
      }
      this.begin({ answer, fail: reject }, request, transfer)
    })
  }

  async close(why: Error): Promise<void> {
    if (!this.#gone) {
      this.#gone = why
      for (const open of this.#open.values()) open.fail(why)
      this.#open.clear()
    }
    await this.#connection.end()
  }

  #answer(reply: Reply): void {
    this.#answered = true
    const open = this.#open.get(reply.id)
    if (!('progress' in reply)) this.#forget(reply.id)
    open?.answer(reply)
  }

  #forget(id: number): void {
    this.#open.delete(id)
    if (!this.#gone) this.#connection.keep(this.#open.size > 0)
  }
}
