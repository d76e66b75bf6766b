// A dataset as the batches that models train on: images as f32 in [-1, 1], labels and named tensors as they are.
// Invariant: all tensors of a batch go through one permutation, so row i of each is of the same sample.
import type { ImageDataset } from '../data/dataset.ts'
import { checkData } from '../data/dataset.ts'
import { changed, isOther, markOf, marksOf } from '../data/mark.ts'
import { checkLabels, checkRows } from '../data/rows.ts'
import { sameShape, type Shape, show, type Tensor } from '../graph/tensor.ts'
import type { Batch, ModelDefinition } from '../models/definition.ts'
import type { Rows } from '../nn/layer.ts'
import { batch, dataset } from '../ops/batch.ts'
import { check, isBytes, isNumbers, rule } from '../options.ts'
import { behind, type StreamedDataset } from './streamed.ts'

/** A dataset's arrays as leaves of graphs, and marks of what they held then: models copy them once. */
interface Leaves {
  readonly images: Tensor
  readonly labels?: Tensor
  readonly tensors: Readonly<Record<string, Tensor>>
  readonly marks: ReadonlyMap<ArrayBufferView, number>
}
const known = new WeakMap<ImageDataset, Leaves>()
/** The leaf of an array, which datasets have in common while it holds the same. */
const shared = new WeakMap<ImageDataset['images'], { readonly mark: number; readonly leaf: Tensor }>()

/** Bytes 0 … 255 become x / 127.5 − 1, in f32: a product, then a sum. */
const SCALE = Math.fround(1 / 127.5)
const OFFSET = -1

/** As `batch` of ops has them. */
type BatchOptions = { shuffle?: boolean; dropRemainder?: boolean; first?: number }

/**
 * The step's batch of `size` samples, as `definition` reads it; bytes of images are scaled to [-1, 1].
 * @param options those of `ops/batch.ts`
 * @throws RangeError where the data are not such as the definition reads
 */
export function batchOf(data: ImageDataset, definition: ModelDefinition, size: number, options: BatchOptions = {}): Batch {
  checkFits(data, definition)
  const { images, labels, tensors } = leavesOf(data)
  const samples = behind(data)?.count
  const how = { ...options, ...(samples && { samples, shuffle: false }) }
  const rows = (leaf: Tensor) => batch(leaf, size, how)
  const scaling = isBytes(data.images) ? { scale: SCALE, offset: OFFSET } : {}
  const named = Object.keys(definition.tensors ?? {}).map((name) => [name, rows(tensors[name]!)] as const)
  return {
    images: batch(images, size, { ...how, ...scaling }),
    ...(definition.classes && { labels: rows(labels!) }),
    ...Object.fromEntries(named),
  }
}

/**
 * The batches of one step, of `size` samples each, one after another: `batchesPerStep` of them.
 * @param part the rows of each that are wanted
 */
export function batchesOf(
  data: ImageDataset, definition: ModelDefinition, size: number, options: BatchOptions, { first, rows }: Rows,
): Batch[] {
  const { batchesPerStep = 1 } = definition
  return Array.from({ length: batchesPerStep }, (_, i) => (
    batchOf(data, definition, rows, { ...options, first: i * size + first })))
}

/** The leaves of a dataset. */
export function leavesOf(data: ImageDataset): Leaves {
  let leaves = known.get(data)
  if (!leaves) {
    const { count, images, shape, labels, tensors = {} } = data
    const marks = marksOf(data)
    leaves = {
      marks,
      images: leafOf(images, marks, [count, ...shape]),
      ...(labels && { labels: dataset(isBytes(labels) ? labels.subarray() : Float32Array.from(labels), [count]) }),
      tensors: Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, leafOf(t.data, marks, [count, ...t.shape])])),
    }
    known.set(data, leaves)
  }
  return leaves
}

/** A session knows a leaf by its array, so one that changed is another view of it. */
function leafOf(array: ImageDataset['images'], marks: Leaves['marks'], shape: Shape): Tensor {
  // A getter may give another view of it each time.
  const mark = marks.get(array) ?? markOf(array)
  let before = shared.get(array)
  if (before?.mark !== mark || !sameShape(before.leaf.shape, shape)) {
    shared.set(array, before = { mark, leaf: dataset(array.subarray(), shape) })
  }
  return before.leaf
}

/**
 * That a dataset holds what it held when a model first read it.
 * @throws RangeError where an array was changed since
 */
export function checkSame(where: string, data: ImageDataset): void {
  const leaves = known.get(data)
  if (leaves && isOther(data, leaves.marks)) throw changed(where, data)
}

/** @throws RangeError, TypeError where the data are not such as the definition reads */
export function checkFits(
  data: ImageDataset | StreamedDataset, { imageShape, kind, classes, tensors = {} }: ModelDefinition,
): void {
  const its = `of '${data.name}'`
  if (!sameShape(data.shape, imageShape)) {
    throw new RangeError(`the images ${its} are ${show(data.shape)} and the ${kind} takes ${show(imageShape)}; ` +
      'resize the images or set imageShape')
  }
  checkRows(`the data '${data.name}'`, data)
  if (classes !== undefined) {
    if (!data.labels) {
      throw new RangeError(`the ${kind} has ${classes} classes and the data '${data.name}' have no labels; ` +
        'give imageDataset() labels, one class number for each image')
    }
    checkLabels(`the ${kind} has ${classes} classes, and in the data '${data.name}'`, data.labels, classes)
  }
  for (const [name, shape] of Object.entries(tensors)) {
    const given = data.tensors?.[name]
    if (!given) {
      throw new RangeError(`the ${kind} reads '${name}' and the data '${data.name}' have no such tensor; ` +
        `give imageDataset() tensors: { ${name}: { data, shape: ${show(shape)} } }`)
    }
    if (!sameShape(given.shape, shape)) {
      throw new RangeError(`the rows of '${name}' ${its} are ${show(given.shape)} and the ${kind} takes ${show(shape)}; ` +
        'reshape them')
    }
  }
}

const INDICES = rule('a list of numbers of images', isNumbers)

/**
 * Images of a dataset as models see them, the numbers that a training step reads: bytes scaled, floats as they are.
 * @throws RangeError for an index of no image
 * @example
 * const codes = model.encode(scaledImages(digits, [0, 1, 2]))
 */
export function scaledImages(data: ImageDataset, indices: readonly number[]): Float32Array {
  checkData('scaledImages', data)
  check('scaledImages', 'indices', indices, INDICES)
  const { images, shape, count } = data
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
