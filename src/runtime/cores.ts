// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for. They are kept deflated, in base64: a third less to download.
import { core as deterministic } from './core.generated.ts'

/** `deterministic`: the same bits on every machine. `relaxed`: fused multiply–add where the engine has it; faster. */
export type Precision = 'deterministic' | 'relaxed'

/** The wasm binary for a precision, with a memory of its own or for a shared one. */
export async function coreBytes(precision: Precision, shared: boolean): Promise<Uint8Array<ArrayBuffer>> {
  if (precision === 'deterministic' && !shared) return inflate(deterministic)
  const load = precision === 'deterministic' ? import('./cores/threads.generated.ts')
    : shared ? import('./cores/relaxed_threads.generated.ts') : import('./cores/relaxed.generated.ts')
  return inflate((await load).core)
}

async function inflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(plain).arrayBuffer())
}
