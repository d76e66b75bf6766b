// Sums. The input is seen as [outer, middle, inner]; the middle is summed. One output element is summed in one part,
// in one fixed order: f64 lanes where the middle is contiguous, blocks of 64 rows otherwise. Of many blocks the host
// makes several sums (src/ops/lowering/sums.ts), because the error of one grows with their number.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { loadUpTo4, storeUpTo4 } from '../lib/simd'

/** Rows of a block in a sum over columns. @host */
const SUM_ROWS = 64

@unmanaged
class SumArgs {
  x: Address
  y: Address
  outer: i32
  middle: i32
  inner: i32
  /** Of the middle, that one sum is of: all, where inner is 1. */
  rows: i32
  scale: f32
}

/** y[o, b, i] = scale · Σₘ x[o, m, i], m from b·rows to (b + 1)·rows − 1, or to the end of the middle. */
export function sum_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<SumArgs>(args)
  if (a.inner == 1) sumContiguous(a, part, parts)
  else sumColumns(a, part, parts)
}
register<SumArgs>(sum_f32)

function sumContiguous(a: SumArgs, part: i32, parts: i32): void {
  const to = partStart(a.outer, 1, part + 1, parts)
  for (let o = partStart(a.outer, 1, part, parts); o < to; o++) {
    let p = a.x + (<usize>(o * a.middle) << 2)
    const end = p + (<usize>(a.middle & ~3) << 2)
    let s0 = f64x2.splat(0)
    let s1 = f64x2.splat(0)
    for (; p < end; p += 16) {
      const v = v128.load(p)
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v))
      s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)))
    }
    s0 = f64x2.add(s0, s1)
    let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1)
    for (let rest = a.middle & 3; rest > 0; rest--, p += 4) sum += <f64>load<f32>(p)
    store<f32>(a.y + (<usize>o << 2), <f32>(sum * <f64>a.scale))
  }
}

function sumColumns(a: SumArgs, part: i32, parts: i32): void {
  const inner = a.inner
  const stride = <usize>inner << 2
  const quads = (inner + 3) >> 2
  const blocks = (a.middle + a.rows - 1) / a.rows
  const to = partStart(a.outer * blocks * quads, 1, part + 1, parts)
  let t = partStart(a.outer * blocks * quads, 1, part, parts)
  let result = t / quads
  let i = (t - result * quads) << 2
  while (t < to) {
    const o = result / blocks
    const first = (result - o * blocks) * a.rows
    const rows = min(a.rows, a.middle - first)
    const x = a.x + (<usize>((o * a.middle + first) * inner) << 2)
    const y = a.y + (<usize>(result * inner) << 2)
    if (inner < 16 && i == 0 && t + 4 * quads <= to && rows <= SUM_ROWS && first + 4 * rows <= a.middle) {
      for (; i < inner; i += 4) sumOfBlocks(rows, x + (<usize>i << 2), stride, a.scale, y + (<usize>i << 2), inner - i)
      t += 4 * quads
      result += 4
      i = 0
      continue
    }
    for (; i < inner && t < to; i += 4, t++) {
      const lanes = inner - i
      const p = x + (<usize>i << 2)
      if (lanes >= 16 && t + 4 <= to) {
        sumOf16(rows, p, stride, a.scale, y + (<usize>i << 2))
        i += 12
        t += 3
        continue
      }
      let total = f32x4.splat(0)
      for (let m = 0; m < rows; m += SUM_ROWS) {
        total = f32x4.add(total, sumOfRows(min(SUM_ROWS, rows - m), p + <usize>m * stride, stride, lanes))
      }
      storeUpTo4(y + (<usize>i << 2), f32x4.mul(total, f32x4.splat(a.scale)), lanes)
    }
    i = 0
    result++
  }
}

/** Sixteen columns, a line of the cache: the same sums. */
function sumOf16(rows: i32, p: usize, stride: usize, by: f32, y: usize): void {
  let t0 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  for (let m = 0; m < rows; m += SUM_ROWS) {
    let b0 = f32x4.splat(0)
    let b1 = f32x4.splat(0)
    let b2 = f32x4.splat(0)
    let b3 = f32x4.splat(0)
    for (const end = p + <usize>min(SUM_ROWS, rows - m) * stride; p < end; p += stride) {
      b0 = f32x4.add(b0, v128.load(p))
      b1 = f32x4.add(b1, v128.load(p, 16))
      b2 = f32x4.add(b2, v128.load(p, 32))
      b3 = f32x4.add(b3, v128.load(p, 48))
    }
    t0 = f32x4.add(t0, b0)
    t1 = f32x4.add(t1, b1)
    t2 = f32x4.add(t2, b2)
    t3 = f32x4.add(t3, b3)
  }
  const scale = f32x4.splat(by)
  v128.store(y, f32x4.mul(t0, scale))
  v128.store(y, f32x4.mul(t1, scale), 16)
  v128.store(y, f32x4.mul(t2, scale), 32)
  v128.store(y, f32x4.mul(t3, scale), 48)
}

/** Of a block, up to four columns. All rows but the last are read as if they had four: what is too much is the next row's. */
function sumOfRows(rows: i32, p: usize, stride: usize, lanes: i32): v128 {
  let sum = f32x4.splat(0)
  for (const last = p + <usize>(rows - 1) * stride; p < last; p += stride) sum = f32x4.add(sum, v128.load(p))
  return f32x4.add(sum, loadUpTo4(p, lanes))
}

/** `sumOfRows` of four blocks, one after the other in memory: the same sums, which do not wait for each other. */
function sumOfBlocks(rows: i32, p: usize, stride: usize, by: f32, y: usize, lanes: i32): void {
  const next = <usize>rows * stride
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  for (const last = p + next - stride; p < last; p += stride) {
    b0 = f32x4.add(b0, v128.load(p))
    b1 = f32x4.add(b1, v128.load(p + next))
    b2 = f32x4.add(b2, v128.load(p + 2 * next))
    b3 = f32x4.add(b3, v128.load(p + 3 * next))
  }
  const scale = f32x4.splat(by)
  storeUpTo4(y, f32x4.mul(f32x4.add(b0, loadUpTo4(p, lanes)), scale), lanes)
  storeUpTo4(y + stride, f32x4.mul(f32x4.add(b1, loadUpTo4(p + next, lanes)), scale), lanes)
  storeUpTo4(y + 2 * stride, f32x4.mul(f32x4.add(b2, loadUpTo4(p + 2 * next, lanes)), scale), lanes)
  storeUpTo4(y + 3 * stride, f32x4.mul(f32x4.add(b3, loadUpTo4(p + 3 * next, lanes)), scale), lanes)
}
