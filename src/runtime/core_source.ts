// From what a user has of the core to a compiled module: the module, its bytes, or where to fetch them. Entries with a core
// inside load this when they are given another.
import { GanglionError } from '../errors.ts'
import { compile, refused } from './compile_core.ts'
import { isA } from '../tag.ts'
import { builtin } from '../host.ts'

/** A compiled module, its bytes, an address (`file:` too, where there is Node's file system) or the answer of a `fetch`. */
export type CoreSource = WebAssembly.Module | BufferSource | URL | string | Response

/** What a wasm file begins with: \0asm. */
const MAGIC = [0, 0x61, 0x73, 0x6d]
const MEND = 'give a file of the package: ganglion.wasm, or another of its cores'

/**
 * The compiled core.
 * @throws TypeError where `given` is none of these
 * @throws GanglionError where it cannot be fetched, or is not WebAssembly that this engine can run
 */
export async function moduleOf(given: CoreSource | PromiseLike<CoreSource>): Promise<WebAssembly.Module> {
  const source = await given
  if (isA('WebAssembly.Module', source)) return source
  if (isA('ArrayBuffer', source) || ArrayBuffer.isView(source)) return checked(source)
  if (typeof source === 'string' || isA('URL', source)) return fetched(source)
  if (isA('Response', source)) return answered(source)
  const got = source === null ? 'null' : typeof source
  throw new TypeError(`core: expected a WebAssembly.Module, its bytes, a URL or a Response, got ${got}; ${MEND}`)
}

async function fetched(address: URL | string): Promise<WebAssembly.Module> {
  const fs = String(address).startsWith('file:') ? builtin('fs') : undefined
  const got = await (fs ? fs.promises.readFile(new URL(address)) : fetch(address)).catch((cause: Error) => {
    throw new GanglionError(`the core could not be read from ${String(address)}: ${cause.message}; ${MEND}`, { cause })
  })
  return ArrayBuffer.isView(got) ? checked(got) : answered(got)
}

async function answered(response: Response): Promise<WebAssembly.Module> {
  const { ok, status, url, headers } = response
  if (!ok) throw new GanglionError(`the core could not be fetched from ${url || 'the Response given'}: status ${status}; ${MEND}`)
  // Engines refuse to compile a stream of another type; some servers know no better one.
  const typed = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === 'application/wasm'
  if (!typed || !('compileStreaming' in WebAssembly)) return checked(await response.arrayBuffer())
  return WebAssembly.compileStreaming(response).catch(refused)
}

function checked(bytes: BufferSource): Promise<WebAssembly.Module> {
  const view = ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes)
  const start = new Uint8Array(view.buffer, view.byteOffset, Math.min(MAGIC.length, view.byteLength))
  // A server that answers every address with its page is the usual reason.
  if (start.join() !== MAGIC.join()) throw new GanglionError(`the core that was given is not WebAssembly; ${MEND}`)
  return compile(bytes)
}
