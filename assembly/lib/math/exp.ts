// exp and expm1, and the pieces that tanh, sigmoid, softplus and erf take from them.
// x = n·ln 2 + r, |r| ≤ ln 2 / 2, e^x = 2^n·(1 + expm1(r)); r in two steps (Cody and Waite 1980).
import { LN2_HI, LN2_LO, join, splat } from './poly'

/** 1.5·2^23: a sum with it is rounded to an integer, which then stands in the low bits (two's complement). */
// @ts-ignore: decorator
@inline
const ROUND: f32 = 12582912
// @ts-ignore: decorator
@inline
const LOG2E: f32 = 1.44269504

/**
 * The wide build's constants of e^x, then of tanh: V8 makes one anew at every use, in seven instructions where it joins two
 * vectors, and a load is one. tanh takes 0.37 of the time. The narrow core would grow by them.
 */
export const TABLE: usize = WIDE ? memory.data<f32>([
  LOG2E, ROUND, LN2_HI, LN2_LO, 1, 0.0013838812, 0.00836919248, 0.0416681021, 0.166665167, 0.49999994,
  -0.0, -0.00569229666, 0.0206281673, -0.0537365153, 0.133314058, -0.333332807, 9.1, 2, 0.625,
]) : 0

/** `x`, which is entry `i` of the table, in all lanes. */
// @ts-ignore: decorator
@inline
export function entry(table: usize, i: usize, x: f32): v128 {
  return WIDE ? v128.load32_splat(table + (i << 2)) : f32x4.splat(x)
}

/** n = round(x / ln 2), in the low bits of the result; |x| < 2^21. */
// @ts-ignore: decorator
@inline
export function quotient(x: v128, table: usize = TABLE): v128 {
  return join(x, entry(table, 0, LOG2E), entry(table, 1, ROUND))
}

/**
 * expm1(r), r = x − n·ln 2, for `t = quotient(x)`. The linear term is the exact x − n·LN2_HI; what r lost joins the small terms.
 * r² times a polynomial of degree 4: own Remez fit of (expm1(r) − r)/r², relative to e^r, on |r| ≤ 0.3467, coefficients
 * rounded to f32 one by one; error 2^-28.2 of e^r.
 */
// @ts-ignore: decorator
@inline
export function expm1Reduced(x: v128, t: v128, table: usize = TABLE): v128 {
  const n = f32x4.sub(t, entry(table, 1, ROUND))
  const high = f32x4.sub(x, f32x4.mul(n, entry(table, 2, LN2_HI)))
  const low = f32x4.mul(n, entry(table, 3, LN2_LO))
  const r = f32x4.sub(high, low)
  const z = f32x4.mul(r, r)
  const q2 = join(r, entry(table, 6, 0.00836919248), entry(table, 7, 0.0416681021))
  const q0 = join(r, entry(table, 8, 0.166665167), entry(table, 9, 0.49999994))
  const q = join(join(z, entry(table, 5, 0.0013838812), q2), z, q0)
  return f32x4.add(high, f32x4.sub(f32x4.mul(z, q), low))
}

/** e^x where −87.3 < x < 88.3: no overflow, no denormal. */
// @ts-ignore: decorator
@inline
export function expNormal(x: v128, table: usize = TABLE): v128 {
  const t = quotient(x, table)
  const one = entry(table, 4, 1)
  const p = f32x4.add(expm1Reduced(x, t, table), one)
  return f32x4.mul(p, i32x4.add(i32x4.shl(t, 23), one))
}

/** e^x where |x| ≤ 104: 2^n in two factors, so that overflow and denormals are rounded once, by the last product. */
// @ts-ignore: decorator
@inline
function expWide(x: v128): v128 {
  const t = quotient(x)
  const one = entry(TABLE, 4, 1)
  const p = f32x4.add(expm1Reduced(x, t), one)
  const n = i32x4.sub(t, entry(TABLE, 1, ROUND))
  const half = i32x4.shr_s(n, 1)
  const a = i32x4.add(i32x4.shl(half, 23), one)
  const b = i32x4.add(i32x4.shl(i32x4.sub(n, half), 23), one)
  return f32x4.mul(f32x4.mul(p, a), b)
}

/** e^−|x|, as accurate as `exp_f32x4`. */
// @ts-ignore: decorator
@inline
export function expMinusAbs(x: v128): v128 {
  return expWide(f32x4.pmax(v128.or(x, entry(TABLE, 10, -0.0)), splat(-104)))
}

/**
 * e^x for all x, denormal results included. At most 0.91 ulp.
 * ±0 → 1, −Inf → 0, +Inf → Inf, NaN → NaN; below −103.973 → 0, above 88.7228 → Inf.
 */
export function exp_f32x4(x: v128): v128 {
  return expWide(f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104)))
}

/**
 * e^x − 1 for all x, by 2^n·expm1(r) + (2^n − 1). At most 1.75 ulp.
 * ±0 and denormals → themselves, −Inf → −1, +Inf → Inf, NaN → NaN; above 88.7228 → Inf.
 */
export function expm1_f32x4(x: v128): v128 {
  const c = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-18))
  const t = quotient(c)
  const e = expm1Reduced(c, t)
  // Half the result, because 2^128 is not a float.
  const s = i32x4.add(i32x4.shl(t, 23), i32x4.splat(0x3f000000))
  const y = f32x4.add(f32x4.mul(e, s), f32x4.sub(s, splat(0.5)))
  const zeroN = i32x4.eq(t, entry(TABLE, 1, ROUND))
  // The sign of x, for −0.
  return v128.or(v128.bitselect(e, f32x4.add(y, y), zeroN), v128.and(x, entry(TABLE, 10, -0.0)))
}
