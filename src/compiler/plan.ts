// The memory plan: every buffer of a step gets an offset in one arena, so that a step allocates nothing.
// Invariant (tested on random graphs): two buffers whose lives overlap never share a byte.
import type { Item, Schedule } from './schedule.ts'
import { Tensor } from '../graph/tensor.ts'

/** A piece of the arena, alive while items `from` … `to` run (both included). */
export interface Buffer {
  readonly bytes: number
  readonly from: number
  to: number
  offset: number
}

/** Buffers before they have their places. */
export interface Lives {
  readonly buffers: readonly Buffer[]
  /** The buffer that holds an item's result; none for effects and for aliases of a leaf. */
  readonly result: ReadonlyMap<Item, Buffer>
  readonly scratch: ReadonlyMap<Item, Buffer>
  /** Values that are written straight to the variable which they are assigned to, and so have no buffer. */
  readonly placed: ReadonlyMap<Item, Tensor>
}

export interface Plan extends Lives {
  /** Bytes of the arena. */
  readonly peakBytes: number
  /** The largest sum of buffers alive at once: no plan of this schedule can need less. */
  readonly lowerBound: number
}

const ALIGN = 64
const bytesOf = (floats: number): number => Math.ceil((floats * 4) / ALIGN) * ALIGN

export function plan(schedule: Schedule, threads = 1): Plan {
  const lives = livesOf(schedule, (node) => node.op.scratch?.(node, threads) ?? 0)
  return { ...lives, ...place(lives.buffers) }
}

/** What is in memory when; `scratchOf` an item: floats that it works in. */
export function livesOf({ items, outputs }: Schedule, scratchOf: (node: Tensor) => number): Lives {
  const lastUse = new Map<Item, number>()
  items.forEach((item, at) => {
    for (const input of item.inputs) if (!(input instanceof Tensor)) lastUse.set(input, at)
  })
  const buffers: Buffer[] = []
  const result = new Map<Item, Buffer>()
  const scratch = new Map<Item, Buffer>()
  const make = (floats: number, from: number, to: number): Buffer => {
    const buffer = { bytes: bytesOf(floats), from, to, offset: 0 }
    buffers.push(buffer)
    return buffer
  }
  const held = (input: Item | Tensor): Buffer | undefined => (input instanceof Tensor ? undefined : result.get(input))

  // An alias lives in its first input's buffer, so a buffer's last use is known only when all aliases are.
  const shared = new Map<Item, Item>()
  const owner = (item: Item): Item => shared.get(item) ?? item
  const lastOf = new Map<Item, number>()
  const pinned = new Set(outputs.flatMap((stage) => [...stage.values()]))
  items.forEach((item, at) => {
    const first = item.inputs[0]
    if (item.node.op.calls === 'alias' && first && !(first instanceof Tensor)) shared.set(item, owner(first))
    const end = pinned.has(item) ? items.length : (lastUse.get(item) ?? at)
    lastOf.set(owner(item), Math.max(lastOf.get(owner(item)) ?? 0, end))
  })

  // What is made of nothing (drawn weights) and assigned next, read by nobody else: then nothing else reads the variable between.
  const placed = new Map<Item, Tensor>()
  items.forEach((item, at) => {
    const next = items[at + 1]
    if (item.inputs.length || !next?.node.op.assigns || next.inputs[1] !== item || lastOf.get(item) !== at + 1) return
    placed.set(item, next.node.inputs[0]!)
  })

  items.forEach((item, at) => {
    const { node } = item
    const floats = scratchOf(node)
    if (floats > 0) scratch.set(item, make(floats, at, at))
    if (node.op.effect || placed.has(item)) return
    if (node.op.calls === 'alias') {
      const buffer = held(item.inputs[0]!)
      if (buffer) result.set(item, buffer)
      return
    }
    const donor = (node.op.inPlace ?? [])
      .map((i) => item.inputs[i]!)
      .find((input) => {
        const buffer = held(input)
        // Of equal size, not only of equal bytes: a smaller operand is broadcast, so it is read again after its place is written.
        return buffer && (input as Item).node.size === node.size && buffer.to === at && lastOf.get(owner(input as Item)) === at
      })
    const buffer = donor ? held(donor)! : make(node.size, at, at)
    buffer.to = Math.max(buffer.to, lastOf.get(item)!)
    result.set(item, buffer)
  })
  return { buffers, result, scratch, placed }
}

const bySize = (a: Buffer, b: Buffer): number => b.bytes - a.bytes || a.from - b.from
const byLife = (a: Buffer, b: Buffer): number => b.to - b.from - (a.to - a.from) || b.bytes - a.bytes
/** How much more than the bound a plan of so many bytes may take, before other orders are tried, and how many. */
const NEAR = 1.02
const LARGE = 1e6
const TRIES = 60

/**
 * Offsets for the largest first, or for what lives longest where that needs less: up to a tenth. Where both need much more than
 * has to be, what lies at the end comes sooner, again and again.
 */
function place(buffers: readonly Buffer[]): { peakBytes: number; lowerBound: number } {
  const lowerBound = aliveIn(buffers).reduce((most, bytes) => Math.max(most, bytes), 0)
  let best: readonly Buffer[] = buffers
  let peakBytes = Infinity
  let isInPlace = false
  const attempt = (order: readonly Buffer[]): number => {
    const end = placeInOrder(order)
    isInPlace = end < peakBytes
    if (isInPlace) [best, peakBytes] = [[...order], end]
    return end
  }
  const starts = [bySize, byLife].map((by) => [...buffers].sort(by))
  for (const order of starts) if (peakBytes > lowerBound) attempt(order)
  for (const order of starts) {
    for (let times = TRIES / 2; times > 0 && peakBytes > Math.max(LARGE, NEAR * lowerBound); times--) {
      const end = attempt(order)
      const at = order.findIndex(({ offset, bytes }) => offset + bytes === end)
      order.splice(at >> 1, 0, ...order.splice(at, 1))
    }
  }
  if (!isInPlace) placeInOrder(best)
  return { peakBytes, lowerBound }
}

/** Each at the lowest place free for its whole life; returns the end of all. */
function placeInOrder(buffers: readonly Buffer[]): number {
  // By offset, so what begins beyond the end ends the search.
  const placed: Buffer[] = []
  let end = 0
  for (const buffer of buffers) {
    const { bytes, from, to } = buffer
    let offset = 0
    for (let i = 0; i < placed.length && placed[i]!.offset < offset + bytes; i++) {
      const other = placed[i]!
      if (other.from <= to && from <= other.to) offset = Math.max(offset, other.offset + other.bytes)
    }
    buffer.offset = offset
    placed.splice(firstAfter(offset, placed), 0, buffer)
    end = Math.max(end, offset + bytes)
  }
  return end
}

/** The place of the first that begins after an offset. */
function firstAfter(offset: number, sorted: readonly Buffer[]): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.offset > offset) high = middle
    else low = middle + 1
  }
  return low
}

/** The sum of bytes alive while each item runs. */
export function aliveIn(buffers: readonly Buffer[]): number[] {
  // By how much it changes at each item.
  const changes = Array.from({ length: buffers.reduce((end, { to }) => Math.max(end, to + 2), 0) }, () => 0)
  for (const { from, to, bytes } of buffers) {
    changes[from]! += bytes
    changes[to + 1]! -= bytes
  }
  let alive = 0
  return changes.map((change) => (alive += change))
}
