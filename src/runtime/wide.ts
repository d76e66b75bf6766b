// Vectors of 256 bits: whether this engine makes them of two of WebAssembly's, and turning that on. V8 does so on x64 where its
// experimental flag is on and it was built for it, as in Node 24 and 26; the V8 of Node 22, Chromium 156 and Deno 2.9
// knows the flag and does nothing. No WebAssembly can tell.
import { GanglionError } from '../errors.ts'
import type { Feature } from './feature.ts'
import { builtin } from '../host.ts'

const FLAG = '--experimental-wasm-revectorize'
const REASON = `V8 joins two of 128 bits in Node 24 or newer, on x64, with ${FLAG}`

interface Host {
  readonly process?: { readonly arch: string; readonly versions: Readonly<Record<string, string | undefined>> }
}

/** Whether `wide: true` is accepted here: in Node itself, not in what says it is one too. */
export function wideVectors(): Feature {
  // eslint-disable-next-line ganglion/determinism -- vectors of either width give the same bits
  const { arch, versions } = (globalThis as Host).process ?? {}
  const { deno, bun, electron, node = '' } = versions ?? {}
  const available = Number.parseInt(node) >= 24 && arch === 'x64' && !deno && !bun && !electron
  return { available, reason: REASON }
}

/**
 * Turns it on for what V8 compiles from now on.
 * @throws GanglionError where the engine has no such vectors
 */
export function turnOn(): void {
  if (!wideVectors().available) throw new GanglionError(`wide vectors are not available: ${REASON}`)
  builtin('v8')?.setFlagsFromString(FLAG)
}
