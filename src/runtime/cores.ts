// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for. They are kept deflated, in base64: a third less to download.
import { core as deterministic } from './core.generated.ts'
import type { Precision } from './engine.ts'
import { builtin } from './host.ts'

export type { Precision }

/** The wasm binary for a precision, with a memory of its own or for a shared one, for vectors of 128 bits or of 256. */
export async function coreBytes(precision: Precision, shared: boolean, wide = false): Promise<Uint8Array<ArrayBuffer>> {
  const load = OTHERS[(precision === 'relaxed' ? 4 : 0) + (wide ? 2 : 0) + (shared ? 1 : 0)]
  return inflate(load ? (await load()).core : deterministic)
}

const OTHERS = [
  null,
  () => import('./cores/threads.generated.ts'),
  () => import('./cores/wide.generated.ts'),
  () => import('./cores/wide_threads.generated.ts'),
  () => import('./cores/relaxed.generated.ts'),
  () => import('./cores/relaxed_threads.generated.ts'),
  () => import('./cores/relaxed_wide.generated.ts'),
  () => import('./cores/relaxed_wide_threads.generated.ts'),
]

/** By its own zlib where there is Node, which takes 20 ms to load Response. */
async function inflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = bytesOf(text)
  const zlib = builtin('zlib')
  if (zlib) return zlib.inflateRawSync(deflated)
  const plain = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(plain).arrayBuffer())
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
