// Compiling a core, and a sentence where that fails.
import { GanglionError } from '../errors.ts'

export const NO_WASM = 'this engine has no WebAssembly, which Ganglion needs: it may be off (node --jitless, Lockdown Mode)'

export async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== 'object') throw new GanglionError(NO_WASM)
  return WebAssembly.compile(bytes).catch(refused)
}

export function refused(cause: Error): never {
  const mend = /Content Security Policy|CSP|unsafe-eval/.test(cause.message)
    ? "the page's Content-Security-Policy needs script-src 'wasm-unsafe-eval'" : 'WebAssembly with SIMD is needed'
  throw new GanglionError(`the core could not be compiled here: ${cause.message}; ${mend}`, { cause })
}
