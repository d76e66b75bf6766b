// When training leaves the finite numbers: which step, which op, and back to the last good state. A step can be run
// again with the same result, so the state before the fault comes from a snapshot and the same steps once more.
import { GanglionError } from '../errors.ts'
import { changedBy } from '../graph/schedule.ts'
import type { Variable } from '../graph/leaves.ts'
import { LEARNING_RATE, type Optimizer } from '../nn/optimizers.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { allFinite, firstNotFinite, readState, type State, TRAIN, writeState } from './state.ts'

/** Training met a NaN or an infinity. The model holds the state after the last good step. */
export class TrainingError extends GanglionError {
  readonly step: number
  readonly op: string
  constructor(step: number, op: string, scope: string) {
    const where = scope ? ` of '${scope}'` : ''
    super(
      `training stopped at step ${step}: the op '${op}'${where} was the first to produce a NaN or an infinity; ` +
        `the weights are those after step ${step - 1}. Use a lower learning rate, clip the gradients, or check the data`,
    )
    this.name = 'TrainingError'
    this.step = step
    this.op = op
  }
}

/** How often, in milliseconds, a snapshot is taken. */
const SNAPSHOT_MS = 2000

export class Guard {
  readonly #session: Session
  #snapshot: State
  #taken = performance.now()
  readonly #optimizers: readonly Variable[]
  /** What ran since the snapshot, in order, and the learning rates it ran with: the host may change those between runs. */
  #since: { fn: CompiledFunction; steps: number; rates: number[] }[] = []

  constructor(session: Session, optimizers: readonly Optimizer[]) {
    this.#session = session
    this.#optimizers = optimizers.map(({ state }) => state).filter((state) => session.variables.includes(state))
    this.#snapshot = readState(session)
  }

  /** Runs steps; throws a TrainingError, with the last good state restored, where one goes wrong. */
  run(fn: CompiledFunction, steps: number): void {
    this.#since.push({ fn, steps, rates: this.#optimizers.map((state) => this.#session.values(state)[LEARNING_RATE]!) })
    if (fn.run(steps) < steps) this.#locate()
    if (performance.now() - this.#taken > SNAPSHOT_MS) this.check()
  }

  /** Verifies that all variables are finite, and takes a new snapshot. */
  check(): void {
    if (firstNotFinite(this.#session) !== undefined) this.#locate()
    this.#snapshot = readState(this.#session)
    this.#since = []
    this.#taken = performance.now()
  }

  /** Goes through the steps since the snapshot once more, one at a time, to the first that leaves the finite numbers. */
  #locate(): never {
    const session = this.#session
    writeState(session, this.#snapshot)
    const steps = this.#since.flatMap(({ steps, ...one }) => Array.from({ length: steps }, () => one))
    for (const { fn, rates } of steps) {
      this.#optimizers.forEach((state, i) => (session.values(state)[LEARNING_RATE] = rates[i]!))
      const before = readState(session)
      const good = fn.run(1) === 1 && firstNotFinite(session) === undefined
      if (good) continue
      writeState(session, before)
      const { op, scope } = firstFault(fn) ?? { op: 'unknown', scope: '' }
      writeState(session, before)
      throw new TrainingError((session.counters(TRAIN)[0] ?? 0) + 1, op, scope)
    }
    throw new Error('a fault in training did not come again when its steps were run once more: this is a bug in Ganglion')
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
