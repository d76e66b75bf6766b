// Digests of numbers. Engines may choose a NaN's sign and payload, so here, and nowhere else, every NaN is made the same
// before its bits are hashed.
import { sha256 } from '../formats/sha256.ts'
import { isA } from '../tag.ts'

export type Numbers = Float32Array | Float64Array | Uint32Array

/** SHA-256 over each part's length (u32) and canonical bytes, little endian. */
export const digestOf = (parts: readonly Numbers[]): Promise<string> =>
  sha256(parts.flatMap((part) => [new Uint8Array(Uint32Array.of(part.length).buffer), canonicalBytes(part)]))

/** The bits of a quiet positive NaN without payload: the high word of an f64, too. */
const NAN32 = 0x7fc00000
const NAN64 = 0x7ff80000

/** A copy of the numbers' bytes, with one NaN for all: written as words, because engines choose the bits of `NaN` too. */
export function canonicalBytes(numbers: Numbers): Uint8Array {
  const copy = numbers.slice()
  const words = new Uint32Array(copy.buffer)
  if (isA('Float32Array', numbers)) {
    for (let i = 0; i < numbers.length; i++) if (numbers[i] !== numbers[i]) words[i] = NAN32
  } else if (isA('Float64Array', numbers)) {
    for (let i = 0; i < numbers.length; i++) if (numbers[i] !== numbers[i]) words.set([0, NAN64], 2 * i)
  }
  return new Uint8Array(copy.buffer)
}
