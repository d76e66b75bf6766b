// What went wrong in training: the steps since the last snapshot once more, to the one that left the finite numbers, and
// that one op by op. Invariant: it ends with the last good state in place, and a TrainingError.
import { changedBy } from '../graph/walk.ts'
import { type ThreadError, TrainingError } from '../errors.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { type Hyperparameter, writeValues } from './hyperparameters.ts'
import { countersOf, readState, writeState } from './state.ts'
import type { Stream } from './streamed.ts'

/** What led from a snapshot to where training stands. */
export interface Past {
  readonly session: Session
  /** Brings the snapshot back. */
  readonly restore: () => void
  /** What ran since the snapshot, in order, and the hyper-parameters it ran with: the host may change those between runs. */
  readonly since: readonly {
    readonly fn: CompiledFunction; readonly steps: number; readonly rows: number; readonly values: readonly number[]
  }[]
  /** Brings the next samples into memory, where they are not there. */
  readonly stream: Stream | undefined
  readonly hyperparameters: readonly Hyperparameter[]
}

/** Back to the state before the last run, which lost a thread. */
export async function recover(past: Past, cause: ThreadError): Promise<TrainingError> {
  const { session, restore, since, hyperparameters, stream } = past
  await cause.settled
  restore()
  for (const [i, { fn, steps, rows, values }] of since.entries()) {
    writeValues(session, hyperparameters, values)
    if (i === since.length - 1) break
    await stream?.fill(steps * rows)
    fn.run(steps)
  }
  const { step } = countersOf(session)
  const message = `${cause.message}; training stopped, and the weights are those after step ${step}`
  return new TrainingError(message, step + 1, null, { cause })
}

/** Goes through the steps since the snapshot once more, one at a time, to the first that leaves the finite numbers. */
export async function locate(past: Past): Promise<TrainingError> {
  const { session, restore, since, hyperparameters, stream } = past
  const { step: failed } = countersOf(session)
  restore()
  for (const { fn, rows, values } of since.flatMap(({ steps, ...one }) => Array.from({ length: steps }, () => one))) {
    writeValues(session, hyperparameters, values)
    await stream?.fill(rows)
    const before = readState(session)
    const good = fn.run(1) === 1 && !session.notFinite
    if (good) continue
    writeState(session, before)
    const { op, scope } = firstFault(fn) ?? { op: 'unknown', scope: '' }
    writeState(session, before)
    return notFinite(countersOf(session).step + 1, op, scope)
  }
  // Host writes in between are the one thing that the steps do not repeat. Back to what is known to have been.
  restore()
  return notRepeated(failed, countersOf(session).step)
}

/** Runs one step op by op; the first whose result, or a variable that it changed, is not finite. */
function firstFault(fn: CompiledFunction): { op: string; scope: string } | null {
  const { session, tape } = fn
  for (const [index, { at, item }] of tape.calls.entries()) {
    session.core.runOp(fn.wordAddress(at), 0, 1)
    if (!item || tape.calls[index + 1]?.item === item) continue
    const { node } = item
    const buffer = fn.plan.result.get(item)
    const own = buffer ? session.core.allFinite(session.arena + buffer.offset, node.size) : true
    const good = node.op.effect ? changedBy(node).every((v) => session.isFinite(v)) : own
    if (!good) return { op: node.op.name, scope: node.scope }
  }
  return null
}

const LOWER = 'Use a lower learning rate'
const AWAY = 'Keep its input from where it or its slope is infinite (add a small number to it, say), or use a lower learning rate'
/** What helps, by the op that was the first. Clipping does not where a rate is too high: Adam takes no note of scale. */
const ADVICE: Readonly<Record<string, string>> = {
  batch: 'Check the data, which are not finite themselves',
  optimizer: 'Clip the gradients, whose squares are too large, or use a lower learning rate',
  div: AWAY, log: AWAY, log1p: AWAY, reciprocal: AWAY, rsqrt: AWAY, sqrt: AWAY,
}

function notFinite(step: number, op: string, scope: string): TrainingError {
  const where = scope ? ` of '${scope}'` : ''
  const message = `training stopped at step ${step}: the op '${op}'${where} was the first to produce a NaN or an infinity; ` +
    `the weights are those after step ${step - 1}. ${Object.hasOwn(ADVICE, op) ? ADVICE[op]! : LOWER}`
  return new TrainingError(message, step, op)
}

function notRepeated(step: number, kept: number): TrainingError {
  const message = `training stopped at step ${step}: there was a NaN or an infinity, and which step it came from is not known, ` +
    'because weights were written between the steps since the last snapshot; ' +
    `the weights are those after step ${kept}, when it was taken. Change weights with model.loadWeights only, and check them`
  return new TrainingError(message, step, null)
}
