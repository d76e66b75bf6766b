// The error function, (2/√π)·∫₀ˣ e^−t² dt.
import { expNormal } from './exp'
import { SIGN, splat, step, withSignOf } from './poly'

/**
 * Error function for all x. At most 1.2 ulp. Own Remez fits, coefficients rounded to f32 one by one.
 * |x| < 0.9375: x + x times a polynomial of degree 6 in x², relative error 2^-29.9.
 * Beyond: 1 − e^−g, g = |x| − |x|·(polynomial of degree 5 in |x|) fits −log(erfc) (the form is N. Juffa's) on 0.92 to 4,
 * error 2^-28.3 of the result.
 * ±0 → ±0, ±Inf → ±1, NaN → NaN; |x| > 3.9193 → ±1. Denormals are rounded correctly or to a neighbour.
 */
export function erf_f32x4(x: v128): v128 {
  const a = v128.andnot(x, i32x4.splat(SIGN))
  const z = f32x4.mul(a, a)
  let q = step(splat(8.16438405e-5), z, -0.000808529265)
  q = step(q, z, 0.0051949895)
  q = step(q, z, -0.0268564709)
  q = step(q, z, 0.112836324)
  q = step(q, z, -0.376126289)
  q = step(q, z, 0.128379166)
  const near = f32x4.add(a, f32x4.mul(q, a))
  const c = f32x4.pmin(a, splat(4))
  let g = step(splat(0.000213987107), c, -0.00321497163)
  g = step(g, c, 0.022890009)
  g = step(g, c, -0.1052619)
  g = step(g, c, -0.635718286)
  g = step(g, c, -0.128514364)
  const far = f32x4.sub(splat(1), expNormal(f32x4.sub(f32x4.mul(g, c), c)))
  return withSignOf(v128.bitselect(near, far, f32x4.lt(a, splat(0.9375))), x)
}
