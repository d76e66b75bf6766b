// The order of an epoch on the host, where samples are read ahead of the core: assembly/lib/permutation.ts in numbers of 32 bits,
// which says what it is. Invariant: its values are the core's.

/** Wellons's low-bias mixer of 32 bits. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** An order of samples: as they lie, or by a key, which is of one epoch. */
export interface Order {
  readonly count: number
  readonly key?: readonly [number, number]
}

/** The key of an epoch. @param seed its words, low and high */
export function keyOf(seed: readonly [number, number], stream: number, epoch: number): [number, number] {
  const word = (i: number): number =>
    mix((mix((mix((mix(mix(Math.imul(i, 0x9e3779b9) + 1) + seed[0]) + seed[1])) ^ stream)) + epoch))
  return [word(0), word(1)]
}

/** Writes the numbers of the samples at the places from `from` on of an order, as many as `out` takes. */
export function samplesAt({ count, key }: Order, from: number, out: Uint32Array): void {
  if (!key) {
    for (let i = 0; i < out.length; i++) out[i] = from + i
    return
  }
  const half = count < 2 ? 1 : (33 - Math.clz32(count - 1)) >> 1
  for (let i = 0; i < out.length; i++) out[i] = permute(from + i, count, half, key[0], key[1] | 1)
}

function permute(index: number, count: number, half: number, first: number, step: number): number {
  const mask = (1 << half) - 1
  let x = index
  do {
    let left = x >>> half
    let right = x & mask
    let key = first
    for (let round = 0; round < 8; round++) {
      const next = left ^ (mix(right ^ key) & mask)
      left = right
      right = next
      key = (key + step) | 0
    }
    x = ((left << half) | right) >>> 0
  } while (x >= count)
  return x
}
