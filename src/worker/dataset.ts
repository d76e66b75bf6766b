// A dataset as the page has it: arrays with a name and a count. The worker checks what they hold and how long they are, where
// they are first used, so that the page neither looks through every pixel nor loads what does.
import type { ImageArrays, ImageDataset } from '../data/dataset.ts'
import { check, imageShape, pixels, record } from '../options.ts'

/**
 * A dataset of the user's own arrays, as `imageDataset` of `ganglion` makes it. What is wrong with the arrays is said by what
 * uses them first: `train`, `fit` or `evaluate`.
 * @throws TypeError, RangeError where `images` are no pixels or `shape` is no shape of an image
 * @example
 * const data = imageDataset({ images: new Uint8Array(60 * 784), shape: [28, 28, 1] })
 */
export function imageDataset(arrays: ImageArrays): ImageDataset {
  check('imageDataset', 'the argument', arrays, record)
  const { images, shape, name = 'images', ...rows } = arrays
  check('imageDataset', 'images', images, pixels)
  check('imageDataset', 'shape', shape, imageShape)
  const count = images.length / shape.reduce((n, d) => n * d, 1)
  return { name, images: images as ImageDataset['images'], count, shape, ...rows }
}
