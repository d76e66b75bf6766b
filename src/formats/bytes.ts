// The bytes of a file, as every reader is given them, and the sizes that a file says, for messages.
import { isA } from '../tag.ts'

/**
 * @param name what messages call the file
 * @throws TypeError when `bytes` is not a Uint8Array, or `name` no string
 */
export function checkBytes(owner: string, bytes: unknown, name: unknown = ''): asserts bytes is Uint8Array {
  if (!isA('Uint8Array', bytes)) throw new TypeError(`${owner}: bytes expected a Uint8Array, got ${typeof bytes}`)
  if (typeof name !== 'string') throw new TypeError(`${owner}: name expected a string, got ${typeof name}`)
}

/** The sizes of an array, of which a file may say hundreds: the first few, and how many there are. */
export const sizesShown = (shape: readonly number[], between: string): string =>
  shape.length > 8 ? `${shape.slice(0, 8).join(between)}${between}…, ${shape.length} sizes` : shape.join(between)
