// What threads are told about a tape, in marks beside each call's number of words (assembly/lib/layout.ts): what is too small for
// them, where there is no barrier, whose a call is, and in how many parts they take a segment. The bits are the same whatever it
// says of times, so guesses will do.
import { HALVINGS_MASK, HALVINGS_SHIFT, NO_BARRIER, OWNER_SHIFT, SMALL } from '../graph/contract.generated.ts'
import type { Call, Tape } from './emit.ts'
import type { Item } from './schedule.ts'

/** How often a thread's part of a segment is halved, by the marks of its first call. */
export const halvingsOf = (marks: number): number => (marks >> HALVINGS_SHIFT) & HALVINGS_MASK
const MOST_HALVINGS = 3

/** Floats read and written, and operations, up to which to wait for other threads takes longer than doing it alone. */
const SMALL_WORK = 4096
/** Microseconds of a part that is worth taking: measured, see CONTRIBUTING.md. */
const PART_TIME = 30
/** What one thread does in a microsecond, about. */
const FLOPS = 1e5
const FLOATS = 1e4

/** What an item does, once for all its calls: an op's flops may take a while to tell. */
interface Work {
  readonly isSmall: boolean
  /** Microseconds. */
  readonly time: number
}
const works = new WeakMap<Item, Work>()
function workOf(item: Item): Work {
  const known = works.get(item)
  if (known) return known
  const { node } = item
  const flops = node.op.flops(node)
  const floats = node.inputs.reduce((n, { size }) => n + size, node.size)
  const work = { isSmall: flops + floats <= SMALL_WORK, time: flops / FLOPS + floats / FLOATS }
  works.set(item, work)
  return work
}

const isSmall = ({ item }: Call): boolean => !item || workOf(item).isSmall
const floorLog2 = (x: number): number => 31 - Math.clz32(x)

/** The calls from one barrier to the next, in order; small calls in a row take one barrier, which is at the end of each. */
export function segmentsOf(calls: readonly Call[]): Call[][] {
  const segments: Call[][] = []
  let segment: Call[] = []
  for (const call of calls) {
    segment.push(call)
    if (call.options.barrier === false && !isSmall(call)) continue
    segments.push(segment)
    segment = []
  }
  if (segment.length) segments.push(segment)
  return segments
}

/** How often a thread's part of a segment is halved; `timeOf` is in microseconds. */
function halvings(segment: readonly Call[], threads: number, timeOf: (item: Item) => number): number {
  if (segment.some((call) => isSmall(call) || call.options.even)) return 0
  const owners = new Set(segment.map(({ options }) => options.owner))
  // Each owner's calls are a part.
  if (!owners.has(undefined)) return Math.max(0, floorLog2(owners.size / threads))
  if (owners.size > 1) return 0
  const time = segment.reduce((sum, { item }) => sum + timeOf(item!), 0)
  return Math.max(0, Math.min(MOST_HALVINGS, floorLog2(time / threads / PART_TIME)))
}

function marksOf(call: Call): number {
  const { barrier = true, owner = -1 } = call.options
  return (isSmall(call) ? SMALL : 0) | (barrier ? 0 : NO_BARRIER) | ((owner + 1) << OWNER_SHIFT)
}

/** Marks a tape that was written for `threads` threads. */
export function mark({ words, calls }: Tape, threads: number): void {
  // An item's time is spread evenly over its calls that may be cut.
  const cut = new Map<Item | null, number>()
  for (const { item, options } of calls) if (!options.even) cut.set(item, (cut.get(item) ?? 0) + 1)
  const timeOf = (item: Item): number => workOf(item).time / cut.get(item)!

  for (const segment of segmentsOf(calls)) {
    for (const call of segment) {
      words[call.at + 1]! |= marksOf(call)
    }
    words[segment[0]!.at + 1]! |= halvings(segment, threads, timeOf) << HALVINGS_SHIFT
  }
}
