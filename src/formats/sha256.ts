// SHA-256 by Node's crypto, which takes part after part; by Web Crypto, which takes one copy of all; or by a library where
// there is neither: on pages of plain http.
import { builtin, hasBuiltins } from '../host.ts'

/** The hash of all parts in a row, in hexadecimal, of what they hold when it is called. */
export async function sha256(parts: readonly Uint8Array[]): Promise<string> {
  const node = builtin('crypto')?.createHash('sha256')
  if (node) {
    for (const part of parts) node.update(part)
    return node.digest('hex')
  }
  await prepareSoftware()
  if (software) return software(parts)
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)))
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
const hasCrypto = (): boolean => typeof globalThis.crypto?.subtle === 'object'

let software: ((parts: readonly Uint8Array[]) => string) | undefined

/** Before a session: later the library may be out of reach. Node loads its own at a first digest, not at every start. */
export async function prepareSha256(): Promise<void> {
  if (!hasBuiltins()) await prepareSoftware()
}

async function prepareSoftware(): Promise<void> {
  if (hasCrypto() || software) return
  // eslint-disable-next-line no-restricted-syntax -- before there is a session
  const { hash } = await import('./software_sha256.ts')
  software = (parts) => hex(hash(parts))
}
