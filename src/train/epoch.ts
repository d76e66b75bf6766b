// An epoch of training: how the samples are gone through, and where that stands, which the counters in the core say.
import type { Session } from '../runtime/session.ts'
import { beginEpoch, countersOf } from './state.ts'

/** How `count` samples are gone through: in steps of `rows`, then, unless it is left out, a smaller one of what is left. */
export class EpochPlan {
  readonly count: number
  readonly rows: number
  readonly dropRemainder: boolean
  constructor(count: number, rows: number, dropRemainder: boolean) {
    this.count = count
    this.rows = rows
    this.dropRemainder = dropRemainder
  }

  /** The samples still to be trained on, from `position` on: 0 where the epoch is over. */
  left(position: number): number {
    const left = Math.max(0, this.count - position)
    return this.dropRemainder && left < this.rows ? 0 : left
  }
  /** The steps still to be done. */
  steps(position: number): number {
    const left = this.count - position
    return this.dropRemainder ? Math.floor(left / this.rows) : Math.ceil(left / this.rows)
  }
}

/** Where training stands: steps done, samples of the epoch seen, epochs done. */
export type Counters = ReturnType<typeof countersOf>

/** Begins the next epoch where nothing of this one is left. Gives where training stands then. */
export function enterEpoch(session: Session, plan: EpochPlan): Counters {
  const { position, epoch } = countersOf(session)
  if (!plan.left(position)) beginEpoch(session, epoch + 1)
  return countersOf(session)
}
