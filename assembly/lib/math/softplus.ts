// softplus: log(1 + e^x), without overflow and without loss where x is very negative.
import { expMinusAbs } from './exp'
import { logReduced } from './log'
import { splat } from './poly'

/**
 * log(1 + e^x) = max(x, 0) + log1p(z), z = e^−|x|, for all x, denormal results included. At most 1.7 ulp.
 * log1p(z) for 0 ≤ z ≤ 1: f = z, or above √2 − 1 f = (z − 1)/2 with one ln 2 added, so 1 + z is never rounded.
 * ±0 → ln 2, −Inf → 0, +Inf → Inf, NaN → NaN; below −103.973 → 0.
 */
export function softplus_f32x4(x: v128): v128 {
  const z = expMinusAbs(x)
  const one = splat(1)
  const upper = f32x4.gt(z, splat(0.414213562))
  const f = v128.bitselect(f32x4.mul(f32x4.sub(z, one), splat(0.5)), z, upper)
  const tail = logReduced(f, v128.and(one, upper))
  return f32x4.add(tail, f32x4.pmax(splat(0), x))
}
