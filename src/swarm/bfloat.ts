// Numbers of 16 bits (bfloat16: a float's sign, exponent and 7 bits of its fraction) by stochastic rounding: up or down with the
// probability that keeps the mean. Invariant: a rounded number depends on seed, step, stage, micro-batch and index alone, so that
// anybody rounds it again; it is kept as a float whose lower half is zero.
import { STEP } from '../graph/contract.generated.ts'
import { streamId } from '../ops/random.ts'
import { bytesOf } from './arrays.ts'
import type { Layout } from './reduction.ts'

/** Constants of Philox 4x32-10 (Salmon et al. 2011), as in assembly/lib/philox.ts: multipliers, and what keys grow by. */
const [M0, M1, W0, W1] = [0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85] as const

/** The upper half of a product of 32 bits each. */
function high(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  // 32 bits each, so that nothing is lost.
  const middle = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16)
  const other = (Math.imul(a0, b1) >>> 0) + (middle & 0xffff)
  // A sum of 33 bits at most, whose upper 17 are wanted.
  return (Math.imul(a1, b1) + upper(middle) + upper(other)) | 0
}
const upper = (x: number): number => (x >= 4294967296 ? 65536 + ((x - 4294967296) >>> 16) : x >>> 16)

/** A block of four words, into `out`. */
export function philox(
  out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const h0 = high(c0, M0)
    const h1 = high(c2, M1)
    const l0 = Math.imul(c0, M0)
    c0 = h1 ^ c1 ^ k0
    c1 = Math.imul(c2, M1)
    c2 = h0 ^ c3 ^ k1
    c3 = l0
    k0 = (k0 + W0) | 0
    k1 = (k1 + W1) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

const EXPONENT = 0x7f800000
/** Where in the words of the counters the seed is. */
const SEED = -2

/**
 * Rounds floats to 16 bits, in place. NaN and infinities stay.
 * @param words the counters of a task and their seed
 */
export function roundToBfloat(values: Float32Array, words: readonly number[], stage: number, microBatch: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const [low, up] = [words[STEP]!, words[STEP + 1]!]
  const [k0, k1] = words.slice(SEED) as [number, number]
  const stream = streamId(`gradient ${stage} ${microBatch}`)
  const drawn = new Uint32Array(4)
  // 16 random bits for each number: eight numbers of a block.
  const halves = new Uint16Array(drawn.buffer)
  for (let i = 0; i < bits.length; i++) {
    if (i % 8 === 0) philox(drawn, i / 8, low, up, stream, k0, k1)
    const word = bits[i]!
    if ((word & EXPONENT) === EXPONENT) continue
    bits[i] = ((word + halves[i % 8]!) & 0xffff0000) >>> 0
  }
}

/** How many bytes a result is sent in. */
export const packedBytes = ({ rounded, floats }: Layout): number => 2 * rounded + 4 * (floats - rounded)

/** A result as it is sent: the upper halves of what was rounded, then the other floats; little endian. */
export function pack(values: Float32Array, layout: Layout): Uint8Array {
  const { rounded } = layout
  if (!rounded) return bytesOf(values)
  const packed = new Uint8Array(packedBytes(layout))
  const from = new Uint16Array(values.buffer, values.byteOffset, 2 * rounded)
  const to = new Uint16Array(packed.buffer, 0, rounded)
  for (let i = 0; i < rounded; i++) to[i] = from[2 * i + 1]!
  packed.set(new Uint8Array(values.buffer, values.byteOffset + 4 * rounded, 4 * (values.length - rounded)), 2 * rounded)
  return packed
}

/** The floats of what `pack` gave. */
export function unpack(packed: Uint8Array, { rounded, floats }: Layout): Float32Array {
  if (!rounded && packed.byteOffset % 4 === 0) return new Float32Array(packed.buffer, packed.byteOffset, floats)
  const values = new Float32Array(floats)
  const bytes = new Uint8Array(values.buffer)
  for (let i = 0; i < rounded; i++) {
    bytes[4 * i + 2] = packed[2 * i]!
    bytes[4 * i + 3] = packed[2 * i + 1]!
  }
  bytes.set(packed.subarray(2 * rounded), 4 * rounded)
  return values
}
