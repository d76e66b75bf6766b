// exp and log in doubles, by operations that IEEE 754 fixes alone, so that they are the same in every engine; Math's are not.
// Relative errors below 2^-51 where the result is neither 0 nor ∞ (test/metrics/elementary.test.ts).

/** ln 2 = HIGH + LOW; HIGH ends in 21 zero bits, so that n·HIGH is exact for |n| < 2^21 (fdlibm, e_exp.c). */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const LOG2_E = 1.4426950408889634

const BITS = new DataView(new ArrayBuffer(8))

/** 2^n, −1022 ≤ n ≤ 1023. */
function powerOfTwo(n: number): number {
  BITS.setUint32(0, (n + 1023) << 20)
  BITS.setUint32(4, 0)
  return BITS.getFloat64(0)
}

/** e^x; 0 below −708, where the result is no normal number. x = n·ln 2 + r, |r| ≤ ln 2 / 2, and Taylor's series for r. */
export function exp(x: number): number {
  if (x < -708) return 0
  if (!(x <= 709)) return x > 709 ? Infinity : NaN
  const n = Math.round(x * LOG2_E)
  const r = x - n * LN2_HIGH - n * LN2_LOW
  let y = 1
  for (let k = 13; k > 0; k--) y = 1 + (r * y) / k
  return y * powerOfTwo(n)
}

/** ln x; −∞ of 0, NaN below. x = 2^n·m, √½ ≤ m < √2, and ln m = 2·artanh((m − 1) / (m + 1)) by its series. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN
  // Denormals are scaled by 2^54.
  const scaled = x < 2.2250738585072014e-308
  BITS.setFloat64(0, scaled ? x * 18014398509481984 : x)
  const high = BITS.getUint32(0)
  let n = (high >>> 20) - 1023 - (scaled ? 54 : 0)
  BITS.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  let m = BITS.getFloat64(0)
  if (m > Math.SQRT2) {
    m /= 2
    n++
  }
  const s = (m - 1) / (m + 1)
  const z = s * s
  let y = 0
  for (let k = 21; k > 1; k -= 2) y = z * (1 / k + y)
  return n * LN2_HIGH + (2 * (s + s * y) + n * LN2_LOW)
}
