// tanh and sigmoid: one exponential, one division.
import { TABLE, entry, expMinusAbs, expNormal } from './exp'
import { join, splat } from './poly'

/**
 * Hyperbolic tangent for all x. At most 1.4 ulp.
 * |x| < 0.625: x + x³ times a polynomial of degree 4 in x² (own Remez fit of (tanh(x)/x − 1)/x², coefficients rounded to f32
 * one by one; relative error 2^-27.7). Beyond: 1 − 2/(e^2|x| + 1), the split that Cephes uses (tanhf.c).
 * ±0 and denormals → themselves, ±Inf → ±1, NaN → NaN; |x| > 9.0109 → ±1.
 */
export function tanh_f32x4(x: v128): v128 {
  return tanhBy(TABLE, x)
}

/** The same with its constants at `table`, a copy of TABLE. */
// @ts-ignore: decorator
@inline
export function tanhBy(table: usize, x: v128): v128 {
  const sign = entry(table, 10, -0.0)
  const a = v128.andnot(x, sign)
  const z = f32x4.mul(a, a)
  const q2 = join(z, entry(table, 12, 0.0206281673), entry(table, 13, -0.0537365153))
  const q0 = join(z, entry(table, 14, 0.133314058), entry(table, 15, -0.333332807))
  const zz = f32x4.mul(z, z)
  const q = join(join(zz, entry(table, 11, -0.00569229666), q2), zz, q0)
  const near = f32x4.add(a, f32x4.mul(f32x4.mul(q, z), a))
  const c = f32x4.pmin(a, entry(table, 16, 9.1))
  const e = expNormal(f32x4.add(c, c), table)
  const one = entry(table, 4, 1)
  const far = f32x4.sub(one, f32x4.div(entry(table, 17, 2), f32x4.add(e, one)))
  return v128.or(v128.bitselect(near, far, f32x4.lt(a, entry(table, 18, 0.625))), v128.and(x, sign))
}

/**
 * 1/(1 + e^−x) for all x, denormal results included. At most 1.9 ulp.
 * s − s·w, w = z/(1 + z), z = e^−|x|, s = x < 0 ? z : 1: nothing overflows, and w ≤ ½ is the smaller term
 * (the obvious s/(1 + z) measures 2.4 ulp).
 * ±0 → 0.5, −Inf → 0, +Inf → 1, NaN → NaN; below −103.973 → 0.
 */
export function sigmoid_f32x4(x: v128): v128 {
  const z = expMinusAbs(x)
  const one = entry(TABLE, 4, 1)
  const w = f32x4.div(z, f32x4.add(z, one))
  const s = v128.bitselect(z, one, f32x4.lt(x, splat(0)))
  return f32x4.sub(s, f32x4.mul(s, w))
}
