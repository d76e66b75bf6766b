// PNG files from pixels and back, in Node. Written by pngjs: 8 bits a channel, grey or RGB, no alpha.
import { PNG } from 'pngjs'
import type { Pixels } from '../formats/grid.ts'
import { pngChunks } from '../formats/png.ts'
import { checkOptions, count } from '../options.ts'
import { decodeRgba, MOST_PICTURE } from './decode.ts'

/** PNG colour types (PNG specification, table 11.1): grey and truecolour. */
const COLOR_TYPE = { 1: 0, 3: 2 } as const

/**
 * The PNG file of `pixels`: colour type 0 for 1 channel, 2 for 3.
 * @throws RangeError when there are not width·height·channels bytes
 */
export function encodePng({ width, height, channels, pixels }: Pixels): Uint8Array {
  const colorType = COLOR_TYPE[channels]
  if (colorType === undefined) throw new RangeError(`encodePng: channels expected 1 (grey) or 3 (RGB), got ${channels}`)
  if (pixels.length !== width * height * channels || pixels.length === 0) {
    throw new RangeError(`encodePng: pixels expected ${width}x${height}x${channels} bytes, got ${pixels.length}`)
  }
  const png = new PNG({ width, height })
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  return PNG.sync.write(png, { colorType, inputColorType: colorType, bitDepth: 8, inputHasAlpha: false })
}

interface Size { readonly width: number, readonly height: number }
/** Four samples a pixel, rows from the top, of as many bits as `depth` says. */
export type Rgba = Size & ({ readonly depth: 8, readonly rgba: Uint8Array } | { readonly depth: 16, readonly rgba: Uint16Array })

/**
 * The pixels of a PNG file as RGBA, bytes, or 16 bits where the file has them. Bytes after its end are ignored.
 * @param options `maxBytes` is the most that it may unpack to, 4 bytes a pixel (8 at 16 bits) and 256 a line: 128 MiB by default
 * @throws TypeError, RangeError when `bytes` is not a Uint8Array, or options are not as described
 * @throws GanglionError when it is not a PNG file, a damaged one, or one that says that it is larger
 */
export function decodePng(bytes: Uint8Array, name = 'PNG data', options: { maxBytes?: number } = {}): Rgba {
  checkOptions('decodePng', options, { maxBytes: count })
  const chunks = pngChunks(bytes, name)
  const rgba = decodeRgba(chunks, name, options.maxBytes ?? MOST_PICTURE)
  return { width: chunks.width, height: chunks.height, depth: chunks.depth === 16 ? 16 : 8, rgba } as Rgba
}
