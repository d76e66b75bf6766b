// What the decoders of jSquash need of their host: a compiled module, and the class ImageData, which not every runtime has.
import { inflate } from '../../runtime/inflate.ts'
import { compile } from '../../runtime/compile_core.ts'

/** Four samples a pixel, rows from the top. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array
}

/** @returns null, or an error, for what cannot be decoded */
export type Decoder = (bytes: Uint8Array) => Promise<Pixels | null>

interface Codec {
  decode(bytes: Uint8Array, ...options: unknown[]): unknown
}
type Factory = (options: object) => Promise<Codec>

/** A module from its text, base64 of raw deflate. */
export const compiled = async (text: string): Promise<WebAssembly.Module> => compile(await inflate(text))

/**
 * What makes instances of a codec that Emscripten compiled.
 * @param say is given what the codec writes
 */
export async function emscripten(factory: unknown, text: string, say: (text: string) => void): Promise<() => Promise<Codec>> {
  const module = await compiled(text)
  return () => (factory as Factory)({
    noInitialRun: true,
    // Never called: without it the codec would look for its file.
    locateFile: (path: string) => path,
    print: say,
    printErr: say,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports)
      done(instance)
      return instance.exports
    },
  })
}

/** Runs what makes an ImageData: where there is no such class, there is one for as long. */
export async function withImageData<T>(run: () => Promise<T>): Promise<T> {
  if (typeof ImageData === 'function') return run()
  // eslint-disable-next-line ganglion/determinism -- decoders look for the class there
  const host = globalThis as { ImageData?: unknown }
  host.ImageData = class {
    readonly data: Uint8ClampedArray
    readonly width: number
    readonly height: number
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data
      this.width = width
      this.height = height
    }
  }
  try {
    return await run()
  } finally {
    delete host.ImageData
  }
}
