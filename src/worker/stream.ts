// What comes from a worker in its own time, for one who asks for it in theirs. Invariant: it ends once, with all that came
// before handed out, or with an error.
import { fromFault, type Reply } from './protocol.ts'

export class Stream<T> {
  readonly #items: T[] = []
  #error: Error | null = null
  #over = false
  #wake: (() => void) | null = null

  /** Whether the last answer is there. */
  get ended(): boolean {
    return this.#over
  }

  answer(reply: Reply): void {
    if ('progress' in reply) this.#items.push(reply.progress as T)
    else {
      this.#over = true
      if ('error' in reply) this.#error = fromFault(reply.error)
    }
    this.#wake?.()
  }
  fail(error: Error): void {
    this.#over = true
    this.#error = error
    this.#wake?.()
  }

  /** The next item; undefined at the end; throws the error that it ended with. */
  async next(): Promise<T | undefined> {
    while (!this.#items.length && !this.#over) await this.#change()
    if (!this.#items.length && this.#error) throw this.#error
    return this.#items.shift()
  }

  /** Resolves at the end, without what is still to be read; throws the error that it ended with. */
  async end(): Promise<void> {
    while (!this.#over) await this.#change()
    if (this.#error) throw this.#error
  }

  async #change(): Promise<void> {
    await new Promise<void>((wake) => (this.#wake = wake))
    this.#wake = null
  }
}
