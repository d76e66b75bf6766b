// The register tiles: some rows × 8 columns of C, one pass over k. Panels: A is [k][4 rows], B is [k][8 columns], both
// contiguous. Any tile gives the same bits, so engines may take different ones: all keep 4 × 8 in registers, those of
// Node 24 and later also the taller one, which V8 in Node 20 and 22 spills, at half the speed (`tall` in src/ops/gemm.ts).
import { madd } from '../simd'

export const MR = 4
/** Columns of a panel of B. @host */
export const NR = 8
/** Columns that threads divide a product by: those of the widest tile. */
export const COLUMNS = WIDE ? 2 * NR : NR
/**
 * Rows that the tall tile has more. With six rows × 8, sums and products do not fit; a fused product takes no register. The wide
 * build has a tall tile for fused products alone.
 */
export const MORE = ASC_FEATURE_RELAXED_SIMD ? 2 : WIDE ? 0 : 1

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

/**
 * The same for MORE rows more, which lie at `more`, in a panel of four like those of `a`; their row addresses are at
 * `moreRows`.
 */
export function microTall(
  a: usize, more: usize, b: usize, end: usize, rows: usize, moreRows: usize, j: usize, accumulate: i32,
): void {
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = zeroBy(v128.load32_splat(a, 4))
  let c11 = f32x4.splat(0)
  let c20 = zeroBy(v128.load32_splat(a, 8))
  let c21 = f32x4.splat(0)
  let c30 = zeroBy(v128.load32_splat(a, 12))
  let c31 = f32x4.splat(0)
  let c40 = f32x4.splat(0)
  let c41 = f32x4.splat(0)
  let c50 = f32x4.splat(0)
  let c51 = f32x4.splat(0)
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
      const a4 = v128.load32_splat(more)
      c40 = madd(a4, b0, c40)
      c41 = madd(a4, b1, c41)
      if (MORE > 1) {
        const a5 = v128.load32_splat(more, 4)
        c50 = madd(a5, b0, c50)
        c51 = madd(a5, b1, c51)
      }
      a += 16
      more += 16
      b += 32
    } while (a != end)
  }
  put(load<usize>(rows) + j, c00, c01, accumulate)
  put(load<usize>(rows, 4) + j, c10, c11, accumulate)
  put(load<usize>(rows, 8) + j, c20, c21, accumulate)
  put(load<usize>(rows, 12) + j, c30, c31, accumulate)
  put(load<usize>(moreRows) + j, c40, c41, accumulate)
  if (MORE > 1) put(load<usize>(moreRows, 4) + j, c50, c51, accumulate)
}

/** 0. V8 13 computes a load's address at an offset anew in every round of a loop, unless a load before the loop had it. */
// @ts-ignore: decorator
@inline
function zeroBy(loaded: v128): v128 {
  return v128.xor(loaded, loaded)
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
