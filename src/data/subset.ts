// Some of a data set's images, drawn by a seed: subsets to train on, and what is held out. Invariant: what is drawn depends on
// the seed, the purpose and the number of images alone, and keeps their order.
import type { ImageDataset } from './dataset.ts'
import type { Labels } from './rows.ts'

/** What images are drawn for: each purpose draws others. */
export type Purpose = 'limit' | 'validation' | 'mixture'
const STREAMS = { limit: 0x6c696d69, validation: 0x76616c69, mixture: 0x6d697874 } as const

/** MurmurHash3's finalizer: every bit of the result depends on every bit of `x`. */
function mixed(x: number): number {
  let h = x >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** `count` different indices below `total`, ascending: those with the smallest hashes of seed, purpose and index. */
export function drawn(total: number, count: number, seed: number, purpose: Purpose): Uint32Array {
  const key = mixed((seed >>> 0) ^ mixed(Math.floor(seed / 4294967296) ^ STREAMS[purpose]))
  // 53 bits of two hashes, so that ties, which go by index, are rare.
  const ranks = Float64Array.from({ length: total }, (_, i) => {
    const high = mixed(key ^ mixed(i))
    return high * 2097152 + (mixed(high ^ key ^ i) >>> 11)
  })
  const order = Uint32Array.from({ length: total }, (_, i) => i)
  return order.sort((a, b) => ranks[a]! - ranks[b]! || a - b).slice(0, count).sort()
}

/** Up to `most` indices below `total`, as far from each other as they can be: data may be sorted by classes. */
export function spread(total: number, most: number): Uint32Array {
  const count = Math.min(most, total)
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count))
}

/** The indices below `total` that `indices`, ascending, leave out. */
export function others(total: number, indices: Uint32Array): Uint32Array {
  const left = new Set(indices)
  return Uint32Array.from({ length: total }, (_, i) => i).filter((i) => !left.has(i))
}

/** The images at `indices`, with their labels and tensors: copies, in the order of the indices. */
export function subset<D extends ImageDataset>(data: D, indices: Uint32Array): D {
  const { images, count, labels, tensors } = data
  const rows = <T extends Labels>(all: T): T => {
    const size = all.length / count
    const made = new (all.constructor as new (length: number) => T)(indices.length * size)
    indices.forEach((from, i) => made.set(all.subarray(from * size, (from + 1) * size), i * size))
    return made
  }
  const parts = Object.entries(tensors ??
    {}).map(([key, { data: values, shape }]) => [key, { data: rows(values), shape }] as const)
  return {
    ...data, images: rows(images), count: indices.length,
    ...(labels && { labels: rows(labels) }), ...(tensors && { tensors: Object.fromEntries(parts) }),
  }
}
