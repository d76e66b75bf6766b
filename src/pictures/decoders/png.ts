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
    // It takes data that are too long, and says of others only that they are wrong.
    checkLength(joined(data), length)
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

/** @throws Error when zlib data unpack to another length */
function checkLength(packed: Uint8Array, length: number): void {
  let found = 0
  const stream = new Unzlib((chunk) => { found += chunk.length })
  for (let at = 0; at < packed.length && found <= length; at += PIECE) {
    stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length)
  }
  if (found > length) throw new Error(`its data are too long, its header promises ${length} bytes`)
  if (found < length) throw new Error(`its data are too short, ${found} of ${length} bytes`)
}
