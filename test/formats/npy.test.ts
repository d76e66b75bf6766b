// NPY and NPZ: held against files that NumPy wrote, and against the bytes that NumPy writes.
import { readFileSync } from 'node:fs'
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { idxLength, parseIdx } from '../../src/formats/idx.ts'
import { decodeNpy, encodeNpy, type NpyArray } from '../../src/formats/npy.ts'
import { decodeNpz, encodeNpz } from '../../src/formats/npz.ts'
import { safetensorsShapes } from '../../src/formats/safetensors.ts'
import { decodePng } from '../../src/node/png.ts'

/** By numpy.savez_compressed of NumPy 1.24 (test/golden/README.md). */
const NUMPY = new Uint8Array(readFileSync(new URL('../golden/npz/numpy.npz', import.meta.url)))
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

test('what NumPy wrote: every type, both byte orders, both orders of axes', () => {
  const arrays = decodeNpz(NUMPY)
  expect(Object.fromEntries(arrays)).toEqual({
    u1: { shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5) },
    f4: { shape: [3], data: Float32Array.of(0.5, -1.25, 3e38) },
    f8: { shape: [1, 1], data: Float64Array.of(1 / 3) },
    i8: { shape: [2], data: Float64Array.of(-5, 7) },
    f2: { shape: [2], data: Float32Array.of(0.0999755859375, 65504) },
    b1: { shape: [2], data: Uint8Array.of(1, 0) },
    be: { shape: [2], data: Int32Array.of(1, 70000) },
    fortran: { shape: [2, 3, 4], data: Uint16Array.from({ length: 24 }, (_, i) => i) },
    scalar: { shape: [], data: Int16Array.of(7) },
    empty: { shape: [0, 4], data: new Float32Array() },
  })
})

test("a file has NumPy's own bytes", () => {
  const bytes = encodeNpy({ shape: [2], data: Float32Array.of(1, -2) })
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
  expect(latin(bytes)).toBe(`\x93NUMPY\x01\x00v\x00${header.padEnd(117)}\n\0\0\x80?\0\0\0\xc0`)
})

const arrays: NpyArray[] = [
  { shape: [2, 1], data: Uint8Array.of(1, 255) }, { shape: [1], data: Int8Array.of(-1) }, { shape: [], data: Uint16Array.of(7) },
  { shape: [0, 3], data: new Int16Array() }, { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  { shape: [1], data: Int32Array.of(-(2 ** 31)) }, { shape: [2], data: Float32Array.of(NaN, 1e-45) },
  { shape: [1], data: Float64Array.of(Math.PI) },
]
test.each(arrays)('$data comes back', (array) => {
  expect(decodeNpy(encodeNpy(array))).toEqual(array)
})

test('an NPZ file: the same bytes each time, whatever the zone; compressed and not', () => {
  const map = new Map(arrays.map((array, i) => [`a${i}`, array]))
  for (const compress of [false, true]) {
    const zone = process.env['TZ']
    const [first, second] = ['UTC', 'America/New_York'].map((TZ) => {
      process.env['TZ'] = TZ
      return encodeNpz(map, { compress })
    })
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
    expect(second).toEqual(first)
    expect(decodeNpz(first!)).toEqual(map)
  }
})

const good = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) })
const header = (text: string): Uint8Array => {
  const bytes = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) })
  bytes.set(new TextEncoder().encode(`${text.padEnd(117)}\n`), 10)
  return bytes
}
/** Version 2, whose header may be of any length. */
const long = (text: string): Uint8Array => {
  const length = new Uint8Array(Uint32Array.of(text.length).buffer)
  return Buffer.concat([good.subarray(0, 6), Uint8Array.of(2, 0), length, Buffer.from(text), new Uint8Array(9)])
}
test.each([
  ['no NPY file', new Uint8Array(200), /"f" is not an NPY file: expected it to start with/],
  ['too short', good.subarray(0, -1), /its 2 values take 8 bytes, found 7; save/],
  ['cut within its header', good.subarray(0, 60), /cut short within its header/],
  ['another version', Uint8Array.from(good, (b, i) => (i === 6 ? 9 : b)), /its version is 9, expected 1, 2 or 3/],
  ['strings', header("{'descr': '<U8', 'fortran_order': False, 'shape': (2,), }"), /holds '<U8', expected numbers/],
  ['records', header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"), /holds records, expected/],
  ['no shape', header("{'descr': '<f4', 'fortran_order': False}"), /its header expected 'descr'/],
  ['more sizes than NumPy has', long(`{'descr': '|u1', 'fortran_order': True, 'shape': (${'1, '.repeat(20_000)}9,), }`),
    /its shape has 20001 sizes, expected at most 64/],
  ['a header of megabytes', long(`{'descr': '|u1', 'fortran_order': True, 'shape': (${'1, '.repeat(4e6)}), }`),
    /its header would take 12000054 bytes, expected at most 65536/],
  ['a huge shape', header("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }"), /its shape is/],
])('%s: a sentence', (_, bytes, message) => {
  expect(() => decodeNpy(bytes, 'f')).toThrow(GanglionError)
  expect(() => decodeNpy(bytes, 'f')).toThrow(message)
})

test('integers that f64 does not hold are refused, not rounded', () => {
  const bytes = encodeNpy({ shape: [1], data: new Float64Array(1) })
  bytes.set(new TextEncoder().encode("{'descr': '<i8'"), 10)
  new DataView(bytes.buffer).setBigInt64(bytes.length - 8, 2n ** 53n, true)
  expect(() => decodeNpy(bytes, 'f')).toThrow('"f" holds integers beyond 2^53')
})

test('what is no zip, damaged, or would take too much', () => {
  expect(() => decodeNpz(good, 'f')).toThrow('"f" is not an NPZ file: expected a zip file')
  expect(() => decodeNpz(NUMPY.subarray(0, 900), 'f')).toThrow(/"f" is a damaged zip file: .*; save or download it again/)
  const bomb = zipSync({ 'a.npy': new Uint8Array(1 << 24) })
  expect(() => decodeNpz(bomb, 'f', { maxBytes: 1 << 20 })).toThrow('"f" unpacks to more than 1048576 bytes')
  // What all files take is known before the first is unpacked, which here cannot be.
  const two = zipSync({ 'a.npy': new Uint8Array(1 << 16), 'b.npy': new Uint8Array(1 << 24) })
  two[30 + 'a.npy'.length] = 0xff
  expect(() => decodeNpz(two, 'f')).toThrow('"f" is a damaged zip file')
  expect(() => decodeNpz(two, 'f', { maxBytes: 1 << 20 })).toThrow('"f" unpacks to more than 1048576 bytes')
  const twice = Buffer.from(latin(zipSync({ 'a.npy': good, 'b.npy': good })).replaceAll('b.npy', 'a.npy'), 'latin1')
  expect(() => decodeNpz(twice, 'f')).toThrow('"f" holds two files "a.npy", expected one of each name; save it again')
  const proto = Buffer.from(latin(zipSync({ xxproto__: good })).replaceAll('xxproto__', '__proto__'), 'latin1')
  expect([...decodeNpz(proto).keys()]).toEqual(['__proto__'])
  expect(() => decodeNpz(zipSync({ 'a.txt': new Uint8Array(9) }), 'f')).toThrow('"f/a.txt" is not an NPY file')
})

test.each([false, true])('a zip of other bits or sizes than its directory names is refused (compressed: %s)', (compress) => {
  const array = { shape: [64], data: Uint8Array.from({ length: 64 }, (_, i) => i * 37) }
  const bytes = encodeNpz(new Map([['a', array], ['b', array]]), { compress })
  const directory = latin(bytes).indexOf('PK\x01\x02')
  const second = latin(bytes).indexOf('PK\x03\x04', 4)
  const wrong = (at: number): Uint8Array => Uint8Array.from(bytes, (x, i) => (i === at ? x ^ 1 : x))
  // The last bytes of what each file holds; the CRC-32 and both sizes of the first file in the directory; counts and the place of
  // the directory in the end.
  const [end, packed] = [bytes.length - 22, compress ? /unexpected EOF|invalid|directory says/ : /has \d+ bytes, and the directory says \d+/]
  for (const [at, why] of [
    [second - 3, compress ? /./ : /"a.npy" has another checksum than the directory says/],
    [directory - 3, compress ? /./ : /"b.npy" has another checksum than the directory says/],
    [directory + 16, /"a.npy" has another checksum than the directory says/],
    [directory + 20, packed], [directory + 24, /directory says \d+/], [end + 8, /its directory is not whole/],
    [end + 10, /its directory is not whole/], [end + 12, /its directory is not whole/], [end + 16, /its directory is not whole/],
  ] as const) {
    const of = () => decodeNpz(wrong(at), 'f')
    expect(of, `byte ${at}`).toThrow(/^"f" is a damaged zip file: .*; save or download it again$/)
    expect(of, `byte ${at}`).toThrow(why)
  }
  expect([...decodeNpz(bytes).values()]).toEqual([array, array])
})

test('entries of a zip that share stored bytes, and say that they are none, are refused before they are copied', () => {
  const one = encodeNpz(new Map([['a', { shape: [1 << 16], data: new Uint8Array(1 << 16) }]]))
  const directory = latin(one).indexOf('PK\x01\x02')
  const entries = Array.from({ length: 2000 }, (_, i) => {
    const entry = Buffer.from(one.subarray(directory, one.length - 22))
    entry.writeUInt32LE(0, 24)
    entry.write(String(i).padStart('a.npy'.length, '0'), 46)
    return entry
  })
  const all = Buffer.concat(entries)
  const end = Buffer.from(one.subarray(one.length - 22))
  end.writeUInt16LE(2000, 8)
  end.writeUInt16LE(2000, 10)
  end.writeUInt32LE(all.length, 12)
  const bomb = Buffer.concat([one.subarray(0, directory), all, end])
  const before = process.memoryUsage().arrayBuffers
  expect(() => decodeNpz(bomb, 'f', { maxBytes: 1000 })).toThrow(/ has \d+ bytes, and the directory says 0;/)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24)
})

test('a zip of another method of compression', () => {
  const bytes = encodeNpz(new Map([['a', { shape: [1], data: new Uint8Array(1) }]]))
  bytes[latin(bytes).indexOf('PK\x01\x02') + 10] = 12
  expect(() => decodeNpz(bytes, 'f')).toThrow('"f" holds "a.npy" compressed by method 12, expected none or deflate; save it with')
})

test.each([
  ['parseIdx', parseIdx], ['idxLength', idxLength], ['decodeNpy', decodeNpy], ['decodePng', decodePng],
  ['safetensorsShapes', safetensorsShapes],
])('%s: what messages call the file is a string, also where the bytes are damaged', (owner, decode) => {
  for (const name of [Symbol('a'), Object.create(null) as object, new Date(NaN)]) {
    const call = () => decode(Uint8Array.of(1, 2, 3), name as unknown as string)
    expect(call).toThrow(`${owner}: name expected a string, got ${typeof name}`)
  }
})
