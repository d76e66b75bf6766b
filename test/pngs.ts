// PNG files of every kind, made here byte by byte, so that decoders are held against something that is not one of them.
import { crc32, deflateSync } from 'node:zlib'

export interface Made {
  readonly width: number
  readonly height: number
  readonly colorType: number
  readonly depth: number
  readonly interlaced?: boolean
  /** Samples of a pixel after one another, rows from the top. */
  readonly samples: ArrayLike<number>
  /** Chunks before the data. */
  readonly before?: readonly Uint8Array[]
}

export const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const PASSES = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const

export function chunk(type: string, content: Uint8Array = new Uint8Array()): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, crc])
}

export function header({ width, height, depth, colorType, interlaced = false }: Omit<Made, 'samples'>): Uint8Array {
  const content = Buffer.alloc(13)
  content.writeUInt32BE(width)
  content.writeUInt32BE(height, 4)
  content.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8)
  return chunk('IHDR', content)
}

export const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** A file of these chunks. */
export const file = (...chunks: readonly Uint8Array[]): Uint8Array => Buffer.concat([SIGNATURE, ...chunks])

export const png = (made: Made): Uint8Array =>
  file(header(made), ...(made.before ?? []), chunk('IDAT', deflateSync(lines(made))), chunk('IEND'))

/** The lines of all passes, with the filters none and sub in turn. */
export function lines({ width, height, colorType, depth, interlaced, samples }: Made): Uint8Array {
  const each = SAMPLES[colorType]!
  const all: number[] = []
  const step = Math.max(1, each * depth / 8)
  for (const [left, top, dx, dy] of interlaced ? PASSES : [[0, 0, 1, 1]] as const) {
    for (let y = top, n = 0; y < height; y += dy, n++) {
      const bits: number[] = []
      for (let x = left; x < width; x += dx) {
        for (let k = 0; k < each; k++) {
          const sample = samples[(y * width + x) * each + k]!
          for (let b = depth - 1; b >= 0; b--) bits.push((sample >> b) & 1)
        }
      }
      if (!bits.length) continue
      const line = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => (
        Array.from({ length: 8 }, (__, b) => (bits[8 * i + b] ?? 0) << (7 - b)).reduce((a, b) => a | b)
      ))
      all.push(n % 2, ...line.map((byte, i) => (n % 2 ? (byte - (line[i - step] ?? 0)) & 255 : byte)))
    }
  }
  return Uint8Array.from(all)
}
