// The IDX format (MNIST's): 00 00, a type code, the number of dimensions, the dimensions as big-endian u32, then the
// data, big-endian, last dimension fastest. Source: http://yann.lecun.com/exdb/mnist/ ("the IDX file format").
// It does not unpack gzip. Invariant: what is returned used every byte of the file, no more and no fewer.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { isA } from '../tag.ts'
import { checkBytes, sizesShown } from './bytes.ts'

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

export interface IdxArray {
  readonly shape: number[]
  readonly data: IdxData
}

interface IdxType {
  readonly label: string
  readonly size: number
  read(view: DataView, count: number): IdxData
}

const types: Readonly<Record<number, IdxType>> = {
  0x08: { label: 'u8', size: 1, read: (v, n) => new Uint8Array(v.buffer, v.byteOffset, n) },
  0x09: { label: 'i8', size: 1, read: (v, n) => new Int8Array(v.buffer, v.byteOffset, n) },
  0x0b: { label: 'i16', size: 2, read: (v, n) => Int16Array.from({ length: n }, (_, i) => v.getInt16(2 * i)) },
  0x0c: { label: 'i32', size: 4, read: (v, n) => Int32Array.from({ length: n }, (_, i) => v.getInt32(4 * i)) },
  0x0d: { label: 'f32', size: 4, read: (v, n) => Float32Array.from({ length: n }, (_, i) => v.getFloat32(4 * i)) },
  0x0e: { label: 'f64', size: 8, read: (v, n) => Float64Array.from({ length: n }, (_, i) => v.getFloat64(8 * i)) },
}

interface IdxHeader {
  readonly type: IdxType
  readonly shape: number[]
  /** Where the data begin, how many values there are, and the bytes of the whole file. */
  readonly start: number
  readonly count: number
  readonly length: number
}

/** The header; the number of bytes that it takes where the file is shorter. */
function readHeader(bytes: Uint8Array, name: string): IdxHeader | number {
  const [, , code = 0, rank = 0] = bytes
  const type = types[code]
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || rank === 0) {
    const magic = Array.from(bytes.subarray(0, 4), b => b.toString(16).padStart(2, '0')).join(' ')
    throw new GanglionError(`"${name}" is not an IDX file: expected it to start with 00 00, a type code ` +
      `(08, 09, 0b, 0c, 0d or 0e) and a number of dimensions, found ${bytes.length ? magic : 'an empty file'}; give an IDX file`)
  }
  const start = 4 + 4 * rank
  if (bytes.length < start) return start
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  // Infinity times 0 would be NaN.
  const count = shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, 1)
  return { type, shape, start, count, length: start + count * type.size }
}

/**
 * How many bytes an IDX file has by its header, of which `bytes` is the beginning; undefined while the header is not whole.
 * @throws GanglionError when it is not the beginning of an IDX file
 * @example
 * const length = idxLength(bytes) // undefined: no IDX file
 */
export function idxLength(bytes: Uint8Array, name = 'IDX data'): number | undefined {
  checkBytes('idxLength', bytes, name)
  const header = bytes.length < 4 ? 4 : readHeader(bytes, name)
  return typeof header === 'number' ? undefined : header.length
}

/**
 * Reads an IDX file: `shape` has the dimensions, `data` their product of values, last dimension fastest.
 * One-byte data shares memory with `bytes`; wider data is a copy in the host's byte order.
 * @param name what messages call the file
 * @throws TypeError when `bytes` is not a Uint8Array
 * @throws GanglionError when the magic number is wrong, or the file is shorter or longer than its header says
 * @example
 * const { shape, data } = parseIdx(bytes)
 */
export function parseIdx(bytes: Uint8Array, name = 'IDX data'): IdxArray {
  checkBytes('parseIdx', bytes, name)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new GanglionError(`"${name}" is gzip-compressed, expected an IDX file; unpack it first`)
  }
  const header = readHeader(bytes, name)
  if (typeof header === 'number') {
    throw cutShort(name, `${(header - 4) / 4} dimensions take a header of ${header} bytes`, bytes.length)
  }
  const { type, shape, start, count } = header
  checkLength(header, bytes.length, name)
  return { shape, data: type.read(new DataView(bytes.buffer, bytes.byteOffset + start), count) }
}

function checkLength({ type, shape, length }: IdxHeader, found: number, name: string): void {
  const says = `its header (${sizesShown(shape, 'x')}, ${type.label}) announces ${length} bytes`
  if (found < length) throw cutShort(name, says, found)
  if (found > length) throw new GanglionError(`"${name}" is too long: ${says}, found ${found}; download or copy it again`)
}

/**
 * @internal Where the images of an IDX file lie, of which `bytes` is the beginning; undefined where it holds no images of bytes.
 * @param length of the file
 * @throws GanglionError when it is no IDX file, or cut short, or too long
 * @example
 * const { start, count } = imagesInIdx(bytes, bytes.length, 'train-images-idx3-ubyte')!
 */
export function imagesInIdx(
  bytes: Uint8Array, length: number, name: string,
): { start: number, count: number, shape: [number, number, number] } | undefined {
  checkBytes('imagesInIdx', bytes, name)
  const header = readHeader(bytes, name)
  if (typeof header === 'number' || header.type !== types[0x08] || !header.count) return undefined
  const { start, shape: [count = 0, height = 0, width = 0, channels = 1, ...more] } = header
  if (!width || more.length) return undefined
  checkLength(header, length, name)
  return { start, count, shape: [height, width, channels] }
}

/**
 * The IDX file of an array of bytes (type code 08), the inverse of `parseIdx`.
 * @throws RangeError when `shape` is not 1 to 255 dimensions whose product is `data.length`
 * @example
 * const bytes = writeIdx([2, 28, 28], new Uint8Array(2 * 784))
 */
export function writeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  if (typeof shape?.every !== 'function') throw new TypeError(`writeIdx: shape expected a list of sizes, got ${typeof shape}`)
  checkBytes('writeIdx', data)
  const valid = shape.every(n => Number.isInteger(n) && n >= 0 && n <= 0xffffffff)
  if (!valid || shape.length < 1 || shape.length > 255 || shape.reduce((a, b) => a * b, 1) !== data.length) {
    throw new RangeError(`writeIdx: shape expected 1 to 255 sizes whose product is ${data.length}, the bytes of data, ` +
      `got [${shape.map(String).join(', ')}]`)
  }
  const header = 4 + 4 * shape.length
  const bytes = new Uint8Array(header + data.length)
  bytes.set([0, 0, 8, shape.length])
  shape.forEach((n, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, n))
  bytes.set(data, header)
  return bytes
}

function cutShort(name: string, says: string, found: number): GanglionError {
  return new GanglionError(`"${name}" is cut short: ${says}, found ${found}; download or copy it again`)
}

/**
 * The images of an IDX file of bytes: (count, height, width), which is 1 channel, or (count, height, width, channels).
 * @param name what the dataset and its messages are called
 * @throws GanglionError when it is not an IDX file, or one of labels, of other numbers than bytes, or of no images
 * @example
 * const data = imagesFromIdx(bytes, 'train-images-idx3-ubyte')
 */
export function imagesFromIdx(bytes: Uint8Array, name: string): ImageDataset {
  const { shape, data } = parseIdx(bytes, name)
  if (shape.length === 1) {
    throw new GanglionError(`"${name}" holds ${shape[0]} labels, not images; give the file whose name says images`)
  }
  if (shape[0] === 0) throw new GanglionError(`"${name}" holds no images, expected one or more; give another file`)
  if ((shape.length !== 3 && shape.length !== 4) || shape.includes(0)) {
    throw new GanglionError(`"${name}" expected images as (count, height, width) or (count, height, width, channels), ` +
      `found (${sizesShown(shape, ', ')}); give an IDX file of images`)
  }
  if (!isA('Uint8Array', data)) {
    throw new GanglionError(`"${name}" expected pixels as bytes (type code 08), found ${data.constructor.name}; write bytes`)
  }
  const [count, height, width, channels = 1] = shape as [number, number, number, number?]
  return { name, images: data, count, shape: [height, width, channels] }
}

/**
 * The dataset with the labels of an IDX file of bytes, one for each image.
 * @throws GanglionError when it is not an IDX file of labels, or their number differs from the images'
 * @example
 * const data = withIdxLabels(digits, bytes, 'train-labels-idx1-ubyte')
 */
export function withIdxLabels(dataset: ImageDataset, bytes: Uint8Array, name: string): ImageDataset {
  const { shape, data } = parseIdx(bytes, name)
  if (shape.length !== 1 || !isA('Uint8Array', data)) {
    throw new GanglionError(`"${name}" expected labels as (count) bytes, found ${data.constructor.name} ` +
      `(${sizesShown(shape, ', ')}); give the file whose name says labels`)
  }
  if (typeof dataset?.count !== 'number') throw new TypeError('withIdxLabels: dataset expected an image dataset')
  if (data.length !== dataset.count) {
    throw new GanglionError(`"${name}" holds ${data.length} labels, expected ${dataset.count}, one for each image; ` +
      'give images and labels of the same split')
  }
  return { ...dataset, labels: data }
}
