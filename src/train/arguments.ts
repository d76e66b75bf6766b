// Checks of what callers pass, with messages that name the argument.
import type { ImageDataset } from '../data/dataset.ts'

/** @throws TypeError when `options` is no object, or has a name that is not among `known` */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where}: options expected an object, got ${options === null ? 'null' : typeof options}`)
  }
  const other = Object.keys(options).find((name) => !known.includes(name))
  if (other !== undefined) throw new TypeError(`${where}: unknown option '${other}', expected ${known.join(', ')}`)
}

/** @throws TypeError when `data` is not what imageDataset makes */
export function checkData(where: string, data: ImageDataset): void {
  const { images, shape, count } = (data ?? {}) as Partial<ImageDataset>
  const size = Array.isArray(shape) && shape.length === 3 ? shape[0] * shape[1] * shape[2] : NaN
  const typed = images instanceof Uint8Array || images instanceof Float32Array
  if (!typed || images.length !== size * (count ?? NaN)) {
    throw new TypeError(`${where}: data expected an image dataset; make one with imageDataset() or loadDataset()`)
  }
}
