// PNG by Rust's png crate, as jSquash compiles it: bytes, or 16 bits where the file has them. Gamma and profiles are left alone.
import { decode, decode_rgba16, initSync } from '@jsquash/png/codec/pkg/squoosh_png.js'
import { Unzlib } from 'fflate'
import { pngChunks } from '../../formats/png.ts'
import { wasm } from '../wasm/png.generated.ts'
import { compiled, type Decoder, type Pixels } from './host.ts'

export async function decoder(): Promise<Decoder> {
  initSync(await compiled(wasm))
  return async (bytes) => {
    const { depth, data, length, parts } = pngChunks(bytes, '')
    // It takes data that are too long, looks at no checksum once it has all pixels, and says of others only that they are wrong.
    for (const part of parts.slice(1)) checkCrc(part)
    checkData(joined(data), length)
    const file = joined(parts)
    try {
      return depth === 16 ? wide(file) : decode(file)
    } catch (cause) {
      throw new Error('its chunks or their checksums are wrong', { cause })
    }
  }
}

function wide(file: Uint8Array): Pixels {
  const picture = decode_rgba16(file)
  const { width, height, data } = picture
  const pixels = { width, height, data: data.slice() }
  picture.free()
  return pixels
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Bytes that are unpacked at a time: 16 MiB come of them at most, so data that are far too long are soon known for such. */
const PIECE = 16384

/** CRC-32 as PNG has it (annex D of its specification), of half a byte. */
const CRC = /* @__PURE__ */ Uint32Array.from({ length: 16 }, (_, n) => {
  let c = n
  for (let k = 0; k < 4; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** @throws Error when a chunk is not what its checksum was made of */
function checkCrc(whole: Uint8Array): void {
  let crc = 0xffffffff
  for (let i = 4; i < whole.length - 4; i++) {
    crc ^= whole[i]!
    crc = CRC[crc & 15]! ^ (crc >>> 4)
    crc = CRC[crc & 15]! ^ (crc >>> 4)
  }
  if ((~crc >>> 0) === bigEndian(whole)) return
  throw new Error(`its chunk ${String.fromCharCode(...whole.subarray(4, 8))} was changed, its checksum is another`)
}

/** The last four bytes. */
const bigEndian = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4)

/** The modulus of Adler-32 (RFC 1950, 8.2), and how many bytes can be added up before it is due. */
const [BASE, MOST_ADDED] = [65521, 3800]

/** @throws Error when zlib data unpack to another length, or are not what their checksum was made of */
function checkData(packed: Uint8Array, length: number): void {
  let [found, a, b] = [0, 1, 0]
  const stream = new Unzlib((chunk) => {
    found += chunk.length
    for (let at = 0; at < chunk.length; at += MOST_ADDED) {
      const end = Math.min(chunk.length, at + MOST_ADDED)
      for (let i = at; i < end; i++) b += a += chunk[i]!
      a %= BASE
      b %= BASE
    }
  })
  for (let at = 0; at < packed.length && found <= length; at += PIECE) {
    stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length)
  }
  if (found > length) throw new Error(`its data are too long, its header promises ${length} bytes`)
  if (found < length) throw new Error(`its data are too short, ${found} of ${length} bytes`)
  if (b * 65536 + a !== bigEndian(packed)) throw new Error('its data were changed, or others follow: their checksum is another')
}
