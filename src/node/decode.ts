// PNG files at once, without waiting, for `decodePng` (src/pictures decodes all kinds, in workers and in pages). Invariant: what
// it
// would take is known before it is unpacked, and refused beyond a limit; samples are as the file has them, 8 or 16 bits.
import { crc32, inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { damagedPng, type PngChunks } from '../formats/png.ts'
import { MOST_BYTES, tooLarge } from './read.ts'

/** What the decoder keeps beside each line of a picture, in bytes. */
const LINE = 256
/** As one picture of many may take. */
export const MOST_PICTURE = MOST_BYTES / 8

/** Four samples a pixel, as bytes, or as 16 bits where the file has them. */
export function decodeRgba(chunks: PngChunks, name: string, most: number): Uint8Array | Uint16Array {
  const { width, height, depth, length, lines, data, parts } = chunks
  const wide = depth === 16
  const cost = width * height * (wide ? 8 : 4) + lines * LINE
  for (const part of parts.slice(1)) checkCrc(Buffer.from(part.buffer, part.byteOffset, part.length), name)
  if (cost > most) throw tooLarge(name, cost, most)
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
    const options = { maxOutputLength: length, chunkSize: Math.min(Math.max(length + 1, 64), 2 ** 20), info: true }
    const { buffer, engine } = inflateSync(packed, options) as unknown as { buffer: Uint8Array, engine: { bytesWritten: number } }
    found = buffer.length
    if (engine.bytesWritten < packed.length) throw new Error('other data follow its own')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw cause
    throw new Error(`its data are too long, its header promises ${length} bytes`, { cause })
  }
  if (found < length) throw new Error(`its data are too short, ${found} of ${length} bytes`)
}
