// When training leaves the finite numbers: which step, which op, and back to the last good state; and back when a worker
// thread ends. A step can be run again with the same result, on any number of threads, so the state before the fault
// comes from a snapshot and the same steps once more (replay.ts, loaded when it happens).
import { ThreadError } from '../errors.ts'
import type { Variable } from '../graph/leaves.ts'
import { LEARNING_RATE, type Optimizer } from '../nn/optimizers.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import type { Past } from './replay.ts'
import { standingOf } from './standing.ts'
import { firstNotFinite, keepState } from './state.ts'

export { TrainingError } from '../errors.ts'

/** How often, in milliseconds, a snapshot is taken. */
const SNAPSHOT_MS = 2000

export class Guard {
  readonly #session: Session
  /** Back to the last snapshot. */
  #restore: () => void
  #taken = performance.now()
  #loads: number
  readonly #optimizers: readonly Variable[]
  #since: Past['since'][number][] = []

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    this.#session = session
    this.#optimizers = optimizers.map(({ state }) => state).filter((state) => session.variables.includes(state))
    this.#restore = keepState(session)
    this.#loads = standingOf(session).loads
  }

  /** Runs steps; throws a TrainingError, with the last good state restored, where one goes wrong. */
  async run(fn: CompiledFunction, steps: number): Promise<void> {
    if (this.#stale) await this.#renew()
    this.#since.push({ fn, steps, rates: this.#optimizers.map((state) => this.#session.values(state)[LEARNING_RATE]!) })
    let good: number
    try {
      good = fn.run(steps)
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error
      this.#since.pop()
      throw await (await import('./replay.ts')).recover(this.#past, error)
    }
    if (good < steps) await this.#fail()
    if (performance.now() - this.#taken > SNAPSHOT_MS) await this.#renew()
  }

  /** Throws, as `run` does, where a variable is not finite. */
  async check(): Promise<void> {
    if (firstNotFinite(this.#session) !== undefined) await this.#fail()
  }

  /** Verifies that all variables are finite, and takes a new snapshot. */
  async #renew(): Promise<void> {
    await this.check()
    this.#restore = keepState(this.#session)
    this.#loads = standingOf(this.#session).loads
    this.#since = []
    this.#taken = performance.now()
  }

  /** Whether weights were loaded since the snapshot: the steps since do not lead from it to where training stands. */
  get #stale(): boolean {
    return standingOf(this.#session).loads !== this.#loads
  }

  get #past(): Past {
    return { session: this.#session, restore: this.#restore, since: this.#since, optimizers: this.#optimizers }
  }

  async #fail(): Promise<never> {
    const past = this.#past
    const { locate } = await import('./replay.ts')
    throw locate(this.#stale ? { ...past, since: [] } : past)
  }
}
