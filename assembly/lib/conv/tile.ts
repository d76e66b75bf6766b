// The register tile of the convolutions that pack nothing: 4 rows × 8 columns of C, and where a tile that C does not
// hold whole lies in a thread's scratch.
import { leakyRelu } from '../activation'
import { Activation } from '../gemm/epilogue'
import { MR } from '../gemm/micro'
import { madd } from '../simd'

/** Start of a thread's scratch: a tile of 4 × 8, its four row addresses, C's row addresses; then more. */
const TILE_ROWS: usize = 128
export const ROWS: usize = 144
/** Bytes of all that. @host */
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
 * bytes apart from the four addresses at `from`, B's rows `stepB` bytes apart. `rows` points at the four row addresses, `j`
 * is added to them; rows may be the same. Then the 8 floats at `bias`, unless that is 0, are added, and the activation of
 * gemm/epilogue.ts is applied.
 */
// @ts-ignore: decorator
@inline
export function runs4x8(
  from: usize, b: usize, count: i32, run: usize, skip: usize, stepA: usize, stepB: usize,
  rows: usize, j: usize, accumulate: i32, bias: usize, activation: i32, alpha: f32,
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
  const r0 = load<usize>(rows) + j
  const r1 = load<usize>(rows, 4) + j
  const r2 = load<usize>(rows, 8) + j
  const r3 = load<usize>(rows, 12) + j
  if (accumulate) {
    c00 = f32x4.add(v128.load(r0), c00)
    c01 = f32x4.add(v128.load(r0, 16), c01)
    c10 = f32x4.add(v128.load(r1), c10)
    c11 = f32x4.add(v128.load(r1, 16), c11)
    c20 = f32x4.add(v128.load(r2), c20)
    c21 = f32x4.add(v128.load(r2, 16), c21)
    c30 = f32x4.add(v128.load(r3), c30)
    c31 = f32x4.add(v128.load(r3, 16), c31)
  }
  if (bias) {
    const b0 = v128.load(bias)
    const b1 = v128.load(bias, 16)
    c00 = f32x4.add(c00, b0)
    c01 = f32x4.add(c01, b1)
    c10 = f32x4.add(c10, b0)
    c11 = f32x4.add(c11, b1)
    c20 = f32x4.add(c20, b0)
    c21 = f32x4.add(c21, b1)
    c30 = f32x4.add(c30, b0)
    c31 = f32x4.add(c31, b1)
  }
  if (activation == Activation.RELU) {
    // One instruction, where max is seven. They differ for −0, which no sum from 0 on is.
    const zero = f32x4.splat(0)
    c00 = f32x4.pmax(c00, zero)
    c01 = f32x4.pmax(c01, zero)
    c10 = f32x4.pmax(c10, zero)
    c11 = f32x4.pmax(c11, zero)
    c20 = f32x4.pmax(c20, zero)
    c21 = f32x4.pmax(c21, zero)
    c30 = f32x4.pmax(c30, zero)
    c31 = f32x4.pmax(c31, zero)
  } else if (activation == Activation.LEAKY_RELU) {
    const slope = f32x4.splat(alpha)
    c00 = leakyRelu(c00, slope)
    c01 = leakyRelu(c01, slope)
    c10 = leakyRelu(c10, slope)
    c11 = leakyRelu(c11, slope)
    c20 = leakyRelu(c20, slope)
    c21 = leakyRelu(c21, slope)
    c30 = leakyRelu(c30, slope)
    c31 = leakyRelu(c31, slope)
  }
  v128.store(r0, c00)
  v128.store(r0, c01, 16)
  v128.store(r1, c10)
  v128.store(r1, c11, 16)
  v128.store(r2, c20)
  v128.store(r2, c21, 16)
  v128.store(r3, c30)
  v128.store(r3, c31, 16)
}
