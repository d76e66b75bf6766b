// Images in memory, with labels where there are any: the one form in which data reaches training.
// It reads no files and scales nothing: bytes stay bytes (0 to 255), floats stay as given.
// Invariant: images.length === count * height * width * channels, NHWC, and count >= 1.

import { check, imageShape, isBytes, isCount, isFloats, pixels, rule } from '../options.ts'

export interface ImageDataset {
  readonly name: string
  /** NHWC. Bytes mean 0 to 255 and are scaled to [-1, 1] in training; floats are taken as they are. */
  readonly images: Uint8Array | Float32Array
  readonly count: number
  readonly shape: readonly [height: number, width: number, channels: number]
  /** One class number for each image. */
  readonly labels?: Uint8Array
}

export interface ImageArrays {
  /** Bytes of a canvas too, whose `ImageData` has four channels. */
  readonly images: Uint8Array | Uint8ClampedArray | Float32Array
  readonly shape: readonly [height: number, width: number, channels: number]
  readonly name?: string
  readonly labels?: Uint8Array
}

const LABELS = rule('a Uint8Array', isBytes)

/**
 * A dataset of the user's own arrays: `images` is (count, height, width, channels), flat; it is used, not copied.
 * @throws TypeError when `images` or `labels` has the wrong type
 * @throws RangeError when lengths do not fit the shape, or a float is NaN or infinite
 */
export function imageDataset({ images: given, shape, name = 'images', labels }: ImageArrays): ImageDataset {
  const images = isBytes(given) ? new Uint8Array(given.buffer, given.byteOffset, given.length) : given
  check('imageDataset', 'images', images, pixels)
  check('imageDataset', 'shape', shape, imageShape)
  const size = shape[0] * shape[1] * shape[2]
  const count = images.length / size
  if (!isCount(count)) {
    throw new RangeError(`imageDataset: images expected a multiple of ${shape.join('x')} = ${size} values, got ${images.length}`)
  }
  const bad = isFloats(images) ? images.findIndex(x => !Number.isFinite(x)) : -1
  if (bad >= 0) {
    const image = Math.floor(bad / size)
    throw new RangeError(`imageDataset: image ${image} holds ${images[bad]}, expected finite numbers`)
  }
  if (labels !== undefined) {
    check('imageDataset', 'labels', labels, LABELS)
    if (labels.length !== count) {
      throw new RangeError(`imageDataset: labels expected one for each of the ${count} images, got ${labels.length}`)
    }
  }
  return { name, images, count, shape: [...shape], ...(labels && { labels }) }
}

/**
 * The first `n` images, sharing memory with `dataset`.
 * @throws RangeError when `n` is not an integer from 1 to `dataset.count`
 */
export function take(dataset: ImageDataset, n: number): ImageDataset {
  if (!Number.isInteger(n) || n < 1 || n > dataset.count) {
    throw new RangeError(`take: n expected an integer from 1 to ${dataset.count}, the images of "${dataset.name}", got ${n}`)
  }
  const [height, width, channels] = dataset.shape
  const part = { ...dataset, images: dataset.images.subarray(0, n * height * width * channels), count: n }
  return dataset.labels ? { ...part, labels: dataset.labels.subarray(0, n) } : part
}
