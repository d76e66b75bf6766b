// What threads are told about a tape, in marks beside each call's number of words (assembly/tape.ts): what is too small for them,
// where they need not meet, whose a call is, and in how many shares they take what lies from one meeting to the next. The bits
// are the same whatever it says of times, so guesses will do.
import type { Call, Tape } from './emit.ts'
import type { Item } from './schedule.ts'

/** Marks an op that threads do not share. */
export const SMALL = -0x80000000
/** Marks a call after which threads do not meet. */
export const ALONE = 0x40000000
/** One of these more than its number marks the owner whose call it is. */
const OWNER = 0x800000
/** One of these for each doubling of the shares that a thread has, in the first call after a meeting. */
const HALVED = 0x100000
/** How often a thread's share is halved, by that call's marks. */
export const halvingsOf = (marks: number): number => (marks >> 20) & 7
const MOST_HALVED = 3

/** Floats read and written, and operations, up to which meeting other threads takes longer than doing it alone. */
const SMALL_WORK = 4096
/** Microseconds of a share that is worth taking: measured, see CONTRIBUTING.md. */
const SHARE_TIME = 30
/** What one thread does in a microsecond, about. */
const FLOPS = 1e5
const FLOATS = 1e4

const flopsOf = ({ node }: Item): number => node.op.flops(node)
const floatsOf = ({ node }: Item): number => node.inputs.reduce((n, { size }) => n + size, node.size)
const isSmall = ({ item }: Call): boolean => !item || flopsOf(item) + floatsOf(item) <= SMALL_WORK
const floorLog2 = (x: number): number => 31 - Math.clz32(x)

/** Marks a tape that was written for `threads` threads. */
export function mark({ words, calls }: Tape, threads: number): void {
  // An item's time is spread evenly over its calls that may be cut.
  const parts = new Map<Item | null, number>()
  for (const { item, how } of calls) if (!how.even) parts.set(item, (parts.get(item) ?? 0) + 1)
  const timeOf = (item: Item): number => (flopsOf(item) / FLOPS + floatsOf(item) / FLOATS) / parts.get(item)!

  const halvings = (stretch: readonly Call[]): number => {
    if (stretch.some((call) => isSmall(call) || call.how.even)) return 0
    const owners = new Set(stretch.map(({ how }) => how.on))
    // Each owner's calls are a share.
    if (!owners.has(undefined)) return floorLog2(owners.size / threads)
    if (owners.size > 1) return 0
    const time = stretch.reduce((sum, { item }) => sum + timeOf(item!), 0)
    return Math.min(MOST_HALVED, floorLog2(time / threads / SHARE_TIME))
  }
  let first = 0
  calls.forEach((call, i) => {
    const { at, how: { alone, on = -1 } } = call
    const small = isSmall(call)
    if (words[at + 1]! >= HALVED) throw new Error(`${call.how.kernel} has ${words[at + 1]!} words, a call at most ${HALVED - 1}`)
    words[at + 1]! |= (small ? SMALL : 0) | (alone ? ALONE : 0) | ((on + 1) * OWNER)
    if (alone && !small) return
    words[calls[first]!.at + 1]! |= Math.max(0, halvings(calls.slice(first, i + 1))) * HALVED
    first = i + 1
  })
}
