// Floats as half floats, IEEE 754 binary16: for files, in which they take half of the bytes.

const view = /* @__PURE__ */ new DataView(new ArrayBuffer(4))
/** 2^52: what is added to it is rounded to an integer, ties to even. */
const ROUNDING = 4503599627370496

/** The bits of the half that is nearest to `x`, ties to even; those of an infinity from 65520 on. `x` is no NaN. */
export function halfOf(x: number): number {
  view.setFloat32(0, x)
  const bits = view.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const size = bits & 0x7fffffff
  if (size >= 0x477ff000) return sign | 0x7c00
  // Below 2^-14 halves are the multiples of 2^-24.
  if (size < 0x38800000) return sign | (Math.abs(view.getFloat32(0)) * 16777216 + ROUNDING - ROUNDING)
  return sign | ((size + 0xfff + ((size >> 13) & 1) - 0x38000000) >> 13)
}
