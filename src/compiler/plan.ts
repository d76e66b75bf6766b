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

export interface Plan {
  readonly buffers: readonly Buffer[]
  /** The buffer that holds an item's result; none for effects and for aliases of a leaf. */
  readonly result: ReadonlyMap<Item, Buffer>
  readonly scratch: ReadonlyMap<Item, Buffer>
  /** Values that are written straight to the variable which they are assigned to, and so have no buffer. */
  readonly placed: ReadonlyMap<Item, Tensor>
  /** Bytes of the arena. */
  readonly peakBytes: number
  /** The largest sum of buffers alive at once: no plan of this schedule can need less. */
  readonly lowerBound: number
}

const ALIGN = 64
const bytesOf = (floats: number): number => Math.ceil((floats * 4) / ALIGN) * ALIGN

export function plan({ items, outputs }: Schedule, threads = 1): Plan {
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
    const floats = node.op.scratch?.(node, threads) ?? 0
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
  return { buffers, result, scratch, placed, ...place(buffers) }
}

const bySize = (a: Buffer, b: Buffer): number => b.bytes - a.bytes || a.from - b.from
const byLife = (a: Buffer, b: Buffer): number => b.to - b.from - (a.to - a.from) || b.bytes - a.bytes

/** Offsets for the largest first, or for what lives longest where that needs less: up to a tenth. */
function place(buffers: readonly Buffer[]): { peakBytes: number; lowerBound: number } {
  const lowerBound = mostAlive(buffers)
  let peakBytes = placeBy(bySize, buffers)
  if (peakBytes > lowerBound) {
    const other = placeBy(byLife, buffers)
    if (other > peakBytes) placeBy(bySize, buffers)
    else peakBytes = other
  }
  return { peakBytes, lowerBound }
}

/** Each at the lowest place free for its whole life; returns the end of all. */
function placeBy(order: (a: Buffer, b: Buffer) => number, buffers: readonly Buffer[]): number {
  // By offset, so what begins beyond the end ends the search.
  const placed: Buffer[] = []
  let end = 0
  for (const buffer of [...buffers].sort(order)) {
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

/** The largest sum of bytes alive at once. */
function mostAlive(buffers: readonly Buffer[]): number {
  const alive: number[] = []
  for (const { from, to, bytes } of buffers) for (let at = from; at <= to; at++) alive[at] = (alive[at] ?? 0) + bytes
  return alive.reduce((most, bytes) => Math.max(most, bytes), 0)
}
