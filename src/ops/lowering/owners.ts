// Work that threads deal out instead of dividing each call of it: an owner has items of its own, so that what its thread writes
// it reads again, in the same cache, without barriers.
import { OWNER_MASK } from '../../graph/contract.generated.ts'

/** The most owners that the marks of calls can name. */
const MOST_OWNERS = OWNER_MASK - 1
/** The most that an owner may have, by the even part. */
const UNEVEN = 1.15

/** Some of the items, from `first` on. */
export interface Group {
  readonly first: number
  readonly count: number
}
/** Items of one owner; of no one where threads divide them. */
export interface Dealt extends Group {
  readonly owner?: number
}

/**
 * The items by owner; where that is uneven, all of them, to be divided by all threads. `each`: how many owners a thread may have,
 * best first.
 */
export function dealt(items: number, threads: number, each: readonly number[]): Dealt[] {
  const owners = threads === 1 ? undefined : each.map((n) => threads * n)
    .find((n) => n <= Math.min(items, MOST_OWNERS) && Math.ceil(items / n) * n <= items * UNEVEN)
  if (!owners) return [{ first: 0, count: items }]
  const start = (owner: number): number => Math.floor((items * owner) / owners)
  return Array.from({ length: owners }, (_, owner) => ({ first: start(owner), count: start(owner + 1) - start(owner), owner }))
}

/** Even groups of items of so many floats, `most` floats at most. */
export function groupsOf({ first, count }: Group, floats: number, most: number): Group[] {
  const size = Math.ceil(count / Math.ceil((count * floats) / most))
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => (
    { first: first + i * size, count: Math.min(size, count - i * size) }
  ))
}
