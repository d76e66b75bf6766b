// SIMD helpers: the multiply–add that the build decides, and loads and stores of 1 to 3 lanes for the tails.

/** a·b + c: rounded twice in the deterministic build, fused or not at the engine's choice in the relaxed one. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)
}

/** x where the comparison's mask is set, else 0. */
// @ts-ignore: decorator
@inline
export function gate(x: v128, mask: v128): v128 {
  return v128.and(x, mask)
}

/** 1 with the sign of x; ±0 and NaN are themselves. */
// @ts-ignore: decorator
@inline
export function sign(x: v128): v128 {
  const one = v128.or(v128.and(x, f32x4.splat(-0.0)), f32x4.splat(1))
  return v128.bitselect(one, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)))
}

/** The first `n` (1 to 3) floats at `p`; the other lanes are 0. */
export function loadPart(p: usize, n: i32): v128 {
  let v = v128.load32_zero(p)
  if (n > 1) v = f32x4.replace_lane(v, 1, load<f32>(p, 4))
  if (n > 2) v = f32x4.replace_lane(v, 2, load<f32>(p, 8))
  return v
}

/** Stores the first `n` (1 to 3) lanes at `p`. */
export function storePart(p: usize, v: v128, n: i32): void {
  store<f32>(p, f32x4.extract_lane(v, 0))
  if (n > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4)
  if (n > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8)
}

/** `lanes` floats at `p`, 4 or fewer; the other lanes are 0. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(p: usize, lanes: i32): v128 {
  return lanes >= 4 ? v128.load(p) : loadPart(p, lanes)
}

/** Stores `lanes` floats at `p`, 4 or fewer. */
// @ts-ignore: decorator
@inline
export function storeUpTo4(p: usize, v: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(p, v)
  else storePart(p, v, lanes)
}

/** The sum of the four lanes, in the order (0 + 1) + (2 + 3). */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}
