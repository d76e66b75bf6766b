// SHA-256 without Web Crypto, part by part, so that nothing is copied. Loaded where it is needed (sha256.ts).
import { sha256 } from '@noble/hashes/sha2.js'

export function hash(parts: readonly Uint8Array[]): Uint8Array {
  const state = sha256.create()
  for (const part of parts) state.update(part)
  return state.digest()
}
