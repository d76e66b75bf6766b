// When there are pictures of a run: after epochs, and after steps within them. Invariant: they are in the order of steps, so that
// runs are looked at after the same number of steps, as their curves are.
import type { Moment } from '../../../src/checkpoint/pictures.ts'
import type { Row } from '../../../src/cli/watch/news.ts'

export interface Placed {
  readonly moment: Moment
  /** The steps that had been done. */
  readonly step: number
}

/**
 * The moments up to the newest.
 * @param drawn steps within epochs after which there are pictures, in order
 */
export function momentsOf(rows: readonly Row[], drawn: readonly number[], newest: Moment): Placed[] {
  // An epoch that was stopped and gone on with has two rows.
  const ends = new Map<number, number>([[0, 0]])
  for (const { epoch, step, complete } of rows) if (complete !== null && Number.isFinite(step)) ends.set(epoch, step)
  const last = 'step' in newest ? newest.step : ends.get(newest.epoch) ?? 0
  const placed = new Map<number, Moment>(drawn.map((step) => [step, { step }]))
  for (const [epoch, step] of ends) placed.set(step, { epoch })
  return [...placed].filter(([step]) => step <= last).sort(([a], [b]) => a - b).map(([step, moment]) => ({ moment, step }))
}

/** The last of the moments by a step, or the first one. */
export const momentBy = (moments: readonly Placed[], step: number): Placed | undefined =>
  moments.findLast((each) => each.step <= step) ?? moments[0]
