// tanh and sigmoid: one exponential, one division.
import { expMinusAbs, expNormal } from './exp'
import { SIGN, join, splat, step, withSignOf } from './poly'

/**
 * Hyperbolic tangent for all x. At most 1.4 ulp.
 * |x| < 0.625: x + x³ times a polynomial of degree 4 in x² (own Remez fit of (tanh(x)/x − 1)/x², coefficients rounded to f32
 * one by one; relative error 2^-27.7). Beyond: 1 − 2/(e^2|x| + 1), the split that Cephes uses (tanhf.c).
 * ±0 and denormals → themselves, ±Inf → ±1, NaN → NaN; |x| > 9.0109 → ±1.
 */
export function tanh_f32x4(x: v128): v128 {
  const a = v128.andnot(x, i32x4.splat(SIGN))
  const z = f32x4.mul(a, a)
  const q2 = step(z, splat(0.0206281673), -0.0537365153)
  const q0 = step(z, splat(0.133314058), -0.333332807)
  const zz = f32x4.mul(z, z)
  const q = join(join(zz, splat(-0.00569229666), q2), zz, q0)
  const near = f32x4.add(a, f32x4.mul(f32x4.mul(q, z), a))
  const c = f32x4.pmin(a, splat(9.1))
  const e = expNormal(f32x4.add(c, c))
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))))
  return withSignOf(v128.bitselect(near, far, f32x4.lt(a, splat(0.625))), x)
}

/**
 * 1/(1 + e^−x) for all x, denormal results included. At most 1.9 ulp.
 * s − s·w, w = z/(1 + z), z = e^−|x|, s = x < 0 ? z : 1: nothing overflows, and w ≤ ½ is the smaller term
 * (the obvious s/(1 + z) measures 2.4 ulp).
 * ±0 → 0.5, −Inf → 0, +Inf → 1, NaN → NaN; below −103.973 → 0.
 */
export function sigmoid_f32x4(x: v128): v128 {
  const z = expMinusAbs(x)
  const one = splat(1)
  const w = f32x4.div(z, f32x4.add(z, one))
  const s = v128.bitselect(z, one, f32x4.lt(x, splat(0)))
  return f32x4.sub(s, f32x4.mul(s, w))
}
