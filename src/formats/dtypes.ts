// The numbers of safetensors files, as the two kinds that models have: f32, and u32 for counters. Little-endian, on every host.
// Invariant: each value is the f32 that is nearest, ties to even; where f32 has the value, it is that value. Bits of F32, and of
// NaNs in F16 and BF16, are kept.

type Values = Float32Array | Uint32Array

export interface Dtype {
  /** Bytes of a value. */
  readonly size: number
  /** As many values as there are from `at` on. */
  read(view: DataView, count: number, at?: number): Values
}

const scratch = /* @__PURE__ */ new DataView(new ArrayBuffer(4))
const bitsOf = (x: number): number => {
  scratch.setFloat32(0, x)
  return scratch.getUint32(0)
}

/** f32 of the bits that `bits` gives. */
/* @__NO_SIDE_EFFECTS__ */
function fromBits(size: number, bits: (view: DataView, at: number) => number): Dtype {
  return {
    size,
    read(view, count, at = 0) {
      const all = new Float32Array(count)
      let words: Uint32Array | undefined
      for (let i = 0; i < count; i++) {
        const word = bits(view, at + size * i)
        scratch.setUint32(0, word)
        all[i] = scratch.getFloat32(0)
        // Engines may change a NaN's bits on its way. A small array that is asked for its buffer costs far more.
        if (Number.isNaN(all[i])) (words ??= new Uint32Array(all.buffer))[i] = word
      }
      return all
    },
  }
}
/** f32 of the numbers that `value` gives. */
/* @__NO_SIDE_EFFECTS__ */
function from(size: number, value: (view: DataView, at: number) => number): Dtype {
  return {
    size,
    read(view, count, at = 0) {
      const all = new Float32Array(count)
      for (let i = 0; i < count; i++) all[i] = value(view, at + size * i)
      return all
    },
  }
}
const u32: Dtype = {
  size: 4,
  read(view, count, at = 0) {
    const all = new Uint32Array(count)
    for (let i = 0; i < count; i++) all[i] = view.getUint32(at + 4 * i, true)
    return all
  },
}

/** IEEE 754 binary16 to binary32. */
function halfBits(half: number): number {
  const [sign, exponent, fraction] = [(half & 0x8000) * 0x10000, (half >> 10) & 31, half & 0x3ff]
  // 2^-24, the smallest above 0.
  if (exponent === 0) return sign + bitsOf(fraction * 5.960464477539063e-8)
  return sign + (exponent === 31 ? 0x7f800000 : (exponent + 112) * 0x800000) + fraction * 0x2000
}

/** The number that an f16 is. */
export function halfValue(half: number): number {
  scratch.setUint32(0, halfBits(half))
  return scratch.getFloat32(0)
}

/** OCP 8-bit floating point, E4M3: bias 7, no infinities, NaN where all bits are set. https://www.opencompute.org/documents/ */
function e4m3Bits(byte: number): number {
  const [sign, exponent, fraction] = [(byte & 0x80) * 0x1000000, (byte >> 3) & 15, byte & 7]
  if ((byte & 0x7f) === 0x7f) return sign + 0x7fc00000
  // 2^-9, the smallest above 0.
  if (exponent === 0) return sign + bitsOf(fraction * 0.001953125)
  return sign + (exponent + 120) * 0x800000 + fraction * 0x100000
}

/**
 * A number that rounds to the same f32 as high · 2^32 + low does: of more than 53 bits one stands for all below it, and is set
 * where any of them was, so that rounding twice is rounding once (round to odd).
 */
function toOdd(high: number, low: number): number {
  const exact = high >= -0x200000 && high < 0x200000
  return high * 0x100000000 + (exact ? low : ((low & 0xfffff000) >>> 0) + (low & 0xfff ? 0x800 : 0))
}

export const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F32', fromBits(4, (v, at) => v.getUint32(at, true))],
  ['U32', u32],
  ['F64', from(8, (v, at) => v.getFloat64(at, true))],
  ['F16', fromBits(2, (v, at) => halfBits(v.getUint16(at, true)))],
  ['BF16', fromBits(2, (v, at) => v.getUint16(at, true) * 0x10000)],
  ['F8_E5M2', fromBits(1, (v, at) => halfBits(v.getUint8(at) * 0x100))],
  ['F8_E4M3', fromBits(1, (v, at) => e4m3Bits(v.getUint8(at)))],
  ['I64', from(8, (v, at) => toOdd(v.getInt32(at + 4, true), v.getUint32(at, true)))],
  ['U64', from(8, (v, at) => toOdd(v.getUint32(at + 4, true), v.getUint32(at, true)))],
  ['I32', from(4, (v, at) => v.getInt32(at, true))],
  ['I16', from(2, (v, at) => v.getInt16(at, true))],
  ['U16', from(2, (v, at) => v.getUint16(at, true))],
  ['I8', from(1, (v, at) => v.getInt8(at))],
  ['U8', from(1, (v, at) => v.getUint8(at))],
  ['BOOL', from(1, (v, at) => (v.getUint8(at) ? 1 : 0))],
])
