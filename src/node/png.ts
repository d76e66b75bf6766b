// PNG files from pixels and back, by pngjs, in Node. 8 bits a channel, grey or RGB, no alpha when writing.
import { PNG } from 'pngjs'
import { GanglionError } from '../errors.ts'
import type { Pixels } from '../formats/grid.ts'

/** PNG colour types (PNG specification, table 11.1): grey and truecolour. */
const COLOR_TYPE = { 1: 0, 3: 2 } as const

/** How every PNG file begins (PNG specification, 5.2). */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

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

/**
 * The pixels of a PNG file as RGBA bytes, rows from the top.
 * @throws TypeError when `bytes` is not a Uint8Array
 * @throws GanglionError when it is not a PNG file, or a damaged one
 */
export function decodePng(bytes: Uint8Array, name = 'PNG data'): { width: number, height: number, rgba: Uint8Array } {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`decodePng: bytes expected a Uint8Array, got ${typeof bytes}`)
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new GanglionError(`"${name}" is not a PNG file; give one that is`)
  try {
    const { width, height, data } = PNG.sync.read(Buffer.from(bytes))
    return { width, height, rgba: new Uint8Array(data) }
  } catch (cause) {
    throw new GanglionError(`"${name}" is a damaged PNG file, cut short or changed; save or download it again`, { cause })
  }
}
