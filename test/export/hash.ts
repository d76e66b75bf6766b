// What tests of exports compare: the SHA-256 of numbers, as bits.
import { createHash } from 'node:crypto'

export const hashOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  createHash('sha256').update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex')
