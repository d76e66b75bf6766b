// The channel to a worker: numbered questions, and who waits for their answers.
// Invariant: whatever was asked is answered, by the worker or, once it is gone, with an error that says so.
import { GanglionError } from '../errors.ts'
import { connect, type Connection } from '../runtime/threads/connection.ts'
import type { NodeWorker } from '../runtime/host.ts'
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

  constructor(worker: Worker | NodeWorker) {
    this.#connection = connect<Request, Reply>(worker, {
      answer: (reply) => this.#answer(reply),
      end: (why) => void this.close(new GanglionError(`the trainer's worker ended (${why}); make another trainer`)),
    })
    this.#connection.keep(false)
  }

  /** A number for a question; its answers go to `open`. */
  open(open: Open): number {
    const id = ++this.#asked
    if (this.#gone) open.fail(this.#gone)
    else {
      this.#open.set(id, open)
      this.#connection.keep(true)
    }
    return id
  }

  post(request: Request, transfer: Transferable[] = []): void {
    if (!this.#gone) this.#connection.post(request, transfer)
  }

  /** Posts a question; its answer. */
  ask(request: (id: number) => Request, transfer: Transferable[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const answer = (reply: Reply) => {
        if ('error' in reply) reject(fromFault(reply.error))
        else if ('value' in reply) resolve(reply.value)
      }
      const id = this.open({ answer, fail: reject })
      try {
        this.post(request(id), transfer)
      } catch (error) {
        this.#forget(id)
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what postMessage threw, as it is
        reject(error)
      }
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
    const open = this.#open.get(reply.id)
    if (!('progress' in reply)) this.#forget(reply.id)
    open?.answer(reply)
  }

  #forget(id: number): void {
    this.#open.delete(id)
    if (!this.#gone) this.#connection.keep(this.#open.size > 0)
  }
}
