// The safetensors format: header size (u64, little-endian), a JSON header, then the tensors' bytes, little-endian.
// Source: https://huggingface.co/docs/safetensors (Format). F32 and U32 only: weights, optimizer state and counters.
// Invariant: the same tensors give the same bytes on every host (names sorted by UTF-16 code unit), and a file is
// read only if its tensors cover its data exactly. Bit patterns are kept, NaN payloads too.
import { GanglionError } from '../errors.ts'
import { isA } from '../tag.ts'

export interface SavedTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Uint32Array
}

export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: Map<string, SavedTensor>
  readonly metadata: Record<string, string>
}

interface Entry { name: string, dtype: string, shape: number[], begin: number, end: number }

/** The reference implementation's limit on the header, in bytes. */
const MAX_HEADER = 100_000_000
const METADATA = '__metadata__'

/**
 * The bytes of a safetensors file; its data starts at a multiple of 8.
 * @throws TypeError when data is neither Float32Array nor Uint32Array, or a metadata value is not a string
 * @throws RangeError when a shape's product is not its data's length, or a tensor is called `__metadata__`
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, SavedTensor>, metadata: Record<string, string> = {}): Uint8Array {
  const fields: string[] = []
  const strings = Object.keys(metadata).sort().map(key => {
    if (typeof metadata[key] === 'string') return `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`
    throw new TypeError(`encodeSafetensors: metadata "${key}" expected a string, got ${typeof metadata[key]}`)
  })
  if (strings.length > 0) fields.push(`"${METADATA}":{${strings.join()}}`)
  const names = [...tensors.keys()].sort()
  let offset = 0
  for (const name of names) {
    const { shape, data } = tensors.get(name)!
    if (name === METADATA) throw new RangeError(`encodeSafetensors: the name "${METADATA}" is reserved; rename the tensor`)
    if (!isA('Float32Array', data) && !isA('Uint32Array', data)) {
      throw new TypeError(`encodeSafetensors: tensor "${name}" expected a Float32Array or a Uint32Array as data`)
    }
    if (!isShape(shape) || product(shape) !== data.length) {
      throw new RangeError(`encodeSafetensors: tensor "${name}" of shape [${shape}] does not fit its ${data.length} values`)
    }
    const dtype = isA('Float32Array', data) ? 'F32' : 'U32'
    const next = offset + data.byteLength
    fields.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offset},${next}]}`)
    offset = next
  }
  const json = new TextEncoder().encode(`{${fields.join()}}`)
  const size = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + size + offset).fill(0x20, 8, 8 + size)
  bytes.set(json, 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, size, true)
  let at = 8 + size
  for (const name of names) {
    const { data } = tensors.get(name)!
    for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) {
      view.setUint32(at, word, true)
      at += 4
    }
  }
  return bytes
}

/**
 * Reads a safetensors file strictly; tensors are copies in the host's byte order.
 * @param name what messages call the file
 * @throws GanglionError when the file is cut short or too long, its header is not what the format says, tensors
 * overlap, leave holes or share a name, or a dtype is neither F32 nor U32
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'safetensors data'): SafetensorsFile {
  const { header, start } = readHeader(bytes, name)
  const metadata: Record<string, string> = {}
  const entries: Entry[] = []
  for (const [key, value] of Object.entries(header)) {
    if (key === METADATA) Object.assign(metadata, checkMetadata(value, name))
    else entries.push(checkEntry(key, value, name))
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { name: key, begin, end } of entries) {
    if (begin < covered) throw damaged(name, `tensor "${key}" starts at byte ${begin}, inside another that ends at ${covered}`)
    if (begin > covered) throw damaged(name, `no tensor covers bytes ${covered} to ${begin} of its data, before "${key}"`)
    covered = end
  }
  const found = bytes.length - start
  if (found < covered) throw damaged(name, `it is cut short, its tensors take ${covered} bytes of data, found ${found}`)
  if (found > covered) throw damaged(name, `it is too long, its tensors take ${covered} bytes of data, found ${found}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, found)
  const tensors = new Map<string, SavedTensor>()
  for (const { name: key, dtype, shape, begin, end } of entries) {
    const words = new Uint32Array((end - begin) / 4)
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(begin + 4 * i, true)
    tensors.set(key, { shape, data: dtype === 'F32' ? new Float32Array(words.buffer) : words })
  }
  return { tensors, metadata }
}

function readHeader(bytes: Uint8Array, name: string): { header: object, start: number } {
  if (!isA('Uint8Array', bytes)) throw new TypeError(`decodeSafetensors: bytes expected a Uint8Array, got ${typeof bytes}`)
  if (bytes.length < 8) throw damaged(name, `the header's size takes 8 bytes, found ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = view.getUint32(0, true) + view.getUint32(4, true) * 0x100000000
  if (size > MAX_HEADER) throw damaged(name, `its header would take ${size} bytes, expected at most ${MAX_HEADER}`)
  if (size > bytes.length - 8) throw damaged(name, `it is cut short, its header takes ${size} bytes, found ${bytes.length - 8}`)
  if (size === 0 || bytes[8] !== 0x7b) throw damaged(name, 'its header does not start with {')
  let text: string, header: object
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(8, 8 + size))
    header = JSON.parse(text) as object
  } catch (cause) {
    throw damaged(name, 'its header is not JSON', cause)
  }
  const twice = repeatedKey(text)
  if (twice !== undefined) throw damaged(name, `its header names "${twice}" twice`)
  return { header, start: 8 + size }
}

/** JSON.parse keeps the last of two equal keys without a word; this finds one, at the top level of valid JSON. */
function repeatedKey(text: string): string | undefined {
  const seen = new Set<string>()
  let depth = 0
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/g)) {
    if (string === undefined) depth += token === '{' || token === '[' ? 1 : -1
    else if (depth === 1 && colon) {
      const key = JSON.parse(string) as string
      if (seen.has(key)) return key
      seen.add(key)
    }
  }
  return undefined
}

function checkMetadata(value: unknown, file: string): Record<string, string> {
  const valid = typeof value === 'object' && value !== null && !Array.isArray(value) &&
    Object.values(value).every(v => typeof v === 'string')
  if (!valid) throw damaged(file, `"${METADATA}" is not an object of strings`)
  return value as Record<string, string>
}

function checkEntry(name: string, value: unknown, file: string): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>
  if (typeof dtype !== 'string' || !isShape(shape) || !isShape(offsets) || offsets.length !== 2) {
    throw damaged(file, `tensor "${name}" expected a dtype, a shape and two data_offsets, found ${JSON.stringify(value)}`)
  }
  if (dtype !== 'F32' && dtype !== 'U32') {
    throw new GanglionError(`"${file}" holds tensor "${name}" as ${dtype}, expected F32 or U32; convert it first`)
  }
  const [begin, end] = offsets as [number, number]
  const size = 4 * product(shape)
  if (end - begin !== size) {
    throw damaged(file, `tensor "${name}" (${dtype}, [${shape}]) takes ${size} bytes, but its data_offsets span ${end - begin}`)
  }
  return { name, dtype, shape, begin, end }
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0)
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

function damaged(file: string, what: string, cause?: unknown): GanglionError {
  return new GanglionError(`"${file}" is not a valid safetensors file: ${what}; save or download it again`, { cause })
}
