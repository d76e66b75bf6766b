// A dataset as the batches that models train on: f32 in [-1, 1].
import type { ImageDataset } from '../data/dataset.ts'
import { sameShape, show, type Tensor } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { batch, dataset } from '../ops/batch.ts'
import { isBytes } from '../options.ts'

const leaves = new WeakMap<ImageDataset, Tensor>()

/** Bytes 0 … 255 become x / 127.5 − 1, in f32: a product, then a sum. */
const SCALE = Math.fround(1 / 127.5)
const OFFSET = -1

interface BatchOptions { shuffle?: boolean; dropRemainder?: boolean }

/** The step's batch of `size` images; bytes are scaled to [-1, 1], floats are taken as they are. */
export function images(data: ImageDataset, definition: ModelDefinition, size: number, options: BatchOptions = {}): Tensor {
  const { imageShape, kind } = definition
  if (!sameShape(data.shape, imageShape)) {
    throw new RangeError(`the images of '${data.name}' are ${show(data.shape)} and the ${kind} takes ${show(imageShape)}; ` +
      'resize the images or set imageShape')
  }
  let leaf = leaves.get(data)
  if (!leaf) leaves.set(data, (leaf = dataset(data.images, [data.count, ...data.shape])))
  const scaling = isBytes(data.images) ? { scale: SCALE, offset: OFFSET } : {}
  return batch(leaf, size, { ...options, ...scaling })
}

/**
 * Images of a dataset as models see them, the numbers that a training step reads: bytes scaled, floats as they are.
 * @throws RangeError for an index of no image
 */
export function scaledImages({ images, shape, count }: ImageDataset, indices: readonly number[]): Float32Array {
  const size = shape[0] * shape[1] * shape[2]
  const out = new Float32Array(indices.length * size)
  const scaled = (x: number) => Math.fround(x * SCALE) + OFFSET
  indices.forEach((index, i) => {
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(`scaledImages: index ${index} is of no image, expected an integer from 0 to ${count - 1}`)
    }
    const image = images.subarray(index * size, (index + 1) * size)
    out.set(isBytes(image) ? Float32Array.from(image, scaled) : image, i * size)
  })
  return out
}
