// IDX files made here byte by byte: every type code read back, every damage refused in words.
import { describe, expect, test } from 'vitest'
import type { ImageDataset } from '../../src/data/dataset.ts'
import { idxLength, imagesFromIdx, parseIdx, withIdxLabels, writeIdx } from '../../src/formats/idx.ts'
import { GanglionError } from '../../src/errors.ts'

const header = (code: number, ...shape: number[]): number[] =>
  [0, 0, code, shape.length, ...shape.flatMap(n => [0, 0, n >> 8, n & 255])]
const bytes = (...parts: number[]): Uint8Array => Uint8Array.from(parts)

describe('parseIdx reads each type code, big-endian', () => {
  test.each([
    [0x08, [0, 255], Uint8Array.of(0, 255)],
    [0x09, [127, 0x80], Int8Array.of(127, -128)],
    [0x0b, [0x12, 0x34, 0xff, 0xfe], Int16Array.of(0x1234, -2)],
    [0x0c, [0x12, 0x34, 0x56, 0x78, 0xff, 0xff, 0xff, 0xfd], Int32Array.of(0x12345678, -3)],
    [0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1.5, -2.5)],
    [0x0e, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0], Float64Array.of(1.5, -2.5)],
  ])('%i', (code, data, expected) => {
    // An odd offset into a larger buffer, where a wide typed array could not lie.
    const whole = bytes(9, 9, 9, ...header(code, 1, 2), ...data, 9)
    const { shape, data: read } = parseIdx(whole.subarray(3, whole.length - 1))
    expect(shape).toEqual([1, 2])
    expect(read).toStrictEqual(expected)
  })

  test('bytes are shared, not copied', () => {
    const file = writeIdx([3], Uint8Array.of(1, 2, 3))
    expect(parseIdx(file).data.buffer).toBe(file.buffer)
  })

  test('a size above 255 and a size of 0', () => {
    expect(parseIdx(writeIdx([300, 2], new Uint8Array(600))).shape).toEqual([300, 2])
    expect(parseIdx(bytes(...header(8, 0, 28)))).toEqual({ shape: [0, 28], data: new Uint8Array(0) })
  })
})

test('sizes of which one is 0, however many and large, are of no data', () => {
  const large = Array.from({ length: 40 }, () => [255, 255, 255, 255]).flat()
  const file = bytes(0, 0, 8, 41, ...large, 0, 0, 0, 0)
  expect(parseIdx(file)).toMatchObject({ data: new Uint8Array(0) })
  expect(() => parseIdx(file.subarray(0, -1), 'f')).toThrow(/"f" is cut short: 41 dimensions take a header of 168 bytes, found 167/)
  expect(() => parseIdx(bytes(0, 0, 8, 40, ...large), 'f')).toThrow(/announces Infinity bytes, found 164/)
})

test('of many sizes messages have the first eight', () => {
  const many = bytes(...header(8, ...Array.from({ length: 200 }, () => 1)), 7)
  const eight = '1, 1, 1, 1, 1, 1, 1, 1, …, 200 sizes'
  expect(() => imagesFromIdx(many, 'f')).toThrow(`found (${eight}); give an IDX file of images`)
  const joined = eight.replaceAll(', ', 'x').replace('x200', ', 200')
  expect(() => parseIdx(many.subarray(0, -1), 'f')).toThrow(`its header (${joined}, u8)`)
  const images: ImageDataset = { name: 'i', images: bytes(1), count: 1, shape: [1, 1, 1] }
  expect(() => withIdxLabels(images, many, 'f')).toThrow(`found Uint8Array (${eight}); give the file`)
})

test('idxLength tells a length from the beginning of a file', () => {
  const file = bytes(...header(0x0b, 2, 3), 1, 2, 3)
  for (let n = 0; n < 12; n++) expect(idxLength(file.subarray(0, n))).toBeUndefined()
  expect(idxLength(file.subarray(0, 12))).toBe(24)
  expect(() => idxLength(bytes(1, 2, 3, 4), 'f')).toThrow(/^"f" is not an IDX file/)
})

describe('parseIdx refuses', () => {
  const magic = '"f" is not an IDX file: expected it to start with 00 00, a type code (08, 09, 0b, 0c, 0d or 0e) ' +
    'and a number of dimensions, found '
  test.each([
    ['an empty file', bytes(), `${magic}an empty file; give an IDX file`],
    ['a PNG', bytes(0x89, 0x50, 0x4e, 0x47, 13), `${magic}89 50 4e 47; give an IDX file`],
    ['three bytes', bytes(0, 0, 8), `${magic}00 00 08; give an IDX file`],
    ['an unknown type code', bytes(0, 0, 10, 1, 0, 0, 0, 0), `${magic}00 00 0a 01; give an IDX file`],
    ['no dimensions', bytes(0, 0, 8, 0, 7), `${magic}00 00 08 00; give an IDX file`],
    ['gzip', bytes(0x1f, 0x8b, 8, 0), '"f" is gzip-compressed, expected an IDX file; unpack it first'],
    ['half a header', bytes(0, 0, 8, 3, 0, 0, 0, 1),
      '"f" is cut short: 3 dimensions take a header of 16 bytes, found 8; download or copy it again'],
    ['half the data', bytes(...header(0x0b, 2, 3), 1, 2, 3),
      '"f" is cut short: its header (2x3, i16) announces 24 bytes, found 15; download or copy it again'],
    ['data after the end', bytes(...header(8, 2), 1, 2, 3),
      '"f" is too long: its header (2, u8) announces 10 bytes, found 11; download or copy it again'],
    ['sizes beyond any file', bytes(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 0),
      '"f" is cut short: its header (4294967295x4294967295, u8) announces 18446744065119617000 bytes, found 13; ' +
      'download or copy it again'],
  ])('%s', (_, file, message) => {
    expect(() => parseIdx(file, 'f')).toThrow(new GanglionError(message))
  })

  test('what is not bytes', () => {
    const call = () => parseIdx('x' as unknown as Uint8Array)
    expect(call).toThrow(TypeError)
    expect(call).toThrow('parseIdx: bytes expected a Uint8Array, got string')
  })
})

test('writeIdx is the inverse of parseIdx, and checks its shape', () => {
  const file = writeIdx([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6))
  expect([...file]).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
  expect(parseIdx(file)).toEqual({ shape: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) })
  expect(() => writeIdx([2, 2], new Uint8Array(3))).toThrow(
    new RangeError('writeIdx: shape expected 1 to 255 sizes whose product is 3, the bytes of data, got [2, 2]'))
  expect(() => writeIdx([], new Uint8Array(1))).toThrow(RangeError)
  expect(() => writeIdx([-1, -1], new Uint8Array(1))).toThrow(RangeError)
})
