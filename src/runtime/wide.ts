// Vectors of 256 bits: whether this engine makes them of two of WebAssembly's, and turning that on. V8 does so on x64 where its
// experimental flag is on and it was built for it: Node's 24 and 26 are, Node 22 and Deno are not. Nothing in WebAssembly tells.
import { GanglionError } from '../errors.ts'
import type { Feature } from './features.ts'
import { builtin } from './host.ts'

const FLAG = '--experimental-wasm-revectorize'
const REASON = `V8 joins two of 128 bits in Node 24 or newer and in Chromium, on x64, with ${FLAG}`

interface Host {
  readonly process?: { readonly arch: string; readonly versions: Readonly<Record<string, string | undefined>> }
  readonly navigator?: { readonly userAgentData?: object }
}

/** Whether `wide: true` is accepted here. In Chromium it is, though a page cannot see whether the flag is on. */
export function wideVectors(): Feature {
  // eslint-disable-next-line ganglion/determinism -- vectors of either width give the same bits
  const { process, navigator } = globalThis as Host
  const { deno, bun, node } = process?.versions ?? {}
  const available = node ? !deno && !bun && Number.parseInt(node) >= 24 && process!.arch === 'x64' : !!navigator?.userAgentData
  return { available, reason: REASON }
}

/**
 * Turns it on for what V8 compiles from now on.
 * @throws GanglionError where the engine has no such vectors, TypeError where `wide` is no boolean
 */
export function turnOn(wide: unknown): void {
  if (wide !== true) throw new TypeError(`wide: ${String(wide)} given, expected true or false`)
  if (!wideVectors().available) throw new GanglionError(`wide vectors are not available: ${REASON}`)
  builtin('v8')?.setFlagsFromString(FLAG)
}
