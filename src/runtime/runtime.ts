// The entry to the engine: compiles the core once and opens sessions on it.
import { core as inlined } from './core.generated.ts'
import { instantiateCore } from './core.ts'
import { Session } from './session.ts'

export interface RuntimeOptions {
  /** The core to use instead of the inlined one: a compiled module or its bytes. */
  core?: WebAssembly.Module | BufferSource
}

export class Runtime {
  readonly module: WebAssembly.Module
  constructor(module: WebAssembly.Module) {
    this.module = module
  }
  /**
   * A memory of its own for one model: variables, data, compiled functions. Freed when garbage.
   * @param seed drives initialisation, shuffling, dropout and noise: an integer from 0 to 2⁵³ − 1
   */
  async session(seed = 1): Promise<Session> {
    return new Session(await instantiateCore(this.module), seed)
  }
}

/** Loads the core. Works without network or configuration wherever WebAssembly SIMD runs. */
export async function createRuntime({ core }: RuntimeOptions = {}): Promise<Runtime> {
  const source = core ?? decodeBase64(inlined)
  try {
    return new Runtime(source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source))
  } catch (cause) {
    throw new Error(`the core could not be compiled here: ${(cause as Error).message}; WebAssembly with SIMD is needed`, { cause })
  }
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i))
}
