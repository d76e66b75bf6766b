// Checks of what callers pass, with messages that name the argument.
import type { ImageDataset } from '../data/dataset.ts'
import { isPixels } from '../options.ts'

/** @throws TypeError when `data` is not what imageDataset makes */
export function checkData(where: string, data: ImageDataset): void {
  const { images, shape, count } = (data ?? {}) as Partial<ImageDataset>
  const size = shape?.length === 3 ? shape[0] * shape[1] * shape[2] : NaN
  if (!isPixels(images) || images.length !== size * (count ?? NaN)) {
    throw new TypeError(`${where}: data expected an image dataset; make one with imageDataset() or loadDataset()`)
  }
}
