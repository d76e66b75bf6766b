// Compiling a core, and a sentence where that fails.
import { GanglionError } from '../errors.ts'

export const compile = (bytes: BufferSource): Promise<WebAssembly.Module> => WebAssembly.compile(bytes).catch(refused)

export function refused(cause: Error): never {
  throw new GanglionError(`the core could not be compiled here: ${cause.message}; WebAssembly with SIMD is needed`, { cause })
}
