// Damaged inputs, as fast-check makes them: a whole one with a few edits, which shrink to the fewest that matter.
import fc from 'fast-check'
import { crc32 } from 'node:zlib'

interface Edit { readonly kind: number, readonly at: number, readonly value: number, readonly bytes: Uint8Array }

/** Numbers at which sizes and offsets go wrong. */
const LIMITS = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.nat(7), at: fc.nat(), value: fc.nat(), bytes: fc.uint8Array({ maxLength: 12 }),
})

function edited(input: Uint8Array, { kind, at: anywhere, value, bytes }: Edit): Uint8Array {
  const at = anywhere % (input.length + 1)
  const [before, after] = [input.subarray(0, at), input.subarray(at)]
  const changed = Buffer.from(input)
  switch (kind) {
    case 0:
      if (at < input.length) changed[at] = changed[at]! ^ (1 << (value % 8))
      return changed
    case 1:
      if (at < input.length) changed[at] = value % 256
      return changed
    case 2: return Buffer.concat([before, bytes, after])
    case 3: return Buffer.concat([before, after.subarray(1 + value % 64)])
    case 4: return before
    case 5:
      if (at + 4 <= input.length) changed.writeUInt32BE(LIMITS[value % LIMITS.length]!, at)
      return changed
    case 6:
      if (at + 4 <= input.length) changed.writeUInt32LE(LIMITS[value % LIMITS.length]!, at)
      return changed
    default: return Buffer.concat([before, after.subarray(0, value % 256), after])
  }
}

/** One of these inputs with up to six edits; now and then, bytes of no meaning. */
export const damaged = (...inputs: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> => fc.oneof(
  { weight: 30, arbitrary: fc.tuple(fc.constantFrom(...inputs), fc.array(edit, { maxLength: 6 })).map(([input, edits]) => (
    edits.reduce(edited, input)
  )) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
)

/** The chunks of a PNG file with the checksums that they should have, as far as there are chunks. */
export function mended(png: Uint8Array): Uint8Array {
  const bytes = Buffer.from(png)
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end - 4)), end - 4)
    at = end
  }
  return bytes
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What JSON can hold, and what a number or a key can be at worst. */
const anyJson = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(-0, -1, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, 205000, '', '__proto__', 'constructor', [], {}, null),
)

/** A value in whose depths one to three things are replaced, removed or added. */
export const damagedJson = (value: Json): fc.Arbitrary<Json> =>
  fc.array(fc.record({ path: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), to: fc.option(anyJson), key: fc.string() }), {
    minLength: 1, maxLength: 3,
  }).map((changes) => changes.reduce((json, { path, to, key }) => changedAt(json, path, to, key), value))

function changedAt(json: Json, [step, ...rest]: readonly number[], to: Json, key: string): Json {
  if (step === undefined || typeof json !== 'object' || json === null) return to
  const entries = Object.entries(json)
  if (!entries.length || (!rest.length && step % 7 === 0)) {
    return Array.isArray(json) ? [...json as Json[], to] : { ...json, [key]: to }
  }
  const [name, child] = entries[step % entries.length]!
  if (!rest.length && step % 5 === 0) return Object.fromEntries(entries.filter(([other]) => other !== name))
  const value = changedAt(child, rest, to, key)
  return Array.isArray(json) ? json.map((each: Json, i) => (String(i) === name ? value : each)) : { ...json, [name]: value }
}
