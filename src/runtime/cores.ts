// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for.
import { core as deterministic } from './core.generated.ts'

/** `deterministic`: the same bits on every machine. `relaxed`: fused multiply–add where the engine has it; faster. */
export type Precision = 'deterministic' | 'relaxed'

/** The wasm binary for a precision, with a memory of its own or for a shared one. */
export async function coreBytes(precision: Precision, shared: boolean): Promise<Uint8Array<ArrayBuffer>> {
  if (precision === 'deterministic' && !shared) return decodeBase64(deterministic)
  const load = precision === 'deterministic' ? import('./cores/threads.generated.ts')
    : shared ? import('./cores/relaxed_threads.generated.ts') : import('./cores/relaxed.generated.ts')
  return decodeBase64((await load).core)
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i))
}
