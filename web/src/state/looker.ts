// Looks at a run as it trains, in a lab of its own, while somebody looks. Invariant: it takes no more of the time than it was
// told, nothing while nobody sees the page or nothing has changed, and what was seen stays with the run.
import { signal } from '@preact/signals'
import { Closed, Lab } from './lab.ts'
import type { Run } from './run.ts'

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))
const IDLE = 100

export abstract class Looker {
  readonly error = signal('')
  readonly #every: number
  readonly #rarely: number
  #lookers = 0
  /** Who came back before the last look was done looks anew, and the last one ends. */
  #turn = 0

  /** @param every milliseconds from one look to the next at least, and `rarely` times what it took */
  constructor(every: number, rarely: number) {
    this.#every = every
    this.#rarely = rarely
  }

  /** Looks until what it gives is called. */
  look(run: Run): () => void {
    if (++this.#lookers === 1) void this.#follow(run)
    return () => void this.#lookers--
  }

  /** One look, at a step. */
  protected abstract once(run: Run, lab: Lab, step: number): Promise<void>

  async #follow(run: Run): Promise<void> {
    const turn = ++this.#turn
    const lab = new Lab()
    try {
      for (let seen = -1; this.#lookers && this.#turn === turn && !run.closed;) {
        const step = run.step.value
        if (step === seen || document.hidden) {
          await wait(IDLE)
          continue
        }
        const began = performance.now()
        await this.once(run, lab, step)
        seen = step
        await wait(Math.max(this.#every, this.#rarely * (performance.now() - began)))
      }
    } catch (error) {
      // Of a trainer that was closed meanwhile nobody waits for anything.
      if (!run.closed && !(error instanceof Closed)) this.error.value = (error as Error).message
    } finally {
      lab.close()
    }
  }
}
