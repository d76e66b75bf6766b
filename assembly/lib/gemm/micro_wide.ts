// The register tiles of the wide build: rows × 16 columns of C, those of two panels of B side by side. An engine that joins
// pairs of vectors to one of 256 bits (V8, where it is told to) holds a row in two registers; others spill, at half the
// speed. The sums are those of micro.ts, so the bits are too.
// V8 joins what it can follow from stores side by side: a pair's operations are the same, one branch for all of them.
import { madd } from '../simd'

/**
 * C[r][j…j+15] (+)= Σₖ A[k][r]·B[k][…] for four rows, k ascending from 0; columns 8 to 15 are those of the panel `next`. The
 * rest is as in micro4x8.
 */
export function micro4x16(a: usize, b: usize, next: usize, end: usize, rows: usize, j: usize, accumulate: i32): void {
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
  if (a != end) {
    do {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const b2 = v128.load(next)
      const b3 = v128.load(next, 16)
      const a0 = v128.load32_splat(a)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      c02 = madd(a0, b2, c02)
      c03 = madd(a0, b3, c03)
      const a1 = v128.load32_splat(a, 4)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      c12 = madd(a1, b2, c12)
      c13 = madd(a1, b3, c13)
      const a2 = v128.load32_splat(a, 8)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      c22 = madd(a2, b2, c22)
      c23 = madd(a2, b3, c23)
      const a3 = v128.load32_splat(a, 12)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      c32 = madd(a3, b2, c32)
      c33 = madd(a3, b3, c33)
      a += 16
      b += 32
      next += 32
    } while (a != end)
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

/**
 * The same for two rows more, which lie at `more`, in a panel of four like those of `a`; their row addresses are at
 * `moreRows`. Of fused products alone, which take no register: 12 accumulators hide their latency, eight do not quite.
 */
export function micro6x16(
  a: usize, more: usize, b: usize, next: usize, end: usize, rows: usize, moreRows: usize, j: usize, accumulate: i32,
): void {
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
  let c40 = f32x4.splat(0)
  let c41 = f32x4.splat(0)
  let c42 = f32x4.splat(0)
  let c43 = f32x4.splat(0)
  let c50 = f32x4.splat(0)
  let c51 = f32x4.splat(0)
  let c52 = f32x4.splat(0)
  let c53 = f32x4.splat(0)
  if (a != end) {
    do {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      const b2 = v128.load(next)
      const b3 = v128.load(next, 16)
      const a0 = v128.load32_splat(a)
      c00 = madd(a0, b0, c00)
      c01 = madd(a0, b1, c01)
      c02 = madd(a0, b2, c02)
      c03 = madd(a0, b3, c03)
      const a1 = v128.load32_splat(a, 4)
      c10 = madd(a1, b0, c10)
      c11 = madd(a1, b1, c11)
      c12 = madd(a1, b2, c12)
      c13 = madd(a1, b3, c13)
      const a2 = v128.load32_splat(a, 8)
      c20 = madd(a2, b0, c20)
      c21 = madd(a2, b1, c21)
      c22 = madd(a2, b2, c22)
      c23 = madd(a2, b3, c23)
      const a3 = v128.load32_splat(a, 12)
      c30 = madd(a3, b0, c30)
      c31 = madd(a3, b1, c31)
      c32 = madd(a3, b2, c32)
      c33 = madd(a3, b3, c33)
      const a4 = v128.load32_splat(more)
      c40 = madd(a4, b0, c40)
      c41 = madd(a4, b1, c41)
      c42 = madd(a4, b2, c42)
      c43 = madd(a4, b3, c43)
      const a5 = v128.load32_splat(more, 4)
      c50 = madd(a5, b0, c50)
      c51 = madd(a5, b1, c51)
      c52 = madd(a5, b2, c52)
      c53 = madd(a5, b3, c53)
      a += 16
      more += 16
      b += 32
      next += 32
    } while (a != end)
  }
  const r0 = load<usize>(rows) + j
  const r1 = load<usize>(rows, 4) + j
  const r2 = load<usize>(rows, 8) + j
  const r3 = load<usize>(rows, 12) + j
  const r4 = load<usize>(moreRows) + j
  const r5 = load<usize>(moreRows, 4) + j
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
    c40 = f32x4.add(v128.load(r4), c40)
    c41 = f32x4.add(v128.load(r4, 16), c41)
    c42 = f32x4.add(v128.load(r4, 32), c42)
    c43 = f32x4.add(v128.load(r4, 48), c43)
    c50 = f32x4.add(v128.load(r5), c50)
    c51 = f32x4.add(v128.load(r5, 16), c51)
    c52 = f32x4.add(v128.load(r5, 32), c52)
    c53 = f32x4.add(v128.load(r5, 48), c53)
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
  v128.store(r4, c40)
  v128.store(r4, c41, 16)
  v128.store(r4, c42, 32)
  v128.store(r4, c43, 48)
  v128.store(r5, c50)
  v128.store(r5, c51, 16)
  v128.store(r5, c52, 32)
  v128.store(r5, c53, 48)
}
