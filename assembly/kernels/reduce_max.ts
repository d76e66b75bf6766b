// Maxima. The input is seen as [outer, middle, inner]; the middle is reduced. A NaN is the largest.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { loadUpTo4, storeUpTo4 } from '../lib/simd'

@unmanaged
class ReduceMaxArgs {
  x: Address
  y: Address
  outer: i32
  middle: i32
  inner: i32
}

/** y[o, i] = maxₘ x[o, m, i] */
export function reduce_max_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<ReduceMaxArgs>(args)
  const quads = (a.inner + 3) >> 2
  const end = partStart(a.outer * quads, 1, part + 1, parts)
  for (let unit = partStart(a.outer * quads, 1, part, parts); unit < end; unit++) {
    const o = unit / quads
    const i = (unit - o * quads) << 2
    const x = a.x + (<usize>(o * a.middle * a.inner + i) << 2)
    const y = a.y + (<usize>(o * a.inner + i) << 2)
    if (a.inner == 1) store<f32>(y, rowMax(x, a.middle))
    else storeUpTo4(y, columnMax(x, a.middle, a.inner, a.inner - i), a.inner - i)
  }
}
register<ReduceMaxArgs>(reduce_max_f32)

function columnMax(x: usize, n: i32, stride: i32, lanes: i32): v128 {
  let best = loadUpTo4(x, lanes)
  for (let i = 1; i < n; i++) {
    x += <usize>stride << 2
    best = f32x4.max(best, loadUpTo4(x, lanes))
  }
  return best
}

function rowMax(x: usize, n: i32): f32 {
  const end = x + (<usize>n << 2)
  let best = f32x4.splat(-Infinity)
  for (; x + 16 <= end; x += 16) best = f32x4.max(best, v128.load(x))
  for (; x < end; x += 4) best = f32x4.max(best, v128.load32_splat(x))
  const a = max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1))
  return max(a, max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)))
}
