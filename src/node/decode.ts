// The one place where a picture is decoded, of whatever kind. Invariant: what it would take is known before it is unpacked, and
// refused beyond a limit; samples are as the file has them, 8 or 16 bits, and nothing is cut off.
import { crc32, inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { GanglionError } from '../errors.ts'
import { damagedPng, isPng, type PngChunks, pngChunks } from '../formats/png.ts'
import { MOST_BYTES, tooLarge } from './read.ts'

/** A decoder holds a picture some five times over: of what all pictures may take, one may take this much less. */
const HEADROOM = 8
/** What the decoder keeps beside each line of a picture, in bytes. */
const LINE = 256
export const MOST_PICTURE = MOST_BYTES / HEADROOM

export interface Picture {
  readonly width: number
  readonly height: number
  /** Grey or colour; with alpha, 2 or 4, where a pixel is not opaque. */
  readonly channels: 1 | 2 | 3 | 4
  /** Rows from the top: bytes, or 16 bits a sample where the file has them. */
  readonly pixels: Uint8Array | Uint16Array
}

/** What other pictures begin with, of those that people have in folders. */
const OTHERS: readonly (readonly [kind: string, at: number, text: string])[] = [
  ['JPEG', 0, '\xff\xd8\xff'], ['GIF', 0, 'GIF8'], ['WebP', 8, 'WEBP'], ['BMP', 0, 'BM'], ['AVIF', 4, 'ftypavif'],
  ['HEIC', 4, 'ftypheic'], ['TIFF', 0, 'II*\0'], ['TIFF', 0, 'MM\0*'],
]

/**
 * A picture from the bytes of its file.
 * @param most the most bytes that all pictures of its source may take; this one may take an eighth of it
 * @throws GanglionError when it is of a kind that is not read, damaged, or too large
 */
export function decodePicture(bytes: Uint8Array, name: string, most = MOST_BYTES): Picture {
  const other = OTHERS.find(([, at, text]) => latin(bytes.subarray(at, at + text.length)) === text)
  if (other && !isPng(bytes)) throw new GanglionError(`"${name}" is a ${other[0]} picture, expected a PNG file; convert it first`)
  const chunks = pngChunks(bytes, name)
  const { width, height, grey } = chunks
  const rgba = decodeRgba(chunks, name, most, HEADROOM)
  const opaque = rgba.BYTES_PER_ELEMENT === 2 ? 65535 : 255
  let alpha = 0
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== opaque) alpha = 1
  const channels = ((grey ? 1 : 3) + alpha) as Picture['channels']
  const size = width * height * channels
  const pixels = rgba.BYTES_PER_ELEMENT === 2 ? new Uint16Array(size) : new Uint8Array(size)
  const from = grey ? [0, 3] : [0, 1, 2, 3]
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < channels; k++) pixels[i * channels + k] = rgba[4 * i + from[k]!]!
  }
  return { width, height, channels, pixels }
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/**
 * Four samples a pixel, as bytes, or as 16 bits where the file has them.
 * @param headroom the picture may take `most` divided by it
 */
export function decodeRgba(chunks: PngChunks, name: string, most: number, headroom = 1): Uint8Array | Uint16Array {
  const { width, height, depth, length, lines, data, parts } = chunks
  const wide = depth === 16
  const cost = width * height * (wide ? 8 : 4) + lines * LINE
  for (const part of parts.slice(1)) checkCrc(Buffer.from(part.buffer, part.byteOffset, part.length), name)
  if (cost > most / headroom) throw tooLarge(name, cost, most / headroom, cost * headroom)
  const packed = Buffer.concat(data)
  try {
    // What it unpacks to is known to be right before the decoder, which would fill up or cut off, unpacks it once more.
    checkLength(packed, length)
    const { data: samples }: { data: Uint8Array | Uint16Array } = PNG.sync.read(Buffer.concat(parts), { skipRescale: wide })
    return wide ? samples : new Uint8Array(samples.buffer, samples.byteOffset, samples.length)
  } catch (cause) {
    throw damagedPng(name, (cause as Error).message, cause)
  }
}

/** @throws GanglionError when a chunk is not what its checksum was made of */
function checkCrc(whole: Buffer, name: string): void {
  if (crc32(whole.subarray(4, -4)) === whole.readUInt32BE(whole.length - 4)) return
  throw damagedPng(name, `its chunk ${whole.toString('latin1', 4, 8)} was changed, its checksum is another`)
}

/** @throws Error when zlib data unpack to another length */
function checkLength(packed: Uint8Array, length: number): void {
  let found: number
  try {
    found = inflateSync(packed, { maxOutputLength: length, chunkSize: Math.min(Math.max(length + 1, 64), 2 ** 20) }).length
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw cause
    throw new Error(`its data are too long, its header promises ${length} bytes`, { cause })
  }
  if (found < length) throw new Error(`its data are too short, ${found} of ${length} bytes`)
}
