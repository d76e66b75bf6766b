// A dataset as the batches that models train on: f32 in [-1, 1].
import type { ImageDataset } from '../data/dataset.ts'
import { sameShape, show, type Tensor } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { batch, dataset } from '../ops/batch.ts'

const leaves = new WeakMap<ImageDataset, Tensor>()

/** The step's batch of `size` images; bytes 0 … 255 become x / 127.5 − 1, floats are taken as they are. */
export function images(data: ImageDataset, definition: ModelDefinition, size: number, options: { shuffle?: boolean; dropRemainder?: boolean } = {}): Tensor {
  if (!sameShape(data.shape, definition.imageShape)) {
    throw new RangeError(`the images of '${data.name}' are ${show(data.shape)} and the ${definition.kind} takes ${show(definition.imageShape)}; resize the images or set imageShape`)
  }
  let leaf = leaves.get(data)
  if (!leaf) leaves.set(data, (leaf = dataset(data.images, [data.count, ...data.shape])))
  const scaling = data.images instanceof Uint8Array ? { scale: 1 / 127.5, offset: -1 } : {}
  return batch(leaf, size, { ...options, ...scaling })
}
