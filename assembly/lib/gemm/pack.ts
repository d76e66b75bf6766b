// Four rows or columns interleaved: the transposition that packing is made of.

/** Stores the transpose of the 4 × 4 matrix with rows v0 … v3: four vectors, `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, step: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  const a = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5)
  const b = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7)
  const c = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5)
  const d = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(a, c, 0, 2))
  v128.store(to + step, v128.shuffle<i64>(a, c, 1, 3))
  v128.store(to + 2 * step, v128.shuffle<i64>(b, d, 0, 2))
  v128.store(to + 3 * step, v128.shuffle<i64>(b, d, 1, 3))
}

/** `n` floats from each of four places (0: zeros) as [n][4]. */
export function interleave(p0: usize, p1: usize, p2: usize, p3: usize, n: i32, to: usize): void {
  const zero = f32x4.splat(0)
  let at: usize = 0
  for (const end = <usize>(n & ~3) << 2; at < end; at += 16, to += 64) {
    storeTransposed(
      to, 16,
      p0 ? v128.load(p0 + at) : zero, p1 ? v128.load(p1 + at) : zero,
      p2 ? v128.load(p2 + at) : zero, p3 ? v128.load(p3 + at) : zero,
    )
  }
  for (const end = <usize>n << 2; at < end; at += 4, to += 16) {
    store<f32>(to, p0 ? load<f32>(p0 + at) : 0)
    store<f32>(to, p1 ? load<f32>(p1 + at) : 0, 4)
    store<f32>(to, p2 ? load<f32>(p2 + at) : 0, 8)
    store<f32>(to, p3 ? load<f32>(p3 + at) : 0, 12)
  }
}
