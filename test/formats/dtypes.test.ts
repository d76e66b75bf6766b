// Numbers of safetensors files against their definitions, in doubles: all of the small types, and roundings at ties.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DTYPES } from '../../src/formats/dtypes.ts'

const read = (dtype: string, bytes: Uint8Array) => {
  const { size, read: from } = DTYPES.get(dtype)!
  // At an odd place, where no wide array could lie.
  const shifted = new Uint8Array(bytes.length + 1)
  shifted.set(bytes, 1)
  return from(new DataView(shifted.buffer, 1), bytes.length / size)
}
const bytesOf = (array: { readonly buffer: ArrayBufferLike }) => new Uint8Array(array.buffer)
const all16 = Uint16Array.from({ length: 65536 }, (_, i) => i)
const all8 = Uint8Array.from({ length: 256 }, (_, i) => i)

/** sign · (fraction with its hidden bit) · 2^exponent, by the format's definition. */
function value(bits: number, exponentBits: number, fractionBits: number, infinities: boolean): number {
  const sign = bits >> (exponentBits + fractionBits) ? -1 : 1
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1)
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits
  const bias = 2 ** (exponentBits - 1) - 1
  if (infinities && exponent === 2 ** exponentBits - 1) return fraction ? NaN : sign * Infinity
  if (!infinities && (bits & (2 ** (exponentBits + fractionBits) - 1)) === 2 ** (exponentBits + fractionBits) - 1) return NaN
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

describe('every value of the small types', () => {
  test('F16', () => expect([...read('F16', bytesOf(all16))]).toEqual(Array.from(all16, (b) => value(b, 5, 10, true))))
  test('BF16', () => expect([...read('BF16', bytesOf(all16))]).toEqual(Array.from(all16, (b) => value(b, 8, 7, true))))
  test('F8_E5M2', () => expect([...read('F8_E5M2', all8)]).toEqual(Array.from(all8, (b) => value(b, 5, 2, true))))
  test('F8_E4M3', () => expect([...read('F8_E4M3', all8)]).toEqual(Array.from(all8, (b) => value(b, 4, 3, false))))
  test('integers', () => {
    expect(read('U16', bytesOf(all16))).toEqual(Float32Array.from(all16))
    expect(read('I16', bytesOf(all16))).toEqual(Float32Array.from(new Int16Array(all16.buffer)))
    expect(read('U8', all8)).toEqual(Float32Array.from(all8))
    expect(read('I8', all8)).toEqual(Float32Array.from(new Int8Array(all8.buffer)))
    expect(read('BOOL', Uint8Array.of(0, 1))).toEqual(Float32Array.of(0, 1))
  })
})

test('F32 keeps every bit, U32 stays u32', () => {
  const words = Uint32Array.of(0x7fa00001, 0xffc12345, 0x80000000, 1, 0xffffffff)
  expect(bytesOf(read('F32', bytesOf(words)))).toEqual(bytesOf(words))
  expect(read('U32', bytesOf(words))).toEqual(words)
})

test('wide types are rounded once, to the nearest, ties to even', () => {
  expect(read('F64', bytesOf(Float64Array.of(0.1, 1 + 2 ** -24, 1 + 3 * 2 ** -24, 1e300, -1e-300, NaN))))
    .toEqual(Float32Array.of(Math.fround(0.1), 1, 1 + 2 ** -22, Infinity, -0, NaN))
  expect(read('I32', bytesOf(Int32Array.of(16777217, 16777219, -16777217))))
    .toEqual(Float32Array.of(16777216, 16777220, -16777216))
  // A tie of f32 in its first 53 bits, and a bit below them: two roundings would take the even one.
  const hidden = (1n << 60n) + (1n << 36n) + 1n
  expect(read('I64', bytesOf(BigInt64Array.of(hidden, -hidden, hidden - 1n, 7n, -(1n << 63n)))))
    .toEqual(Float32Array.of(2 ** 60 + 2 ** 37, -(2 ** 60 + 2 ** 37), 2 ** 60, 7, -(2 ** 63)))
  expect(read('U64', bytesOf(BigUint64Array.of(0xffffffffffffffffn, 0n)))).toEqual(Float32Array.of(2 ** 64, 0))
})

test('no f32 is nearer to a 64-bit integer', () => {
  const distance = (x: bigint, y: number) => (x < BigInt(y) ? BigInt(y) - x : x - BigInt(y))
  fc.assert(fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (x) => {
    const [got] = read('I64', bytesOf(BigInt64Array.of(x))) as unknown as [number]
    const bits = new Uint32Array(Float32Array.of(got).buffer)[0]!
    for (const other of [bits - 1, bits + 1]) {
      const near = new Float32Array(Uint32Array.of(other).buffer)[0]!
      if (Number.isInteger(near)) expect(distance(x, got) <= distance(x, near)).toBe(true)
    }
  }))
})
