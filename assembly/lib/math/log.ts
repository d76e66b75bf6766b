// log and log1p. y = 2^k·m, √½ ≤ m < √2, f = m − 1, log y = k·ln 2 + log1p(f).
import { LN2_HI, LN2_LO, SIGN, join, splat, step } from './poly'

/** The bits of √½, rounded down. */
// @ts-ignore: decorator
@inline
const SQRT_HALF: i32 = 0x3f3504f3

/**
 * k·ln 2 + log1p(f) for √½ ≤ 1 + f ≤ √2, summed from the small terms to the large (the order is Cephes's, logf.c).
 * f − f²/2 + f³ times a polynomial of degree 7: own Remez fit of (log1p(f) − f + f²/2)/f³, relative to log1p(f),
 * coefficients rounded to f32; error 2^-27.2 of log1p(f).
 */
// @ts-ignore: decorator
@inline
export function logReduced(f: v128, k: v128): v128 {
  const z = f32x4.mul(f, f)
  const q6 = step(f, splat(-0.0763449892), 0.127615795)
  const q4 = step(f, splat(-0.131601825), 0.142017573)
  const q2 = step(f, splat(-0.166233569), 0.200012267)
  const q0 = step(f, splat(-0.250008196), 0.333333313)
  const q = join(join(q6, z, q4), f32x4.mul(z, z), join(q2, z, q0))
  const small = f32x4.add(f32x4.mul(f32x4.mul(q, f), z), f32x4.mul(k, splat(LN2_LO)))
  const y = f32x4.add(f32x4.sub(small, f32x4.mul(z, splat(0.5))), f)
  return f32x4.add(y, f32x4.mul(k, splat(LN2_HI)))
}

/** k, from the bits of y less those of √½. */
// @ts-ignore: decorator
@inline
function exponent(bits: v128): v128 {
  return i32x4.shr_s(bits, 23)
}

/** m, from the bits of y less those of √½. */
// @ts-ignore: decorator
@inline
function mantissa(bits: v128): v128 {
  return i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(SQRT_HALF))
}

/** `r` where 0 < y < Inf, −Inf where y = 0, NaN where y < 0, and y itself where it is Inf or NaN. */
// @ts-ignore: decorator
@inline
function withEdges(r: v128, y: v128): v128 {
  const inf = splat(Infinity)
  const zero = splat(0)
  r = v128.bitselect(r, y, f32x4.lt(y, inf))
  r = v128.bitselect(splat(-Infinity), r, f32x4.eq(y, zero))
  return v128.or(r, f32x4.lt(y, zero))
}

/**
 * Natural logarithm for all x, denormals included. At most 0.9 ulp.
 * ±0 → −Inf, 1 → +0, +Inf → Inf, x < 0 and NaN → NaN.
 */
export function log_f32x4(x: v128): v128 {
  // Denormals are scaled by 2^24.
  const tiny = f32x4.lt(x, splat(1.17549435e-38))
  const y = v128.bitselect(f32x4.mul(x, splat(16777216)), x, tiny)
  const bits = i32x4.sub(y, i32x4.splat(SQRT_HALF))
  const k = i32x4.sub(exponent(bits), v128.and(tiny, i32x4.splat(24)))
  const f = f32x4.sub(mantissa(bits), splat(1))
  return withEdges(logReduced(f, f32x4.convert_i32x4_s(k)), x)
}

/**
 * log(1 + x) for all x. At most 1.5 ulp. What 1 + x loses in rounding joins f, scaled like m.
 * ±0 and denormals → themselves, −1 → −Inf, +Inf → Inf, x < −1 and NaN → NaN.
 */
export function log1p_f32x4(x: v128): v128 {
  const one = splat(1)
  const u = f32x4.add(x, one)
  // u + lost = 1 + x exactly (Knuth's TwoSum).
  const part = f32x4.sub(u, one)
  const lost = f32x4.add(f32x4.sub(one, f32x4.sub(u, part)), f32x4.sub(x, part))
  const bits = i32x4.sub(u, i32x4.splat(SQRT_HALF))
  const k = exponent(bits)
  // 2^-k; 0 above k = 126, where nothing is lost.
  const scale = i32x4.max_s(i32x4.sub(i32x4.splat(0x3f800000), i32x4.shl(k, 23)), i32x4.splat(0))
  const f = f32x4.add(f32x4.sub(mantissa(bits), one), f32x4.mul(lost, scale))
  const y = withEdges(logReduced(f, f32x4.convert_i32x4_s(k)), u)
  // The sign of x, for −0.
  return v128.or(y, v128.and(x, i32x4.splat(SIGN)))
}
