// Who has the tasks of a training step computed, as the training loop sees it.
import { GanglionError } from '../errors.ts'
import type { Variable } from '../graph/leaves.ts'
import type { Reduction } from './reduction.ts'
import type { Task } from './work.ts'

export interface Crew {
  /**
   * The sums of a stage's tasks.
   * @param changed the variables that changed since the last call; left out where any may have
   * @throws NotFinite, Undone
   */
  reduce(tasks: readonly Task[], changed?: readonly Variable[]): Promise<Reduction>
}

/** A task gives a NaN or an infinity, whoever computes it. */
export class NotFinite extends GanglionError {}
/** A worker was found lying: what it did since the last state that was kept is to be done again. */
export class Undone extends GanglionError {}
