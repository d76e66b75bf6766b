// What a value is, by its tag. `instanceof` is false for what comes from another realm: an iframe, a vm context, a test's jsdom;
// a lint rule refuses it for classes of the platform.

/** Classes of the platform whose objects reach this package from outside. */
interface Platform {
  Object: object
  Map: Map<unknown, unknown>
  Uint8Array: Uint8Array<ArrayBuffer>
  Uint32Array: Uint32Array<ArrayBuffer>
  Float32Array: Float32Array<ArrayBuffer>
  Float64Array: Float64Array<ArrayBuffer>
  ArrayBuffer: ArrayBuffer
  SharedArrayBuffer: SharedArrayBuffer
  URL: URL
  Response: Response
  TrustedScriptURL: string
  Window: Window
  'WebAssembly.Module': WebAssembly.Module
}

export const tagOf = (x: unknown): string => ({}).toString.call(x).slice(8, -1)
export const isA = <K extends keyof Platform>(kind: K, x: unknown): x is Platform[K] => tagOf(x) === kind
/** By what it has: it may come from another realm. A Trusted Types policy's address has only its tag. */
export const isAddress = (x: unknown): x is URL | string =>
  typeof x === 'string' || typeof (x as URL | null)?.href === 'string' || isA('TrustedScriptURL', x)
/** Whether what was thrown is an error; one of the platform's own (a DOMException) too. */
export const isError = (x: unknown): x is Error => /^(Error|DOMException)$/.test(tagOf(x))
export const isRangeError = (x: unknown): x is RangeError => isError(x) && x.name === 'RangeError'
