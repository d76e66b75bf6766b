// Softmax and its logarithm over rows. The row's largest is taken off first, so nothing overflows.
import { partStart, register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { exp_f32x4 } from '../lib/math/exp'
import { log_f32x4 } from '../lib/math/log'
import { loadUpTo4, storeUpTo4, sumLanes } from '../lib/simd'

@unmanaged
class SoftmaxArgs {
  x: Address
  y: Address
  rows: i32
  n: i32
}

function largest(x: usize, n: i32): f32 {
  let best: f32 = -Infinity
  for (const end = x + (<usize>n << 2); x < end; x += 4) best = max(best, load<f32>(x))
  return best
}

/** exp(x[i … i + 3] − top); 0 in the lanes past the end. */
// @ts-ignore: decorator
@inline
function exps(x: usize, i: i32, n: i32, top: f32): v128 {
  const e = exp_f32x4(f32x4.sub(loadUpTo4(x + (<usize>i << 2), n - i), f32x4.splat(top)))
  return v128.and(e, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n - i)))
}

/** y = exp(x − max) / Σ exp(x − max) */
export function softmax_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<SoftmaxArgs>(args)
  const end = partStart(a.rows, 1, part + 1, parts)
  for (let r = partStart(a.rows, 1, part, parts); r < end; r++) {
    const x = a.x + (<usize>(r * a.n) << 2)
    const y = a.y + (<usize>(r * a.n) << 2)
    const top = largest(x, a.n)
    let sum = f32x4.splat(0)
    for (let i = 0; i < a.n; i += 4) {
      const e = exps(x, i, a.n, top)
      sum = f32x4.add(sum, e)
      storeUpTo4(y + (<usize>i << 2), e, a.n - i)
    }
    const total = f32x4.splat(sumLanes(sum))
    for (let i = 0; i < a.n; i += 4) {
      const p = y + (<usize>i << 2)
      storeUpTo4(p, f32x4.div(loadUpTo4(p, a.n - i), total), a.n - i)
    }
  }
}
register<SoftmaxArgs>(softmax_f32)

/** y = (x − max) − log Σ exp(x − max) */
export function log_softmax_f32(args: usize, part: i32, parts: i32): void {
  const a = changetype<SoftmaxArgs>(args)
  const end = partStart(a.rows, 1, part + 1, parts)
  for (let r = partStart(a.rows, 1, part, parts); r < end; r++) {
    const x = a.x + (<usize>(r * a.n) << 2)
    const y = a.y + (<usize>(r * a.n) << 2)
    const top = largest(x, a.n)
    let sum = f32x4.splat(0)
    for (let i = 0; i < a.n; i += 4) sum = f32x4.add(sum, exps(x, i, a.n, top))
    const log = log_f32x4(f32x4.splat(sumLanes(sum)))
    for (let i = 0; i < a.n; i += 4) {
      const v = f32x4.sub(loadUpTo4(x + (<usize>i << 2), a.n - i), f32x4.splat(top))
      storeUpTo4(y + (<usize>i << 2), f32x4.sub(v, log), a.n - i)
    }
  }
}
register<SoftmaxArgs>(log_softmax_f32)
