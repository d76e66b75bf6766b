// A dataset as the page has it: arrays with a name and a count. The worker checks what they hold, where they are first used, so
// that the page neither looks through every pixel nor loads what does.
import type { ImageArrays, ImageDataset } from '../data/dataset.ts'

/**
 * A dataset of the user's own arrays, as `imageDataset` of `ganglion` makes it. What is wrong with them is said by what uses it
 * first: `train`, `fit` or `evaluate`.
 */
export function imageDataset({ images, shape, name = 'images', ...rows }: ImageArrays): ImageDataset {
  const count = images?.length / shape?.reduce((n, d) => n * d, 1)
  return { name, images: images as ImageDataset['images'], count, shape, ...rows }
}
