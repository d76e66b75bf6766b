// NumPy's NPZ format: a zip of NPY files, by their names. Sources: https://numpy.org/doc/stable/reference/generated/numpy.savez.html
// and APPNOTE 6.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, which fflate reads but for its checksums.
// Invariant: the same arrays give the same bytes everywhere; nothing is unpacked before all sizes that the zip names are within
// the limit, and what is unpacked has the size and the checksum that the zip names.
import crc32 from 'crc-32'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import { GanglionError } from '../errors.ts'
import { check, complete, count, flag, type Given, name as nameRule, option, rule } from '../options.ts'
import { isA } from '../tag.ts'
import { checkBytes } from './bytes.ts'
import { decodeNpy, encodeNpy, type NpyArray } from './npy.ts'
import { checksumsOf } from './zip_directory.ts'

const ENCODE = {
  /** Whether to compress, as numpy.savez_compressed does. Default false. */
  compress: option(flag, false),
}
const DECODE = {
  /** The most bytes that all of it may unpack to. Default 1 GiB. */
  maxBytes: option(count, 1073741824),
}
const ARRAYS = rule('a Map of arrays by name', (x): x is ReadonlyMap<string, NpyArray> => isA('Map', x))

/** Zip's first moment, in local time, which is what zip has: so the same bytes in every zone. */
const MTIME = '1980-01-01T00:00:00'
const SUFFIX = '.npy'

/**
 * The bytes of an NPZ file, arrays in the order of the map: what `numpy.load` gives as a dict.
 *
 *     encodeNpz(new Map([['images', { shape: [2, 28, 28, 1], data: pixels }], ['labels', { shape: [2], data: labels }]]))
 * @throws TypeError, RangeError when an array is not as `encodeNpy` takes it, or an option is not as described
 * @example
 * const bytes = encodeNpz(new Map([['codes', { shape: [2], data: Float32Array.of(1, 2) }]]))
 */
export function encodeNpz(arrays: ReadonlyMap<string, NpyArray>, options: Given<typeof ENCODE> = {}): Uint8Array {
  check('encodeNpz', 'arrays', arrays, ARRAYS)
  const { compress } = complete('encodeNpz', options, ENCODE)
  const files: Zippable = {}
  for (const [name, array] of arrays) files[`${name}${SUFFIX}`] = [encodeNpy(array), { level: compress ? 6 : 0, mtime: MTIME }]
  return zipSync(files)
}

/**
 * The arrays in an NPZ file, by their names without `.npy`.
 * @param name what messages call the file
 * @throws TypeError, RangeError when `bytes` is not a Uint8Array, or options are not as described
 * @throws GanglionError when it is no zip file, or too large, or damaged, or one of its arrays is not as `decodeNpy` takes it
 * @example
 * for (const [name, { shape }] of decodeNpz(bytes)) console.log(name, shape)
 */
export function decodeNpz(bytes: Uint8Array, name = 'NPZ data', options: Given<typeof DECODE> = {}): Map<string, NpyArray> {
  checkBytes('decodeNpz', bytes)
  check('decodeNpz', 'name', name, nameRule)
  const { maxBytes } = complete('decodeNpz', options, DECODE)
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    throw new GanglionError(`"${name}" is not an NPZ file: expected a zip file; save it with numpy.savez`)
  }
  const checksums = checksumsOf(bytes)
  if (!checksums) throw damaged(name, 'its directory is not whole, or not where its end says')
  let total = 0
  const sizes = new Map<string, number>()
  unpacked(() => unzipSync(bytes, {
    filter: ({ name: file, size, originalSize, compression }) => {
      if (sizes.has(file)) {
        throw new GanglionError(`"${name}" holds two files "${file}", expected one of each name; save it again`)
      }
      if (compression !== STORED && compression !== DEFLATED) {
        throw new GanglionError(`"${name}" holds "${file}" compressed by method ${compression}, expected none or deflate; ` +
          'save it with numpy.savez_compressed')
      }
      // fflate copies as many bytes as are stored, whatever they are said to unpack to.
      if (compression === STORED && size !== originalSize) throw damaged(name, sizeOf(file, size, originalSize))
      sizes.set(file, originalSize)
      total += originalSize
      if (total > maxBytes) {
        throw new GanglionError(`"${name}" unpacks to more than ${maxBytes} bytes; if it is meant, raise the limit (maxBytes)`)
      }
      return false
    },
  }), name)
  const files = unpacked(() => unzipSync(bytes), name)
  return new Map([...sizes].map(([file, size], i) => {
    const part = files[file]!
    if (part.length !== size) throw damaged(name, sizeOf(file, part.length, size))
    if (crc32.buf(part) !== checksums[i]) throw damaged(name, `"${file}" has another checksum than the directory says`)
    const array = decodeNpy(part, `${name}/${file}`)
    return [file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file, array]
  }))
}

/** Methods of compression: APPNOTE 4.4.5. */
const STORED = 0
const DEFLATED = 8

const sizeOf = (file: string, found: number, said: number): string =>
  `"${file}" has ${found} bytes, and the directory says ${said}`

const damaged = (name: string, why: string, cause?: unknown): GanglionError => (
  new GanglionError(`"${name}" is a damaged zip file: ${why}; save or download it again`, { cause }))

function unpacked<T>(unpack: () => T, name: string): T {
  try {
    return unpack()
  } catch (cause) {
    if (cause instanceof GanglionError) throw cause
    throw damaged(name, (cause as Error).message, cause)
  }
}
