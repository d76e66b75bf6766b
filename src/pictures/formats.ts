// What a picture's file says of itself, before anything is decoded: its kind, its size and what decoding would take.
// Sources: PNG (src/formats/png.ts); JPEG, ITU-T T.81 annex B, and Exif 2.32 §4.6; WebP, RFC 9649 §2.
// Invariant: no decoder is given what is larger than its header says, or of a kind that it does not know.
import { GanglionError } from '../errors.ts'
import { isPng, type PngChunks, pngChunks } from '../formats/png.ts'
import { jpegHeader } from './jpeg_header.ts'
import { webpHeader } from './webp_header.ts'

export type PictureKind = 'png' | 'jpeg' | 'webp'

export interface PictureHeader {
  readonly kind: PictureKind
  /** As the picture is looked at: turned, where its Exif data say so. */
  readonly width: number
  readonly height: number
  /** Whether its file has no colours. */
  readonly grey: boolean
  /** Bits of a sample. */
  readonly depth: 8 | 16
  /** The bytes that decoding takes. */
  readonly cost: number
  /** Of a PNG file. */
  readonly chunks?: PngChunks
}

/** What is kept beside each line of a PNG file, in bytes. */
const LINE = 256
export const NAMES = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP' } as const

/** What other pictures begin with, of those that people have in folders. */
const OTHERS: readonly (readonly [kind: string, at: number, text: string])[] = [
  ['GIF', 0, 'GIF8'], ['BMP', 0, 'BM'], ['AVIF', 4, 'ftypavif'], ['HEIC', 4, 'ftypheic'], ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'], ['JPEG XL', 0, '\xff\x0a'],
]

const says = (bytes: Uint8Array, at: number, text: string): boolean =>
  String.fromCharCode(...bytes.subarray(at, at + text.length)) === text

export function kindOf(bytes: Uint8Array): PictureKind | undefined {
  if (isPng(bytes)) return 'png'
  if (says(bytes, 0, '\xff\xd8\xff')) return 'jpeg'
  return says(bytes, 0, 'RIFF') && says(bytes, 8, 'WEBP') ? 'webp' : undefined
}

/**
 * The header of a PNG, JPEG or WebP file, whatever it is called.
 * @throws GanglionError when it is of another kind, damaged, or one of a kind that is not read (CMYK, animated)
 */
export function pictureHeader(bytes: Uint8Array, name: string): PictureHeader {
  const kind = kindOf(bytes)
  if (kind === 'jpeg') return { kind, depth: 8, ...jpegHeader(bytes, name) }
  if (kind === 'webp') {
    const { width, height } = webpHeader(bytes, name)
    // Its pixels, and as much for the decoder's own.
    return { kind, width, height, grey: false, depth: 8, cost: 8 * width * height }
  }
  if (kind === 'png') {
    const chunks = pngChunks(bytes, name)
    const { width, height, grey, lines } = chunks
    const depth = chunks.depth === 16 ? 16 : 8
    return { kind, width, height, grey, depth, cost: width * height * (depth / 2) + lines * LINE, chunks }
  }
  const other = OTHERS.find(([, at, text]) => says(bytes, at, text))?.[0]
  throw new GanglionError(`"${name}" is ${other ? `${/^[AEIO]/.test(other) ? 'an' : 'a'} ${other} picture` : 'no picture that is known here'}, ` +
    'expected PNG, JPEG or WebP; convert it first')
}

export const damagedPicture = (kind: PictureKind, name: string, what: string, cause?: unknown): GanglionError =>
  new GanglionError(`"${name}" is a damaged ${NAMES[kind]} file: ${what}; save or download it again`, { cause })
