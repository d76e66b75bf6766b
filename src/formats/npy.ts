// NumPy's NPY format: a magic string, a version, a header that is a Python dict in ASCII, then the values.
// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// It writes version 1.0, little-endian, in C order. Invariant: what is read used every byte of the file, no more and no fewer.
import { GanglionError } from '../errors.ts'
import { check, record, shown } from '../options.ts'
import { tagOf } from '../tag.ts'
import { checkBytes } from './bytes.ts'
import { halfValue } from './dtypes.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

export type NpyData =
  | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array

export interface NpyArray {
  /** [] for one number. */
  readonly shape: readonly number[]
  /** The values in C order: the last axis is the fastest. */
  readonly data: NpyData
}

interface NpyType {
  /** Bytes of a value. */
  readonly size: number
  read(view: DataView, at: number, little: boolean): number
  make(count: number): NpyData
}

/** By NumPy's codes. What has no array of its own here becomes one that holds it: f16 f32, and i64 f64 where that is exact. */
const TYPES: Readonly<Record<string, NpyType>> = {
  b1: { size: 1, read: (v, at) => v.getUint8(at), make: (n) => new Uint8Array(n) },
  u1: { size: 1, read: (v, at) => v.getUint8(at), make: (n) => new Uint8Array(n) },
  i1: { size: 1, read: (v, at) => v.getInt8(at), make: (n) => new Int8Array(n) },
  u2: { size: 2, read: (v, at, little) => v.getUint16(at, little), make: (n) => new Uint16Array(n) },
  i2: { size: 2, read: (v, at, little) => v.getInt16(at, little), make: (n) => new Int16Array(n) },
  u4: { size: 4, read: (v, at, little) => v.getUint32(at, little), make: (n) => new Uint32Array(n) },
  i4: { size: 4, read: (v, at, little) => v.getInt32(at, little), make: (n) => new Int32Array(n) },
  u8: { size: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)), make: (n) => new Float64Array(n) },
  i8: { size: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)), make: (n) => new Float64Array(n) },
  f2: { size: 2, read: (v, at, little) => halfValue(v.getUint16(at, little)), make: (n) => new Float32Array(n) },
  f4: { size: 4, read: (v, at, little) => v.getFloat32(at, little), make: (n) => new Float32Array(n) },
  f8: { size: 8, read: (v, at, little) => v.getFloat64(at, little), make: (n) => new Float64Array(n) },
}

/** NumPy's codes by the tag of an array. */
const CODES: Readonly<Record<string, string>> = {
  Uint8Array: '|u1', Int8Array: '|i1', Uint16Array: '<u2', Int16Array: '<i2', Uint32Array: '<u4', Int32Array: '<i4',
  Float32Array: '<f4', Float64Array: '<f8',
}

/** What a header may take, and how many sizes an array may have: NumPy reads 10,000 bytes of a stranger's, and has 64 sizes. */
const [MOST_HEADER, MOST_SIZES] = [65536, 64]

const MAGIC = '\x93NUMPY'
/** The data begin at a multiple of this, as NumPy has it. */
const ALIGNMENT = 64

const product = (shape: readonly number[]): number => (shape.includes(0) ? 0 : shape.reduce((n, d) => n * d, 1))

/**
 * The bytes of an NPY file.
 * @throws TypeError when `data` is no typed array of numbers, RangeError when `shape` does not fit it
 * @example
 * const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
 */
export function encodeNpy(array: NpyArray): Uint8Array {
  check('encodeNpy', 'array', array, record)
  const { shape, data } = array
  const code = CODES[tagOf(data)]
  if (!code) throw new TypeError(`encodeNpy: data is ${shown(data)}, expected a typed array of numbers, a Float32Array, say`)
  if (!Array.isArray(shape) || !shape.every((d) => Number.isSafeInteger(d) && d >= 0) || product(shape) !== data.length) {
    throw new RangeError(`encodeNpy: shape is ${shown(shape)}, expected sizes whose product is the ${data.length} values`)
  }
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const dict = `{'descr': '${code}', 'fortran_order': False, 'shape': ${tuple}, }`
  const start = Math.ceil((11 + dict.length) / ALIGNMENT) * ALIGNMENT
  const bytes = new Uint8Array(start + data.byteLength)
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i)
  bytes[6] = 1
  const view = new DataView(bytes.buffer)
  view.setUint16(8, start - 10, true)
  bytes.set(encodeUtf8(`${dict.padEnd(start - 11)}\n`), 10)
  put(view, start, data)
  return bytes
}

/** The values, little-endian on every host. */
function put(view: DataView, start: number, data: NpyData): void {
  const size = data.BYTES_PER_ELEMENT
  if (size === 1) new Uint8Array(view.buffer).set(data, start)
  else if (size === 8) data.forEach((value, i) => view.setFloat64(start + 8 * i, value, true))
  else {
    // As bits, so that a NaN's are kept.
    const bits = size === 2 ? new Uint16Array(data.buffer, data.byteOffset, data.length)
      : new Uint32Array(data.buffer, data.byteOffset, data.length)
    if (size === 2) bits.forEach((value, i) => view.setUint16(start + 2 * i, value, true))
    else bits.forEach((value, i) => view.setUint32(start + 4 * i, value, true))
  }
}

/**
 * The array in an NPY file, in C order. Booleans become bytes, f16 becomes f32, and integers of
 * 64 bits f64, where all are exact.
 * @param name what messages call the file
 * @throws TypeError when `bytes` is not a Uint8Array
 * @throws GanglionError when it is no NPY file, is cut short or too long, or holds what is not numbers
 * @example
 * const { shape, data } = decodeNpy(bytes)
 */
export function decodeNpy(bytes: Uint8Array, name = 'NPY data'): NpyArray {
  checkBytes('decodeNpy', bytes, name)
  const { start, type, little, fortran, shape } = readHeader(bytes, name)
  const count = product(shape)
  checkLength(bytes.length - start, count, type, name)
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * type.size)
  const data = type.make(count)
  for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.size, little)
  if (type.size === 8 && type !== TYPES['f8'] && !data.every((value) => Number.isSafeInteger(value))) {
    throw new GanglionError(`"${name}" holds integers beyond 2^53, expected smaller ones; convert it to another type`)
  }
  return { shape, data: fortran ? inOrder(data, shape, type.make(count)) : data }
}

/**
 * @internal Where the images of an NPY file lie, of which `bytes` is the beginning; undefined where they are no bytes and no
 * floats of 32 bits in C order, or no images.
 * @param length of the file
 * @throws GanglionError when it is no NPY file, or cut short, or too long
 * @example
 * const { start, count } = imagesInNpy(bytes, bytes.length, 'images.npy')!
 */
export function imagesInNpy(
  bytes: Uint8Array, length: number, name: string,
): { start: number, count: number, shape: [number, number, number], floats: boolean } | undefined {
  checkBytes('imagesInNpy', bytes, name)
  const { start, type, little, fortran, shape } = readHeader(bytes, name)
  const [count = 0, height = 0, width = 0, channels = 1, ...more] = shape
  const floats = type === TYPES['f4'] && little
  if (fortran || more.length || !(floats || type === TYPES['u1'] || type === TYPES['b1'])) return undefined
  const size = count * height * width * channels
  if (!size) return undefined
  checkLength(length - start, size, type, name)
  return { start, count, shape: [height, width, channels], floats }
}

function checkLength(found: number, count: number, type: NpyType, name: string): void {
  const expected = count * type.size
  if (found !== expected) throw damaged(name, `its ${count} values take ${expected} bytes, found ${found}`)
}

interface Header {
  readonly start: number
  readonly type: NpyType
  readonly little: boolean
  readonly fortran: boolean
  readonly shape: readonly number[]
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC) {
    throw new GanglionError(`"${name}" is not an NPY file: expected it to start with \\x93NUMPY; save it with numpy.save`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [begin, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)]
  if (bytes[6]! < 1 || bytes[6]! > 3) throw damaged(name, `its version is ${bytes[6]}, expected 1, 2 or 3`)
  if (length > MOST_HEADER) throw damaged(name, `its header would take ${length} bytes, expected at most ${MOST_HEADER}`)
  if (begin + length > bytes.length) throw damaged(name, 'it is cut short within its header')
  let text: string
  try {
    text = decodeUtf8(bytes.slice(begin, begin + length)).trim()
  } catch (cause) {
    throw damaged(name, 'its header is not text', cause)
  }
  const order = /'fortran_order':\s*(True|False)\b/.exec(text)?.[1]
  const sizes = /'shape':\s*\(((?:\d{1,16}L?(?:,\s*|(?=\))))*)\)/.exec(text)?.[1]
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1]
  if (order === undefined || sizes === undefined || (descr === undefined && !/'descr':/.test(text))) {
    throw damaged(name, "its header expected 'descr', 'fortran_order' and 'shape'")
  }
  const [, mark = '', code = ''] = /^([<>|=]?)(\w+)$/.exec(descr ?? '') ?? []
  const type = Object.hasOwn(TYPES, code) ? TYPES[code] : undefined
  if (!type) {
    throw new GanglionError(`"${name}" holds ${descr === undefined ? 'records' : `'${descr.slice(0, 40)}'`}, ` +
      'expected numbers or booleans of at most 64 bits; convert it with astype')
  }
  const shape = sizes.split(',').map((size) => size.trim()).filter(Boolean).map((size) => Number.parseInt(size))
  if (shape.length > MOST_SIZES) throw damaged(name, `its shape has ${shape.length} sizes, expected at most ${MOST_SIZES}`)
  if (!Number.isSafeInteger(product(shape) * 8)) throw damaged(name, `its shape is (${sizes})`)
  return { start: begin + length, type, little: mark !== '>', fortran: order === 'True', shape }
}

/** Values in Fortran's order, the first axis the fastest, put into C's. */
function inOrder(data: NpyData, shape: readonly number[], out: NpyData): NpyData {
  const strides = shape.map((_, axis) => product(shape.slice(0, axis)))
  const index = shape.map(() => 0)
  for (let i = 0; i < out.length; i++) {
    out[i] = data[index.reduce((at, k, axis) => at + k * strides[axis]!, 0)]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
  return out
}

function damaged(file: string, what: string, cause?: unknown): GanglionError {
  return new GanglionError(`"${file}" is not a valid NPY file: ${what}; save or download it again`, { cause })
}
