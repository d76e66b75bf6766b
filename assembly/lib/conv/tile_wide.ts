// The register tiles of the wide build: 4 rows × 16 columns of C, and 8 × 8 where there are no 16. Either is eight registers
// where an engine joins pairs of vectors to one of 256 bits. The sums are those of tile.ts, so the bits are too.
// Of the activations they apply relu alone; leakyReLU is rare, and a core is small.
import { madd } from '../simd'

/** As runs4x8, of 16 columns: columns 8 to 15 of B lie `next` bytes from the others. */
// @ts-ignore: decorator
@inline
export function runs4x16(
  from: usize, b: usize, next: usize, count: i32, run: usize, skip: usize, stepA: usize, stepB: usize,
  rows: usize, j: usize, accumulate: i32, bias: usize, activation: i32,
): void {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  let b8 = b + next
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c02 = f32x4.splat(0)
  let c03 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c12 = f32x4.splat(0)
  let c13 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c22 = f32x4.splat(0)
  let c23 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  let c32 = f32x4.splat(0)
  let c33 = f32x4.splat(0)
  for (let left = count; left > 0; left--) {
    const end = p0 + run
    do {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const b2 = v128.load(b8)
      const b3 = v128.load(b8, 16)
      const a0 = v128.load32_splat(p0)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      c02 = madd(a0, b2, c02)
      c03 = madd(a0, b3, c03)
      const a1 = v128.load32_splat(p1)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      c12 = madd(a1, b2, c12)
      c13 = madd(a1, b3, c13)
      const a2 = v128.load32_splat(p2)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      c22 = madd(a2, b2, c22)
      c23 = madd(a2, b3, c23)
      const a3 = v128.load32_splat(p3)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      c32 = madd(a3, b2, c32)
      c33 = madd(a3, b3, c33)
      p0 += stepA
      p1 += stepA
      p2 += stepA
      p3 += stepA
      b += stepB
      b8 += stepB
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
    c02 = f32x4.add(v128.load(r0, 32), c02)
    c03 = f32x4.add(v128.load(r0, 48), c03)
    c10 = f32x4.add(v128.load(r1), c10)
    c11 = f32x4.add(v128.load(r1, 16), c11)
    c12 = f32x4.add(v128.load(r1, 32), c12)
    c13 = f32x4.add(v128.load(r1, 48), c13)
    c20 = f32x4.add(v128.load(r2), c20)
    c21 = f32x4.add(v128.load(r2, 16), c21)
    c22 = f32x4.add(v128.load(r2, 32), c22)
    c23 = f32x4.add(v128.load(r2, 48), c23)
    c30 = f32x4.add(v128.load(r3), c30)
    c31 = f32x4.add(v128.load(r3, 16), c31)
    c32 = f32x4.add(v128.load(r3, 32), c32)
    c33 = f32x4.add(v128.load(r3, 48), c33)
  }
  if (bias) {
    const b0 = v128.load(bias)
    const b1 = v128.load(bias, 16)
    const b2 = v128.load(bias, 32)
    const b3 = v128.load(bias, 48)
    c00 = f32x4.add(c00, b0)
    c01 = f32x4.add(c01, b1)
    c02 = f32x4.add(c02, b2)
    c03 = f32x4.add(c03, b3)
    c10 = f32x4.add(c10, b0)
    c11 = f32x4.add(c11, b1)
    c12 = f32x4.add(c12, b2)
    c13 = f32x4.add(c13, b3)
    c20 = f32x4.add(c20, b0)
    c21 = f32x4.add(c21, b1)
    c22 = f32x4.add(c22, b2)
    c23 = f32x4.add(c23, b3)
    c30 = f32x4.add(c30, b0)
    c31 = f32x4.add(c31, b1)
    c32 = f32x4.add(c32, b2)
    c33 = f32x4.add(c33, b3)
  }
  if (activation) {
    const zero = f32x4.splat(0)
    c00 = f32x4.pmax(c00, zero)
    c01 = f32x4.pmax(c01, zero)
    c02 = f32x4.pmax(c02, zero)
    c03 = f32x4.pmax(c03, zero)
    c10 = f32x4.pmax(c10, zero)
    c11 = f32x4.pmax(c11, zero)
    c12 = f32x4.pmax(c12, zero)
    c13 = f32x4.pmax(c13, zero)
    c20 = f32x4.pmax(c20, zero)
    c21 = f32x4.pmax(c21, zero)
    c22 = f32x4.pmax(c22, zero)
    c23 = f32x4.pmax(c23, zero)
    c30 = f32x4.pmax(c30, zero)
    c31 = f32x4.pmax(c31, zero)
    c32 = f32x4.pmax(c32, zero)
    c33 = f32x4.pmax(c33, zero)
  }
  v128.store(r0, c00)
  v128.store(r0, c01, 16)
  v128.store(r0, c02, 32)
  v128.store(r0, c03, 48)
  v128.store(r1, c10)
  v128.store(r1, c11, 16)
  v128.store(r1, c12, 32)
  v128.store(r1, c13, 48)
  v128.store(r2, c20)
  v128.store(r2, c21, 16)
  v128.store(r2, c22, 32)
  v128.store(r2, c23, 48)
  v128.store(r3, c30)
  v128.store(r3, c31, 16)
  v128.store(r3, c32, 32)
  v128.store(r3, c33, 48)
}

/** As runs4x8 without `accumulate`, of 8 rows: the second four addresses of either kind lie 32 bytes after the first. */
// @ts-ignore: decorator
@inline
export function runs8x8(
  from: usize, b: usize, count: i32, run: usize, skip: usize, stepA: usize, stepB: usize,
  rows: usize, j: usize, bias: usize, activation: i32,
): void {
  let p0 = load<usize>(from)
  let p1 = load<usize>(from, 4)
  let p2 = load<usize>(from, 8)
  let p3 = load<usize>(from, 12)
  let p4 = load<usize>(from, 32)
  let p5 = load<usize>(from, 36)
  let p6 = load<usize>(from, 40)
  let p7 = load<usize>(from, 44)
  let c00 = f32x4.splat(0)
  let c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0)
  let c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0)
  let c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0)
  let c31 = f32x4.splat(0)
  let c40 = f32x4.splat(0)
  let c41 = f32x4.splat(0)
  let c50 = f32x4.splat(0)
  let c51 = f32x4.splat(0)
  let c60 = f32x4.splat(0)
  let c61 = f32x4.splat(0)
  let c70 = f32x4.splat(0)
  let c71 = f32x4.splat(0)
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
      const a4 = v128.load32_splat(p4)
      c40 = madd(a4, b0, c40)
      c41 = madd(a4, b1, c41)
      const a5 = v128.load32_splat(p5)
      c50 = madd(a5, b0, c50)
      c51 = madd(a5, b1, c51)
      const a6 = v128.load32_splat(p6)
      c60 = madd(a6, b0, c60)
      c61 = madd(a6, b1, c61)
      const a7 = v128.load32_splat(p7)
      c70 = madd(a7, b0, c70)
      c71 = madd(a7, b1, c71)
      p0 += stepA
      p1 += stepA
      p2 += stepA
      p3 += stepA
      p4 += stepA
      p5 += stepA
      p6 += stepA
      p7 += stepA
      b += stepB
    } while (p0 != end)
    p0 += skip
    p1 += skip
    p2 += skip
    p3 += skip
    p4 += skip
    p5 += skip
    p6 += skip
    p7 += skip
  }
  const r0 = load<usize>(rows) + j
  const r1 = load<usize>(rows, 4) + j
  const r2 = load<usize>(rows, 8) + j
  const r3 = load<usize>(rows, 12) + j
  const r4 = load<usize>(rows, 32) + j
  const r5 = load<usize>(rows, 36) + j
  const r6 = load<usize>(rows, 40) + j
  const r7 = load<usize>(rows, 44) + j
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
    c40 = f32x4.add(c40, b0)
    c41 = f32x4.add(c41, b1)
    c50 = f32x4.add(c50, b0)
    c51 = f32x4.add(c51, b1)
    c60 = f32x4.add(c60, b0)
    c61 = f32x4.add(c61, b1)
    c70 = f32x4.add(c70, b0)
    c71 = f32x4.add(c71, b1)
  }
  if (activation) {
    const zero = f32x4.splat(0)
    c00 = f32x4.pmax(c00, zero)
    c01 = f32x4.pmax(c01, zero)
    c10 = f32x4.pmax(c10, zero)
    c11 = f32x4.pmax(c11, zero)
    c20 = f32x4.pmax(c20, zero)
    c21 = f32x4.pmax(c21, zero)
    c30 = f32x4.pmax(c30, zero)
    c31 = f32x4.pmax(c31, zero)
    c40 = f32x4.pmax(c40, zero)
    c41 = f32x4.pmax(c41, zero)
    c50 = f32x4.pmax(c50, zero)
    c51 = f32x4.pmax(c51, zero)
    c60 = f32x4.pmax(c60, zero)
    c61 = f32x4.pmax(c61, zero)
    c70 = f32x4.pmax(c70, zero)
    c71 = f32x4.pmax(c71, zero)
  }
  v128.store(r0, c00)
  v128.store(r0, c01, 16)
  v128.store(r1, c10)
  v128.store(r1, c11, 16)
  v128.store(r2, c20)
  v128.store(r2, c21, 16)
  v128.store(r3, c30)
  v128.store(r3, c31, 16)
  v128.store(r4, c40)
  v128.store(r4, c41, 16)
  v128.store(r5, c50)
  v128.store(r5, c51, 16)
  v128.store(r6, c60)
  v128.store(r6, c61, 16)
  v128.store(r7, c70)
  v128.store(r7, c71, 16)
}
