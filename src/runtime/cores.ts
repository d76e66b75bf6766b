// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for. They are kept deflated, in base64: a third less to download.
import { core as deterministic } from './core.generated.ts'
import type { Precision } from './engine.ts'
import { builtin } from './host.ts'

export type { Precision }

/** The wasm binary for a precision, with a memory of its own or for a shared one. */
export async function coreBytes(precision: Precision, shared: boolean): Promise<Uint8Array<ArrayBuffer>> {
  if (precision === 'deterministic' && !shared) return inflate(deterministic)
  const load = precision === 'deterministic' ? import('./cores/threads.generated.ts')
    : shared ? import('./cores/relaxed_threads.generated.ts') : import('./cores/relaxed.generated.ts')
  return inflate((await load).core)
}

/** Neither Blob nor Response, which take Node 20 ms to load, nor its streams, which take 5, where it has its own zlib. */
async function inflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = bytesOf(text)
  const zlib = builtin('zlib')
  if (zlib) return zlib.inflateRawSync(deflated)
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const writer = writable.getWriter()
  // A fault shows where the other end is read.
  const written = Promise.allSettled([writer.write(deflated), writer.close()])
  const parts: Uint8Array[] = []
  for (let reader = readable.getReader(), part; !(part = await reader.read()).done;) parts.push(part.value)
  await written
  const bytes = new Uint8Array(parts.reduce((n, { length }) => n + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
