// The safetensors format: header size (u64, little-endian), a JSON header, then the tensors' bytes, little-endian.
// Source: https://huggingface.co/docs/safetensors (Format). F32 and U32 are written (weights, optimizer state, counters), and U8.
// Invariant: the same tensors give the same bytes on every host (bytes last, names sorted by UTF-16 code unit), and a file is
// read only if its tensors cover its data exactly. Bit patterns of F32 are kept, NaN payloads too.
import { GanglionError } from '../errors.ts'
import { isA } from '../tag.ts'
import { checkBytes } from './bytes.ts'
import { DTYPES } from './dtypes.ts'
import { type Entry, type Header, MAX_HEADER, METADATA, parseHeader, quoted } from './safetensors_header.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

export interface SavedTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Uint32Array
}

/** What is written: bytes too, which are read as f32. */
export interface WrittenTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Uint32Array | Uint8Array
}

export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: Map<string, SavedTensor>
  readonly metadata: Record<string, string>
}

/**
 * The bytes of a safetensors file; its data starts at a multiple of 8.
 * @throws TypeError when data is neither Float32Array nor Uint32Array nor Uint8Array, or a metadata value is not a string
 * @throws RangeError when a shape's product is not its data's length, or a tensor is called `__metadata__`
 * @example
 * const bytes = encodeSafetensors(model.weights(), { author: 'me' })
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, WrittenTensor>, metadata: Record<string, string> = {},
): Uint8Array {
  if (typeof tensors?.get !== 'function') throw new TypeError('encodeSafetensors: tensors expected a Map of tensors by name')
  if (!isA('Object', metadata)) throw new TypeError('encodeSafetensors: metadata expected an object of strings')
  const fields: string[] = []
  const strings = Object.keys(metadata).sort().map(key => {
    if (typeof metadata[key] === 'string') return `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`
    throw new TypeError(`encodeSafetensors: metadata "${key}" expected a string, got ${typeof metadata[key]}`)
  })
  if (strings.length > 0) fields.push(`"${METADATA}":{${strings.join()}}`)
  const names = writtenOrder(tensors)
  let offset = 0
  for (const name of names) {
    const { shape, data } = tensors.get(name)!
    if (name === METADATA) throw new RangeError(`encodeSafetensors: the name "${METADATA}" is reserved; rename the tensor`)
    const dtype = isA('Float32Array', data) ? 'F32' : isA('Uint32Array', data) ? 'U32' : isA('Uint8Array', data) ? 'U8' : ''
    if (!dtype) {
      throw new TypeError(`encodeSafetensors: tensor "${name}" expected a Float32Array, a Uint32Array or a Uint8Array as data`)
    }
    if (!isShape(shape) || product(shape) !== data.length) {
      throw new RangeError(`encodeSafetensors: tensor "${name}" of shape [${shape}] does not fit its ${data.length} values`)
    }
    const next = offset + data.byteLength
    fields.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offset},${next}]}`)
    offset = next
  }
  const json = encodeUtf8(`{${fields.join()}}`)
  const size = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + size + offset).fill(0x20, 8, 8 + size)
  bytes.set(json, 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, size, true)
  let at = 8 + size
  for (const name of names) {
    const { data } = tensors.get(name)!
    if (isA('Uint8Array', data)) {
      bytes.set(data, at)
      at += data.length
      continue
    }
    for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) {
      view.setUint32(at, word, true)
      at += 4
    }
  }
  return bytes
}

/**
 * @internal The names of tensors as a file has them: bytes after what has to lie at a multiple of 4.
 * @example
 * const names = writtenOrder(model.weights())
 */
export const writtenOrder = (tensors: ReadonlyMap<string, WrittenTensor>): string[] =>
  [...tensors.keys()].sort().sort((a, b) => size(tensors.get(b)) - size(tensors.get(a)))

const size = (tensor: WrittenTensor | undefined): number => (isA('Uint8Array', tensor?.data) ? 1 : 4)

/**
 * Reads a safetensors file strictly; tensors are copies in the host's byte order. U32 stays u32, all else becomes f32: F16, BF16,
 * F8_E5M2, F8_E4M3, BOOL and integers of 8 and 16 bits exactly; F64, I32, I64 and U64 rounded to the nearest, ties to even.
 * @param name what messages call the file
 * @throws GanglionError when the file is cut short or too long, its header is not what the format says, tensors
 * overlap, leave holes or share a name, or one is of another dtype
 * @example
 * model.loadWeights(decodeSafetensors(bytes).tensors)
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'safetensors data'): SafetensorsFile {
  const { metadata, entries, start } = readLayout('decodeSafetensors', bytes, name)
  const tensors = new Map<string, SavedTensor>()
  const view = new DataView(bytes.buffer, bytes.byteOffset + start)
  for (const { name: key, dtype, shape, begin, end } of entries) {
    const { size, read } = DTYPES.get(dtype)!
    tensors.set(key, { shape, data: read(view, (end - begin) / size, begin) })
  }
  return { tensors, metadata }
}

/**
 * The shapes of the tensors in a file, of which no data is read. @throws as `decodeSafetensors` does
 * @example
 * for (const [name, { shape }] of safetensorsShapes(bytes)) console.log(name, shape)
 */
export function safetensorsShapes(bytes: Uint8Array, name = 'safetensors data'): Map<string, Pick<SavedTensor, 'shape'>> {
  return new Map(readLayout('safetensorsShapes', bytes, name).entries.map((entry) => [entry.name, entry]))
}

/** @internal */
export interface Layout extends Header {
  /** Where the data begin. */
  readonly start: number
}

/**
 * @internal The header, its tensors in the order of their data, which they cover.
 * @param length of the file, of which `bytes` may be the beginning, with the whole header
 * @example
 * const layout = readLayout('mine', bytes, 'weights.safetensors')
 */
export function readLayout(owner: string, bytes: Uint8Array, name: string, length = bytes?.length): Layout {
  checkBytes(owner, bytes, name)
  const layout = readHeader(bytes, name)
  const { entries, start } = layout
  for (const entry of entries) checkEntry(entry, name)
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { name: key, begin, end } of entries) {
    if (begin < covered) {
      throw damaged(name, `tensor ${quoted(key)} starts at byte ${begin}, inside another that ends at ${covered}`)
    }
    if (begin > covered) throw damaged(name, `no tensor covers bytes ${covered} to ${begin} of its data, before ${quoted(key)}`)
    covered = end
  }
  const found = length - start
  if (found < covered) throw damaged(name, `it is cut short, its tensors take ${covered} bytes of data, found ${found}`)
  if (found > covered) throw damaged(name, `it is too long, its tensors take ${covered} bytes of data, found ${found}`)
  return layout
}

function readHeader(bytes: Uint8Array, name: string): Layout {
  if (bytes.length < 8) throw damaged(name, `the header's size takes 8 bytes, found ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = view.getUint32(0, true) + view.getUint32(4, true) * 0x100000000
  if (size > MAX_HEADER) throw damaged(name, `its header would take ${size} bytes, expected at most ${MAX_HEADER}`)
  if (size > bytes.length - 8) throw damaged(name, `it is cut short, its header takes ${size} bytes, found ${bytes.length - 8}`)
  if (size === 0 || bytes[8] !== 0x7b) throw damaged(name, 'its header does not start with {')
  let text: string
  try {
    text = decodeUtf8(bytes.slice(8, 8 + size))
  } catch (cause) {
    throw damaged(name, 'its header is not UTF-8', cause)
  }
  try {
    return { ...parseHeader(text), start: 8 + size }
  } catch (cause) {
    throw damaged(name, (cause as Error).message, cause)
  }
}

function checkEntry({ name, dtype, shape, begin, end }: Entry, file: string): void {
  const type = DTYPES.get(dtype)
  if (!type) {
    throw new GanglionError(`"${file}" holds tensor ${quoted(name)} as ${quoted(dtype)}, expected ` +
      `${[...DTYPES.keys()].join(', ')}; convert it first`)
  }
  const size = type.size * product(shape)
  if (end - begin === size) return
  throw damaged(file, `tensor ${quoted(name)} (${dtype}, ${list(shape)}) takes ${size} bytes, ` +
    `but its data_offsets span ${end - begin}`)
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0)
}

/** With a 0 in it no other size counts: Infinity times 0 would be NaN. */
function product(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, 1)
}

const list = (shape: readonly number[]): string => `[${shape.slice(0, 8).join()}${shape.length > 8 ? ',…' : ''}]`

function damaged(file: string, what: string, cause?: unknown): GanglionError {
  return new GanglionError(`"${file}" is not a valid safetensors file: ${what}; save or download it again`, { cause })
}
