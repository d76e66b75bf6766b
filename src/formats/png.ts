// The chunks of a PNG file, checked before anything is unpacked: what the header promises, and how many bytes that takes.
// Source: Portable Network Graphics (PNG) Specification (Third Edition), https://www.w3.org/TR/png-3/, sections 5, 8, 11.
// It unpacks nothing, and compares no checksums. Invariant: `length` is what `data` has to unpack to, no more and no fewer bytes.
import { GanglionError } from '../errors.ts'
import { checkBytes } from './bytes.ts'

/** Colour types (table 11.1): the samples of a pixel, and the depths that they may have. */
const KINDS: Readonly<Record<number, readonly [samples: number, depths: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]], 2: [3, [8, 16]], 3: [1, [1, 2, 4, 8]], 4: [2, [8, 16]], 6: [4, [8, 16]],
}
const PALETTE = 3

export interface PngChunks {
  readonly width: number
  readonly height: number
  /** Bits of a sample. */
  readonly depth: number
  /** Whether pixels are grey: by the colour type, or by all colours of the palette. */
  readonly grey: boolean
  /** What the data unpack to, a filter's byte before each line; and how many lines those are. */
  readonly length: number
  readonly lines: number
  /** The compressed data, in pieces. */
  readonly data: readonly Uint8Array[]
  /** The signature and the chunks that make the picture, whole, with their lengths and CRCs. */
  readonly parts: readonly Uint8Array[]
}

/** How every PNG file begins (5.2). */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** The passes of Adam7 (8.1): the first pixel of each, and its steps. */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const
const WHOLE = [[0, 0, 1, 1]] as const
const MAKES_PICTURE = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte)

export const damagedPng = (name: string, what: string, cause?: unknown): GanglionError =>
  new GanglionError(`"${name}" is a damaged PNG file: ${what}; save or download it again`, { cause })

/** A picture that is unpacked within its limit has some thousands. */
const MOST_CHUNKS = 100000

interface Chunk { readonly type: string, readonly whole: Uint8Array, readonly content: Uint8Array }

/** The chunks up to IEND; bytes after it are nobody's. */
function* chunksOf(bytes: Uint8Array, name: string): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = SIGNATURE.length, type = '', count = 1; type !== 'IEND'; count++) {
    if (count > MOST_CHUNKS) {
      throw new GanglionError(`"${name}" has more than ${MOST_CHUNKS} PNG chunks, expected some thousands at most; save it again`)
    }
    if (at + 12 > bytes.length) throw damagedPng(name, 'it is cut short, its last chunk is not IEND')
    const length = view.getUint32(at)
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (!/^[A-Za-z]{4}$/.test(type)) throw damagedPng(name, `at byte ${at} no chunk begins`)
    const end = at + 12 + length
    if (end > bytes.length) throw damagedPng(name, `it is cut short, its chunk ${type} at byte ${at} takes ${length} bytes`)
    yield { type, whole: bytes.subarray(at, end), content: bytes.subarray(at + 8, end - 4) }
    at = end
  }
}

/**
 * The chunks that make the picture of a PNG file.
 * @throws TypeError when `bytes` is not a Uint8Array
 * @throws GanglionError when it is not a PNG file, or one whose chunks are not as the specification says
 */
export function pngChunks(bytes: Uint8Array, name: string): PngChunks {
  checkBytes('decodePng', bytes, name)
  if (!isPng(bytes)) throw new GanglionError(`"${name}" is not a PNG file; give one that is`)
  const parts: Uint8Array[] = [bytes.subarray(0, SIGNATURE.length)]
  const data: Uint8Array[] = []
  let header: Header | undefined
  let palette: Uint8Array | undefined
  let [last, transparency] = ['', false]
  for (const { type, whole, content } of chunksOf(bytes, name)) {
    if (!header !== (type === 'IHDR')) throw damagedPng(name, 'its first chunk, and no other, has to be IHDR')
    header ??= readHeader(content, name)
    if (type === 'PLTE') {
      if (palette || data.length) throw damagedPng(name, 'PLTE stands twice, or after the data')
      palette = content
      checkPalette(header, palette, name)
    } else if (type === 'tRNS') {
      if (transparency || data.length) throw damagedPng(name, 'tRNS stands twice, or after the data')
      transparency = true
      checkTransparency(header, content, palette, name)
    } else if (type === 'IDAT') {
      if (data.length && last !== type) throw damagedPng(name, 'another chunk stands between those of its data')
      data.push(content)
    } else if (/^[A-Z]/.test(type) && !MAKES_PICTURE.includes(type)) {
      throw new GanglionError(`"${name}" needs the PNG chunk ${type}, which is not known here; save it as a plain PNG file`)
    }
    last = type
    // Palettes of other kinds are suggestions.
    const needed = type !== 'PLTE' || header.colorType === PALETTE
    if (MAKES_PICTURE.includes(type) && needed) parts.push(whole)
  }
  if (!data.length) throw damagedPng(name, 'it has no data')
  const { width, height, depth, colorType, length, lines } = header!
  if (colorType === PALETTE && !palette) throw damagedPng(name, 'it has no palette')
  const colours = colorType === PALETTE ? palette! : Uint8Array.of()
  const grey = colorType === PALETTE ? colours.every((value, i) => value === colours[i - (i % 3)]) : !(colorType & 2)
  return { width, height, depth, grey, length, lines, data, parts }
}

interface Header {
  readonly width: number, readonly height: number, readonly depth: number, readonly colorType: number
  readonly length: number, readonly lines: number
}

function readHeader(content: Uint8Array, name: string): Header {
  if (content.length !== 13) throw damagedPng(name, `IHDR takes 13 bytes, found ${content.length}`)
  const view = new DataView(content.buffer, content.byteOffset, 13)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, colorType, compression, filter, interlace] = content.subarray(8) as unknown as readonly [number, ...number[]]
  const [samples, depths] = KINDS[colorType!] ?? [0, []]
  if (!width || !height || Math.max(width, height) > 0x7fffffff) throw damagedPng(name, `it is ${width}x${height} pixels`)
  if (!depths.includes(depth)) throw damagedPng(name, `no PNG has the colour type ${colorType} with ${depth} bits`)
  if (compression || filter || interlace! > 1) {
    throw damagedPng(name, `no PNG has the methods ${compression} (compression), ${filter} (filter), ${interlace} (interlace)`)
  }
  let [length, lines] = [0, 0]
  for (const [left, top, dx, dy] of interlace ? ADAM7 : WHOLE) {
    const [columns, rows] = [Math.ceil((width - left) / dx), Math.ceil((height - top) / dy)]
    if (columns < 1 || rows < 1) continue
    length += rows * (1 + Math.ceil(columns * samples * depth / 8))
    lines += rows
  }
  return { width, height, depth, colorType: colorType!, length, lines }
}

function checkPalette({ colorType, depth }: Header, { length }: Uint8Array, name: string): void {
  const most = colorType === PALETTE ? 1 << depth : 256
  if (length % 3 || length < 3 || length > 3 * most) {
    throw damagedPng(name, `its palette has ${length} bytes, expected three for each of 1 to ${most} colours`)
  }
}

function checkTransparency({ colorType }: Header, { length }: Uint8Array, palette: Uint8Array | undefined, name: string): void {
  const expected: Readonly<Record<number, boolean>> = {
    0: length === 2, 2: length === 6, 3: palette !== undefined && length <= palette.length / 3,
  }
  if (!expected[colorType]) throw damagedPng(name, `its tRNS of ${length} bytes does not fit its colour type ${colorType}`)
}
