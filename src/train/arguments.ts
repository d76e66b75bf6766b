// Checks of what callers pass, with messages that name the argument.
import type { ImageDataset } from '../data/dataset.ts'
import { isPixels } from '../options.ts'

/** @throws TypeError when `data`, which the caller knows as `name`, is not what imageDataset makes */
export function checkData(where: string, data: ImageDataset, name = 'data'): void {
  const { images, shape, count } = (data ?? {}) as Partial<ImageDataset>
  if (isPixels(images) && !images.length && count) {
    throw new TypeError(`${where}: ${name} was given away, and is empty here (transfer); make the dataset anew, ` +
      'or give it without transfer')
  }
  const size = shape?.length === 3 ? shape[0] * shape[1] * shape[2] : NaN
  if (!isPixels(images) || images.length !== size * (count ?? NaN)) {
    throw new TypeError(`${where}: ${name} expected an image dataset; make one with imageDataset() or loadDataset()`)
  }
}
