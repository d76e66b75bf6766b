// sin and cos. |x| = n·π/2 + r, |r| ≤ π/4; the last two bits of n choose the polynomial and the sign.
// Below 2^20 the reduction runs in f64; above it, lane by lane in 96-bit integers (Payne and Hanek 1983).
import { SIGN, splat, step } from './poly'

/** 1.5·2^52: a sum with it is rounded to an integer, which then stands in the low bits. */
// @ts-ignore: decorator
@inline
const ROUND: f64 = 6755399441055744
// @ts-ignore: decorator
@inline
const TWO_OVER_PI: f64 = 0.6366197723675814
/**
 * π/2 in two parts, the first of 25 bits, so n times it is exact (FreeBSD msun, e_rem_pio2f.c: 0x3ff921fb50000000,
 * 0x3e5110b4611a6263).
 */
// @ts-ignore: decorator
@inline
const HALF_PI_HI: f64 = 1.57079631090164184570
// @ts-ignore: decorator
@inline
const HALF_PI_LO: f64 = 1.58932547735281966916e-8
/** 2^-62·π/2. */
// @ts-ignore: decorator
@inline
const TURN: f64 = 3.4061215800304706e-19
/** The bits of 2^20. */
// @ts-ignore: decorator
@inline
const LARGE: i32 = 0x49800000

/** Word `i` of 2/π in binary, after 32 zeros. A switch, because a table would put data into the host's arena. */
function digits(i: u32): u64 {
  switch (i) {
    case 0: return 0
    case 1: return 0xa2f9836e
    case 2: return 0x4e441529
    case 3: return 0xfc2757d1
    case 4: return 0xf534ddc0
    case 5: return 0xdb629599
    case 6: return 0x3c439041
    default: return 0xfe5163ab
  }
}

/** |x|·2/π mod 4, in units of 2^-62, for the bits of |x| ≥ 2^20. With |x| = m·2^e, digits worth 4 or more are left out. */
function turns(bits: u32): u64 {
  const m = <u64>((bits & 0x7fffff) | 0x800000)
  const at = (bits >> 23) - 120
  const s = <u64>(at & 31)
  const i = at >> 5
  const c = digits(i + 2)
  const high = ((digits(i) << 32 | digits(i + 1)) << s) | ((c << s) >> 32)
  const low = ((c << 32 | digits(i + 3)) << s) >> 32
  return m * high + ((m * low) >> 32)
}

/** n of the lane, from `turns`. */
function turnsToN(p: u64): i32 {
  return <i32>((p + (1 << 61)) >> 62)
}

/** r of the lane, from `turns`. */
function turnsToR(p: u64): f32 {
  return <f32>(<f64>(<i64>(p - (((p + (1 << 61)) >> 62) << 62))) * TURN)
}

/** x·2/π for two lanes, rounded, in the low bits. */
// @ts-ignore: decorator
@inline
function quotient(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)), f64x2.splat(ROUND))
}

/** r for two lanes and their quotient, as floats in the lower half. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, f64x2.splat(ROUND))
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_HI))), f64x2.mul(n, f64x2.splat(HALF_PI_LO)))
  return f32x4.demote_f64x2_zero(r)
}

// sin r = r + r³·S(r²) and cos r = 1 − r²/2 + r⁴·C(r²), S and C of degree 2: own Remez fits on |r| ≤ π/4, coefficients
// rounded to f32 one by one; relative error 2^-27.9, absolute error 2^-33.1.

/** Sine of r, |r| ≤ π/4, z = r². */
// @ts-ignore: decorator
@inline
export function sine(r: v128, z: v128): v128 {
  const s = step(step(splat(-0.000195182787), z, 0.00833218917), z, -0.166666552)
  return f32x4.add(r, f32x4.mul(f32x4.mul(s, z), r))
}

/** Cosine of r, |r| ≤ π/4, z = r². */
// @ts-ignore: decorator
@inline
export function cosine(z: v128): v128 {
  const c = step(step(splat(2.44306702e-5), z, -0.00138873013), z, 0.0416666456)
  return f32x4.add(f32x4.sub(splat(1), f32x4.mul(z, splat(0.5))), f32x4.mul(c, f32x4.mul(z, z)))
}

/** sin(a + quarter·π/2), a = |x|. */
function sinShifted(a: v128, quarter: i32): v128 {
  const a0 = f64x2.promote_low_f32x4(a)
  const a1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1))
  const t0 = quotient(a0)
  const t1 = quotient(a1)
  let n = v128.shuffle<i32>(t0, t1, 0, 2, 4, 6)
  let r = v128.shuffle<i64>(remainder(a0, t0), remainder(a1, t1), 0, 2)
  const large = i32x4.ge_s(a, i32x4.splat(LARGE))
  if (v128.any_true(large)) {
    const b = i32x4.max_s(a, i32x4.splat(LARGE))
    const p0 = turns(i32x4.extract_lane(b, 0))
    const p1 = turns(i32x4.extract_lane(b, 1))
    const p2 = turns(i32x4.extract_lane(b, 2))
    const p3 = turns(i32x4.extract_lane(b, 3))
    let wide = f32x4.splat(turnsToR(p0))
    wide = f32x4.replace_lane(wide, 1, turnsToR(p1))
    wide = f32x4.replace_lane(wide, 2, turnsToR(p2))
    wide = f32x4.replace_lane(wide, 3, turnsToR(p3))
    // a − a is 0, and NaN for Inf and NaN.
    r = v128.bitselect(f32x4.add(wide, f32x4.sub(a, a)), r, large)
    let quarters = i32x4.splat(turnsToN(p0))
    quarters = i32x4.replace_lane(quarters, 1, turnsToN(p1))
    quarters = i32x4.replace_lane(quarters, 2, turnsToN(p2))
    quarters = i32x4.replace_lane(quarters, 3, turnsToN(p3))
    n = v128.bitselect(quarters, n, large)
  }
  n = i32x4.add(n, i32x4.splat(quarter))
  const z = f32x4.mul(r, r)
  const odd = i32x4.shr_s(i32x4.shl(n, 31), 31)
  return v128.xor(v128.bitselect(cosine(z), sine(r, z), odd), v128.and(i32x4.shl(n, 30), i32x4.splat(SIGN)))
}

/** Sine of x radians for all x. At most 1.6 ulp. ±0 and denormals → themselves; ±Inf and NaN → NaN. */
export function sin_f32x4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(SIGN))
  return v128.xor(sinShifted(v128.xor(x, sign), 0), sign)
}

/** Cosine of x radians for all x. At most 1.6 ulp. ±0 and denormals → 1; ±Inf and NaN → NaN. */
export function cos_f32x4(x: v128): v128 {
  return sinShifted(v128.andnot(x, i32x4.splat(SIGN)), 1)
}
