// The register tile of the convolutions that pack nothing: 4 rows × 8 columns of C, and where a tile that C does not
// hold whole lies in a thread's scratch.
import { MR, put } from '../gemm/micro'
import { madd } from '../simd'

/** Start of a thread's scratch: a tile of 4 × 8, its four row addresses, C's row addresses, four offsets; then more. */
const TILE_ROWS: usize = 128
export const ROWS: usize = 144
export const OFFSETS: usize = 160
/** Bytes of all that; the host sizes scratch by it (src/ops/conv_lowering.ts). */
export const HEAD: usize = 192

/** The row addresses of the tile in `scratch`. */
// @ts-ignore: decorator
@inline
export function tileRows(scratch: usize): usize {
  return scratch + TILE_ROWS
}

// @ts-ignore: decorator
@inline
export function writeTileRows(scratch: usize): void {
  for (let r = 0; r < MR; r++) store<usize>(scratch + TILE_ROWS + (<usize>r << 2), scratch + (<usize>r << 5))
}

/**
 * C[r][j…j+7] (+)= Σ A[r]·B[…] for four rows: `count` runs of `run` bytes, `skip` bytes between, A's elements `stepA`
 * bytes apart from the four addresses at `from`, B's rows `stepB` bytes apart. `rows` and `j` as in micro4x8.
 */
// @ts-ignore: decorator
@inline
export function runs4x8(
  from: usize, b: usize, count: i32, run: usize, skip: usize, stepA: usize, stepB: usize,
  rows: usize, j: usize, accumulate: i32,
): void {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  for (let left = count; left > 0; left--) {
    const end = p0 + run
    do {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const a0 = v128.load32_splat(p0)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      const a1 = v128.load32_splat(p1)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      const a2 = v128.load32_splat(p2)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      const a3 = v128.load32_splat(p3)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      p0 += stepA
      p1 += stepA
      p2 += stepA
      p3 += stepA
      b += stepB
    } while (p0 != end)
    p0 += skip
    p1 += skip
    p2 += skip
    p3 += skip
  }
  put(load<usize>(rows) + j, c00, c01, accumulate)
  put(load<usize>(rows, 4) + j, c10, c11, accumulate)
  put(load<usize>(rows, 8) + j, c20, c21, accumulate)
  put(load<usize>(rows, 12) + j, c30, c31, accumulate)
}
