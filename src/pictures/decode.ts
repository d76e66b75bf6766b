// The one place where a picture is decoded, of whatever kind, to the same pixels in every runtime. Invariant: what it would take
// is known before it is unpacked, and refused beyond a limit; samples are as the file has them, 8 or 16 bits, and nothing is cut
// off.
import { GanglionError } from '../errors.ts'
import { checkBytes } from '../formats/bytes.ts'
import { check, count, name as nameRule } from '../options.ts'
import { type Decoder, withImageData } from './decoders/host.ts'
import { damagedPicture, NAMES, pictureHeader, type PictureHeader, type PictureKind } from './formats.ts'

/** The most bytes that the pictures of a source may take, unless another limit is given. */
export const MOST_BYTES = 1073741824
/** A decoder holds a picture some five times over: of what all pictures may take, one may take this much less; its file too. */
export const HEADROOM = 8

export interface Picture extends Pick<PictureHeader, 'kind' | 'width' | 'height' | 'grey'> {
  /** Red, green, blue and alpha of each pixel, rows from the top: bytes, or 16 bits a sample where the file has them. */
  readonly rgba: Uint8Array | Uint16Array
  /** Whether every pixel is. */
  readonly opaque: boolean
}

const load: Readonly<Record<PictureKind, () => Promise<{ decoder(): Promise<Decoder> }>>> = {
  // eslint-disable-next-line no-restricted-syntax -- before the first picture of its kind is decoded, and 60 to 90 kB each
  png: () => import('./decoders/png.ts'),
  // eslint-disable-next-line no-restricted-syntax -- as above
  jpeg: () => import('./decoders/jpeg.ts'),
  // eslint-disable-next-line no-restricted-syntax -- as above
  webp: () => import('./decoders/webp.ts'),
}
const loaded = new Map<PictureKind, Promise<Decoder>>()

function decoderOf(kind: PictureKind): Promise<Decoder> {
  let decoder = loaded.get(kind)
  if (!decoder) {
    decoder = load[kind]().then((module) => module.decoder()).catch((cause: Error) => {
      // Of the program's place, not of the file.
      throw new Error(`the decoder of ${NAMES[kind]} files could not be loaded (${cause.message}); ` +
        'see that the files of ganglion are within reach, and try again', { cause })
    })
    decoder.catch(() => loaded.delete(kind))
    loaded.set(kind, decoder)
  }
  return decoder
}

/** One after another: a codec has one memory. */
let last: Promise<unknown> = Promise.resolve()

/**
 * A picture from the bytes of its file: PNG, JPEG or WebP. It is turned as its Exif data say; its gamma and colour profile are
 * left alone.
 * @param name what messages call it
 * @param most the most bytes that all pictures of its source may take; this one may take an eighth of it
 * @throws TypeError, RangeError when an argument is not as described
 * @throws GanglionError when it is of a kind that is not read, damaged, or too large
 * @example
 * const picture = await decodePicture(bytes, 'cat.jpg')
 */
export async function decodePicture(bytes: Uint8Array, name: string, most = MOST_BYTES): Promise<Picture> {
  checkBytes('decodePicture', bytes)
  check('decodePicture', 'name', name, nameRule)
  check('decodePicture', 'most', most, count)
  const next = last.then(() => withImageData(() => decodeNow(bytes, name, most)))
  last = next.catch(() => {})
  return next
}

async function decodeNow(bytes: Uint8Array, name: string, most: number): Promise<Picture> {
  const { kind, grey, cost } = pictureHeader(bytes, name)
  if (cost > most / HEADROOM) throw tooLarge(name, cost, most / HEADROOM, cost * HEADROOM)
  const decode = await decoderOf(kind)
  const pixels = await decode(bytes).catch((cause: Error) => {
    if (cause instanceof GanglionError) throw cause
    throw damagedPicture(kind, name, cause.message, cause)
  })
  if (!pixels) throw damagedPicture(kind, name, 'the decoder refuses its data')
  const { width, height, data } = pixels
  const rgba = data.BYTES_PER_ELEMENT === 2 ? data as Uint16Array
    : new Uint8Array(data.buffer, data.byteOffset, data.length)
  return { kind, grey, width, height, rgba, opaque: isOpaque(rgba) }
}

function isOpaque(rgba: Uint8Array | Uint16Array): boolean {
  const full = rgba.BYTES_PER_ELEMENT === 2 ? 65535 : 255
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== full) return false
  return true
}

/** A file that is refused before it is read. @param needed the limit that would let it pass */
export const tooLong = (what: string, bytes: number, most: number, needed: number): GanglionError =>
  new GanglionError(`"${what}" has ${bytes} bytes, expected at most ${Math.floor(most)}; if it is meant, ` +
    `raise the limit (maxBytes, on the command line --max-bytes) to ${needed}`)

/**
 * What is refused because of what it says that it unpacks to.
 * @param needed the limit that would let it pass
 */
export const tooLarge = (what: string, bytes: number, most: number, needed = bytes): GanglionError =>
  new GanglionError(`"${what}" unpacks to ${bytes} bytes, expected at most ${Math.floor(most)}; ` +
    `if it is meant, raise the limit (maxBytes, on the command line --max-bytes) to ${needed}`)
