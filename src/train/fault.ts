// When training leaves the finite numbers: which step, which op, and back to the last good state; and back when a worker
// thread ends. A step can be run again with the same result, on any number of threads, so the state before the fault
// comes from a snapshot and the same steps once more.
import { GanglionError, ThreadError } from '../errors.ts'
import { changedBy } from '../graph/schedule.ts'
import type { Variable } from '../graph/leaves.ts'
import { LEARNING_RATE, type Optimizer } from '../nn/optimizers.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { standingOf } from './standing.ts'
import { allFinite, countersOf, firstNotFinite, readState, type State, writeState } from './state.ts'

/** Training met a NaN or an infinity, or lost a thread. The model holds the state after the last good step. */
export class TrainingError extends GanglionError {
  /** The step that went wrong. */
  readonly step: number
  /** The op whose result was not finite; null where a thread was lost, or the step could not be run again. */
  readonly op: string | null
  constructor(message: string, step: number, op: string | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TrainingError'
    this.step = step
    this.op = op
  }
}

function notFinite(step: number, op: string, scope: string): TrainingError {
  const where = scope ? ` of '${scope}'` : ''
  const message = `training stopped at step ${step}: the op '${op}'${where} was the first to produce a NaN or an infinity; ` +
    `the weights are those after step ${step - 1}. Use a lower learning rate, clip the gradients, or check the data`
  return new TrainingError(message, step, op)
}

function notRepeated(step: number, kept: number): TrainingError {
  const message = `training stopped at step ${step}: there was a NaN or an infinity, and which step it came from is not known, ` +
    'because weights were written between the steps since the last snapshot; ' +
    `the weights are those after step ${kept}, when it was taken. Change weights with model.loadWeights only, and check them`
  return new TrainingError(message, step, null)
}

/** How often, in milliseconds, a snapshot is taken. */
const SNAPSHOT_MS = 2000

export class Guard {
  readonly #session: Session
  #snapshot: State
  #taken = performance.now()
  #loads: number
  readonly #optimizers: readonly Variable[]
  /** What ran since the snapshot, in order, and the learning rates it ran with: the host may change those between runs. */
  #since: { fn: CompiledFunction; steps: number; rates: number[] }[] = []

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    this.#session = session
    this.#optimizers = optimizers.map(({ state }) => state).filter((state) => session.variables.includes(state))
    this.#snapshot = readState(session)
    this.#loads = standingOf(session).loads
  }

  /** Runs steps; throws a TrainingError, with the last good state restored, where one goes wrong. */
  async run(fn: CompiledFunction, steps: number): Promise<void> {
    if (this.#stale) this.check()
    this.#since.push({ fn, steps, rates: this.#optimizers.map((state) => this.#session.values(state)[LEARNING_RATE]!) })
    try {
      if (fn.run(steps) < steps) this.#locate()
    } catch (error) {
      if (error instanceof ThreadError) await this.#recover(error)
      throw error
    }
    if (performance.now() - this.#taken > SNAPSHOT_MS) this.check()
  }

  /** Verifies that all variables are finite, and takes a new snapshot. */
  check(): void {
    if (firstNotFinite(this.#session) !== undefined) this.#locate()
    this.#snapshot = readState(this.#session)
    this.#loads = standingOf(this.#session).loads
    this.#since = []
    this.#taken = performance.now()
  }

  /** Whether weights were loaded since the snapshot: the steps since do not lead from it to where training stands. */
  get #stale(): boolean {
    return standingOf(this.#session).loads !== this.#loads
  }

  /** Back to the state before the run that lost a thread. */
  async #recover(cause: ThreadError): Promise<never> {
    await cause.settled
    this.#since.pop()
    writeState(this.#session, this.#snapshot)
    for (const { fn, steps, rates } of this.#since) {
      this.#setRates(rates)
      fn.run(steps)
    }
    const { step } = countersOf(this.#session)
    const message = `${cause.message}; training stopped, and the weights are those after step ${step}`
    throw new TrainingError(message, step + 1, null, { cause })
  }

  #setRates(rates: readonly number[]): void {
    this.#optimizers.forEach((state, i) => (this.#session.values(state)[LEARNING_RATE] = rates[i]!))
  }

  /** Goes through the steps since the snapshot once more, one at a time, to the first that leaves the finite numbers. */
  #locate(): never {
    const session = this.#session
    const { step: failed } = countersOf(session)
    writeState(session, this.#snapshot)
    const steps = this.#stale ? [] : this.#since.flatMap(({ steps, ...one }) => Array.from({ length: steps }, () => one))
    for (const { fn, rates } of steps) {
      this.#setRates(rates)
      const before = readState(session)
      const good = fn.run(1) === 1 && firstNotFinite(session) === undefined
      if (good) continue
      writeState(session, before)
      const { op, scope } = firstFault(fn) ?? { op: 'unknown', scope: '' }
      writeState(session, before)
      throw notFinite(countersOf(session).step + 1, op, scope)
    }
    // Host writes in between are the one thing that the steps do not repeat. Back to what is known to have been.
    writeState(session, this.#snapshot)
    throw notRepeated(failed, countersOf(session).step)
  }
}

/** Runs one step op by op; the first whose result, or a variable that it changed, is not finite. */
function firstFault(fn: CompiledFunction): { op: string; scope: string } | null {
  const { session, tape } = fn
  for (const [index, { at, item }] of tape.calls.entries()) {
    session.core.runOp(fn.wordAddress(at), 0, 1)
    if (!item || tape.calls[index + 1]?.item === item) continue
    const { node } = item
    const result = fn.resultOf(index)
    const own = () => (result ? [session.floats(result.address, result.size)] : [])
    const values = node.op.effect ? changedBy(node).map((v) => session.values(v)) : own()
    if (!values.every(allFinite)) return { op: node.op.name, scope: node.scope }
  }
  return null
}
