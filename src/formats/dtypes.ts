// The numbers of safetensors files, as the two kinds that models have: f32, and u32 for counters. Little-endian, on every host.
// Invariant: each value is the f32 that is nearest, ties to even; where f32 has the value, it is that value. Bits of F32, and of
// NaNs in F16 and BF16, are kept.

type Values = Float32Array | Uint32Array

export interface Dtype {
  /** Bytes of a value. */
  readonly size: number
  read(view: DataView, count: number): Values
}

/** u32 of the bits that `bits` gives. */
/* @__NO_SIDE_EFFECTS__ */
function words(size: number, bits: (view: DataView, at: number) => number): (view: DataView, count: number) => Uint32Array {
  return (view, count) => {
    const all = new Uint32Array(count)
    for (let i = 0; i < count; i++) all[i] = bits(view, size * i)
    return all
  }
}
/** f32 of the bits that `bits` gives. */
/* @__NO_SIDE_EFFECTS__ */
function fromBits(size: number, bits: (view: DataView, at: number) => number): Dtype {
  const read = words(size, bits)
  return { size, read: (view, count) => new Float32Array(read(view, count).buffer) }
}
/** f32 of the numbers that `value` gives. */
/* @__NO_SIDE_EFFECTS__ */
function from(size: number, value: (view: DataView, at: number) => number): Dtype {
  return { size, read: (view, count) => Float32Array.from({ length: count }, (_, i) => value(view, size * i)) }
}

const scratch = /* @__PURE__ */ new DataView(new ArrayBuffer(4))
const bitsOf = (x: number): number => {
  scratch.setFloat32(0, x)
  return scratch.getUint32(0)
}

/** IEEE 754 binary16 to binary32. */
function halfBits(half: number): number {
  const [sign, exponent, fraction] = [(half & 0x8000) * 0x10000, (half >> 10) & 31, half & 0x3ff]
  // 2^-24, the smallest above 0.
  if (exponent === 0) return sign + bitsOf(fraction * 5.960464477539063e-8)
  return sign + (exponent === 31 ? 0x7f800000 : (exponent + 112) * 0x800000) + fraction * 0x2000
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
 * A number that rounds to the same f32 as `x`: of more than 53 bits the lowest is set where any below it was, so that rounding
 * twice is rounding once (round to odd).
 */
function toOdd(x: bigint): number {
  const size = x < 0n ? -x : x
  const more = BigInt(Math.max(0, size.toString(2).length - 53))
  const kept = (size >> more) | (size & ((1n << more) - 1n) ? 1n : 0n)
  return Number((x < 0n ? -kept : kept) << more)
}

export const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F32', fromBits(4, (v, at) => v.getUint32(at, true))],
  ['U32', { size: 4, read: words(4, (v, at) => v.getUint32(at, true)) }],
  ['F64', from(8, (v, at) => v.getFloat64(at, true))],
  ['F16', fromBits(2, (v, at) => halfBits(v.getUint16(at, true)))],
  ['BF16', fromBits(2, (v, at) => v.getUint16(at, true) * 0x10000)],
  ['F8_E5M2', fromBits(1, (v, at) => halfBits(v.getUint8(at) * 0x100))],
  ['F8_E4M3', fromBits(1, (v, at) => e4m3Bits(v.getUint8(at)))],
  ['I64', from(8, (v, at) => toOdd(v.getBigInt64(at, true)))],
  ['U64', from(8, (v, at) => toOdd(v.getBigUint64(at, true)))],
  ['I32', from(4, (v, at) => v.getInt32(at, true))],
  ['I16', from(2, (v, at) => v.getInt16(at, true))],
  ['U16', from(2, (v, at) => v.getUint16(at, true))],
  ['I8', from(1, (v, at) => v.getInt8(at))],
  ['U8', from(1, (v, at) => v.getUint8(at))],
  ['BOOL', from(1, (v, at) => (v.getUint8(at) ? 1 : 0))],
])
