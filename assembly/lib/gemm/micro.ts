// The register tile: 4 rows × 8 columns of C, eight accumulators, one pass over k.
// Panels: A is [k][4 rows], B is [k][8 columns], both contiguous. V8 20 and 24 keep all of it in registers; larger
// tiles spill on V8 20.
import { madd } from '../simd'

export const MR = 4
export const NR = 8

/**
 * C[r][j…j+7] (+)= Σₖ A[k][r]·B[k][…] for four rows, k ascending from 0. `rows` points at the four row addresses,
 * `j` is the column's byte offset, `end` the end of the A panel. With `accumulate` 0, C is never read.
 */
export function micro4x8(a: usize, b: usize, end: usize, rows: usize, j: usize, accumulate: i32): void {
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  if (a != end) {
    do {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const a0 = v128.load32_splat(a)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      const a1 = v128.load32_splat(a, 4)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      const a2 = v128.load32_splat(a, 8)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      const a3 = v128.load32_splat(a, 12)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      a += 16
      b += 32
    } while (a != end)
  }
  put(load<usize>(rows) + j, c00, c01, accumulate)
  put(load<usize>(rows, 4) + j, c10, c11, accumulate)
  put(load<usize>(rows, 8) + j, c20, c21, accumulate)
  put(load<usize>(rows, 12) + j, c30, c31, accumulate)
}

/** Stores eight columns of a row, or adds to what is there. */
// @ts-ignore: decorator
@inline
export function put(p: usize, v0: v128, v1: v128, accumulate: i32): void {
  if (accumulate) {
    v0 = f32x4.add(v128.load(p), v0)
    v1 = f32x4.add(v128.load(p, 16), v1)
  }
  v128.store(p, v0)
  v128.store(p, v1, 16)
}
