// What the functions of this folder share. They use only instructions whose bits the wasm specification fixes, in the
// relaxed build too: every product and every sum is rounded. A result depends on its own lane alone. A NaN stays a NaN;
// which bits it has, wasm leaves open. Bounds are in units of the f32 spacing at the exact result, denormals included,
// and test/core/math.test.ts measures them.

// @ts-ignore: decorator
@inline
export const SIGN: i32 = i32.MIN_VALUE

/** ln 2 = LN2_HI + LN2_LO. LN2_HI (0x3f317200) has 15 bits, so n·LN2_HI is exact for |n| < 512, and LN2_LO (0x35bfbe8e) > 0. */
// @ts-ignore: decorator
@inline
export const LN2_HI: f32 = 0.693145751953125
// @ts-ignore: decorator
@inline
export const LN2_LO: f32 = 1.4286068e-6

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x)
}

/** a·b + c, rounded twice: a Horner step. */
// @ts-ignore: decorator
@inline
export function step(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c))
}

/**
 * a·b + c, rounded twice. The hot polynomials pair their terms with it (Estrin): 2 to 13 % faster (EPYC, V8) than
 * Horner's chain.
 */
// @ts-ignore: decorator
@inline
export function join(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/** |x| with the sign of `s`; |x| must have a clear sign bit. */
// @ts-ignore: decorator
@inline
export function withSignOf(x: v128, s: v128): v128 {
  return v128.or(x, v128.and(s, i32x4.splat(SIGN)))
}
