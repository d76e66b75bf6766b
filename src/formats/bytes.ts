// The bytes of a file, as every reader is given them.
import { isA } from '../tag.ts'

/** @throws TypeError when `bytes` is not a Uint8Array */
export function checkBytes(owner: string, bytes: unknown): asserts bytes is Uint8Array {
  if (!isA('Uint8Array', bytes)) throw new TypeError(`${owner}: bytes expected a Uint8Array, got ${typeof bytes}`)
}
