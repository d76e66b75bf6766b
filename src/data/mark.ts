// Marks of arrays, by which it is seen that one was changed in place: a changed word always gives another mark, several changed
// words nearly always. They are compared with marks of the same process alone.
import { builtin } from '../host.ts'

/**
 * CRC-32 by Node's zlib, of 4 GiB at most, which no model holds; `markOfWords` where there is none. In a program that has just
 * begun, zlib takes a tenth of its time.
 */
export const markOf = (view: ArrayBufferView): number =>
  builtin('zlib')?.crc32?.(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) ?? markOfWords(view)

/** FNV's prime (RFC 9923). */
const PRIME = 16777619
const SHIFT = 15
/** One to one in both. Without the shift the highest bit, a float's sign, would change no other, and two of them cancel. */
function mixed(mark: number, word: number): number {
  const product = Math.imul(mark ^ word, PRIME)
  return product ^ (product >>> SHIFT)
}
/** Bytes of a word. */
const WORD = 4

/** Words in four lanes, for speed, and the bytes before and after them: FNV-1a with a shift. */
export function markOfWords({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
  const end = byteOffset + byteLength
  const first = Math.min(end, Math.ceil(byteOffset / WORD) * WORD)
  const words = new Int32Array(buffer, first - (first % WORD), Math.floor((end - first) / WORD))
  let [a, b, c, d] = [byteLength | 0, 1, 2, 3]
  let i = 0
  // mixed() written out: it is the first long loop of a program, and an engine that has yet to warm up does not inline calls.
  for (; i + 3 < words.length; i += 4) {
    a = Math.imul(a ^ words[i]!, PRIME)
    b = Math.imul(b ^ words[i + 1]!, PRIME)
    c = Math.imul(c ^ words[i + 2]!, PRIME)
    d = Math.imul(d ^ words[i + 3]!, PRIME)
    a ^= a >>> SHIFT
    b ^= b >>> SHIFT
    c ^= c >>> SHIFT
    d ^= d >>> SHIFT
  }
  const mix = (x: number): void => void (a = mixed(a, x))
  for (; i < words.length; i++) mix(words[i]!)
  new Uint8Array(buffer, byteOffset, first - byteOffset).forEach(mix)
  const rest = first + WORD * words.length
  new Uint8Array(buffer, rest, end - rest).forEach(mix)
  for (const lane of [b, c, d]) mix(lane)
  return a
}

/** All typed arrays in an object, in their order. */
function viewsOf(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(viewsOf) : []
}
/** The marks of all typed arrays in an object, in their order. */
export const marksOf = (value: unknown): Map<ArrayBufferView, number> =>
  new Map(viewsOf(value).map((view) => [view, markOf(view)]))
/** Whether an object holds other values than when it had these marks; not where it had none. */
export function isOther(value: object, marks: ReadonlyMap<ArrayBufferView, number>): boolean {
  const before = [...marks.values()]
  return before.length > 0 && [...marksOf(value).values()].some((mark, i) => mark !== before[i])
}

/** What a dataset is answered with whose arrays were changed. */
export const changed = (where: string, { name }: { readonly name: string }): RangeError => new RangeError(
  `${where}: an array of '${name}' was changed after a model copied it; call imageDataset() again for what it holds now`)
