// SHA-256 by Web Crypto, which every runtime has.

/** The hash of all parts in a row, in hexadecimal. */
export async function sha256(parts: readonly Uint8Array[]): Promise<string> {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
  return Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('')
}
