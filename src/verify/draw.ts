// Numbers to verify, test and benchmark with: seeded, from exact operations alone, so they are the same in every engine.

/** Uniform numbers in [0, 1): a 32-bit LCG, high bits. */
export function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 0x1000000
  }
  for (let i = 0; i < 8; i++) next()
  return next
}

/** `n` floats from `draw`, rounded to f32 so that f32 and f64 code see the same. */
export const floats = (n: number, draw: () => number): Float32Array => Float32Array.from({ length: n }, draw)

/** `n` numbers from −1 to 1: in no order that a cache or a branch predictor could learn. */
export function madeUp(n: number, seed: number): Float32Array {
  const uniform = generator(seed)
  return floats(n, () => 2 * uniform() - 1)
}

/** Sizes around SIMD width and tiles, and primes. */
export const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 64, 127]

/** From −r to r without a hole of ±`hole` around each of `kinks`. */
export const around = (r: number, kinks: readonly number[] = [0], hole = 0.05) => (u: number): number => {
  const x = (2 * u - 1) * r
  const kink = kinks.find((k) => Math.abs(x - k) < hole)
  return kink === undefined ? x : kink + (x < kink ? -hole : hole)
}

/** `size` different numbers around 0, `gap` apart from each other, in random order: for ops with kinks where two are equal. */
export function distinctNumbers(size: number, uniform: () => number, gap = 0.02): number[] {
  const values = Array.from({ length: size }, (_, i) => (i - size / 2) * gap)
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    ;[values[i], values[j]] = [values[j]!, values[i]!]
  }
  return values
}
