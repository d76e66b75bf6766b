// The generator behind every golden input: the same tensors as gen_oracles.py's `lcg`, bit for bit (lcg.json).
// Not a good random source, and not the package's own: only a way to name a tensor by one number.
// Invariant: integers are exact (mod 2^32); the last step rounds the double to float32 once.

/** s ← 1664525·s + 1013904223 mod 2^32 (Numerical Recipes, 3rd edition, 7.1). */
const advance = (s: number): number => (Math.imul(1664525, s) + 1013904223) >>> 0

/** `n` values (2u − 1)·scale + shift, u uniform in [0, 1) in steps of 2^-24, from the integer `seed`. */
export function lcg(seed: number, n: number, scale = 1, shift = 0): Float32Array {
  let s = Math.imul(seed, 2654435761) >>> 0
  for (let i = 0; i < 8; i++) s = advance(s)
  return Float32Array.from({ length: n }, () => {
    s = advance(s)
    return (2 * ((s >>> 8) / 16777216) - 1) * scale + shift
  })
}
