// When training leaves the finite numbers: which step, which op, and back to the last good state; and back when a worker
// thread ends. A step can be run again with the same result, on any number of threads, so the state before the fault
// comes from a snapshot and the same steps once more (replay.ts).
import { ThreadError } from '../errors.ts'
import type { Hyperparameter } from './hyperparameters.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { valuesOf } from './hyperparameters.ts'
import { locate, type Past, recover } from './replay.ts'
import { keepState } from './state.ts'
import { statusOf } from './status.ts'

export { TrainingError } from '../errors.ts'

/** How often, in milliseconds, a snapshot is taken. */
const SNAPSHOT_MS = 2000

export class Guard {
  readonly #session: Session
  /** Back to the last snapshot. */
  #restore: () => void
  #taken = performance.now()
  #loads: number
  readonly #hyperparameters: readonly Hyperparameter[]
  readonly #stream: Past['stream']
  #since: Past['since'][number][] = []

  /**
   * @param hyperparameters of them, the host may change those that follow no schedule
   * @param stream brings the samples of steps into memory, where they are not there
   */
  constructor(session: Session, hyperparameters: readonly Hyperparameter[], stream?: Past['stream']) {
    this.#session = session
    this.#stream = stream
    this.#hyperparameters = hyperparameters.filter(({ rule }) => rule)
    this.#restore = keepState(session)
    this.#loads = statusOf(session).loads
  }

  /** Runs steps of `rows` samples; throws a TrainingError, with the last good state restored, where one goes wrong. */
  async run(fn: CompiledFunction, steps: number, rows: number): Promise<void> {
    if (this.#stale) await this.#renew()
    await this.#stream?.fill(steps * rows)
    this.#since.push({ fn, steps, rows, values: valuesOf(this.#session, this.#hyperparameters) })
    let good: number
    try {
      good = fn.run(steps)
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error
      throw await recover(this.#past, error)
    }
    if (good < steps) await this.#fail()
    if (performance.now() - this.#taken > SNAPSHOT_MS) await this.#renew()
  }

  /** Throws, as `run` does, where a variable is not finite. */
  async check(): Promise<void> {
    if (this.#session.notFinite) await this.#fail()
  }

  /** Verifies that all variables are finite, and takes a new snapshot. */
  async #renew(): Promise<void> {
    await this.check()
    this.#restore = keepState(this.#session)
    this.#loads = statusOf(this.#session).loads
    this.#since = []
    this.#taken = performance.now()
  }

  /** Whether weights were loaded since the snapshot: the steps since do not lead from it to where training stands. */
  get #stale(): boolean {
    return statusOf(this.#session).loads !== this.#loads
  }

  get #past(): Past {
    return {
      session: this.#session, restore: this.#restore, since: this.#since, hyperparameters: this.#hyperparameters,
      stream: this.#stream,
    }
  }

  async #fail(): Promise<never> {
    const past = this.#past
    throw await locate(this.#stale ? { ...past, since: [] } : past)
  }
}
