// PNG files from pixels and back, in Node. Written by pngjs: 8 bits a channel, grey, RGB or RGBA.
import { PNG } from 'pngjs'
import type { Pixels } from '../formats/grid.ts'
import { pngChunks } from '../formats/png.ts'
import { check, complete, count, type Given, isBytes, option, record, rule, shown } from '../options.ts'
import { decodeRgba, MOST_PICTURE } from './decode.ts'

/** PNG colour types (PNG specification, table 11.1): grey, truecolour, and that with alpha. */
const COLOR_TYPE = { 1: 0, 3: 2, 4: 6 } as const

const BYTES = rule('a Uint8Array', isBytes)
const DECODE = {
  /** The most that it may unpack to, 4 bytes a pixel (8 at 16 bits) and 256 a line. Default 128 MiB. */
  maxBytes: option(count, MOST_PICTURE),
}

/**
 * The PNG file of `pixels`: colour type 0 for 1 channel, 2 for 3, 6 for 4.
 * @throws RangeError when there are not width·height·channels bytes
 * @example
 * const png = encodePng({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 255) })
 */
export function encodePng(given: Pixels): Uint8Array {
  check('encodePng', 'the argument', given, record)
  const { width, height, channels, pixels } = given
  check('encodePng', 'pixels', pixels, BYTES)
  check('encodePng', 'width', width, count)
  check('encodePng', 'height', height, count)
  const colorType = channels === 1 || channels === 3 || channels === 4 ? COLOR_TYPE[channels] : undefined
  if (colorType === undefined) {
    throw new RangeError(`encodePng: channels expected 1 (grey), 3 (RGB) or 4 (RGBA), got ${shown(channels)}`)
  }
  if (pixels.length !== width * height * channels || pixels.length === 0) {
    throw new RangeError(`encodePng: pixels expected ${width}x${height}x${channels} bytes, got ${pixels.length}`)
  }
  const png = new PNG({ width, height })
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  return PNG.sync.write(png, { colorType, inputColorType: colorType, bitDepth: 8, inputHasAlpha: channels === 4 })
}

interface Size { readonly width: number, readonly height: number }
/** Four samples a pixel, rows from the top, of as many bits as `depth` says. */
export type Rgba = Size & ({ readonly depth: 8, readonly rgba: Uint8Array } | { readonly depth: 16, readonly rgba: Uint16Array })

/**
 * The pixels of a PNG file as RGBA, bytes, or 16 bits where the file has them. Bytes after its end are ignored.
 * @throws TypeError, RangeError when `bytes` is not a Uint8Array, or options are not as described
 * @throws GanglionError when it is not a PNG file, a damaged one, or one that says that it is larger
 * @example
 * const { width, height, rgba } = decodePng(bytes, 'cat.png')
 */
export function decodePng(bytes: Uint8Array, name = 'PNG data', options: Given<typeof DECODE> = {}): Rgba {
  const { maxBytes } = complete('decodePng', options, DECODE)
  const chunks = pngChunks(bytes, name)
  const rgba = decodeRgba(chunks, name, maxBytes)
  return { width: chunks.width, height: chunks.height, depth: chunks.depth === 16 ? 16 : 8, rgba } as Rgba
}
