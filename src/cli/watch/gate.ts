// Who may ask the server of `watch`. Invariant: only a page that has the address with its token is answered, and only by a name
// of this machine: a page of another host that makes its name point here (DNS rebinding) sends that name.
import { randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 16

/** 32 hexadecimal digits that nobody can guess. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('hex')

/** Why a request is refused: the status and what is said; undefined where it is let in. */
export type Refusal = readonly [status: number, what: string]

/**
 * Judges a request by its Host header and its path, which begins with the token.
 * @returns the path after the token, without a slash at its beginning, or the refusal
 */
export function admitted(token: string, port: number, host: string | undefined, url: string): string | Refusal {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return [403, `expected the host 127.0.0.1:${port}; open the address that "ganglion watch" prints`]
  }
  const [, given = '', path] = /^\/([^/?#]*)(?:\/([^?#]*))?/.exec(url) ?? []
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    return [403, 'the token in the address is missing or of another watch; open the address that "ganglion watch" prints']
  }
  return path ?? ''
}
