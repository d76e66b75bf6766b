// Typed arrays by their tag: one of another realm (a frame, a vm, jsdom) is as good.

interface Arrays {
  Uint8Array: Uint8Array
  Uint32Array: Uint32Array
  Float32Array: Float32Array
}

/** Whether `x` is a typed array of that name. */
export const isOf = <K extends keyof Arrays>(name: K, x: unknown): x is Arrays[K] =>
  Object.prototype.toString.call(x) === `[object ${name}]`

/** @throws TypeError when `bytes` is not a Uint8Array */
export function checkBytes(owner: string, bytes: unknown): asserts bytes is Uint8Array {
  if (!isOf('Uint8Array', bytes)) throw new TypeError(`${owner}: bytes expected a Uint8Array, got ${typeof bytes}`)
}
