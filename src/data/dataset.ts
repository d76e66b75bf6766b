// Images in memory, with labels and further tensors of the same rows where there are any: the one form in which data reaches
// training. It reads no files and scales nothing: bytes stay bytes (0 to 255), floats stay as given.
// Invariant: images.length === count * height * width * channels, NHWC, and count >= 1.

import {
  check, count as countRule, imageShape, isBytes, isCount, isFloats, isNumbers, isPixels, isRecord, name as nameRule, pixels,
  rule, shown,
} from '../options.ts'
import { checkRows, type Labels, type RowTensor } from './rows.ts'

export interface ImageDataset {
  readonly name: string
  /** NHWC. Bytes mean 0 to 255 and are scaled to [-1, 1] in training; floats are taken as they are. */
  readonly images: Uint8Array | Float32Array
  readonly count: number
  readonly shape: readonly [height: number, width: number, channels: number]
  /** One class number for each image. */
  readonly labels?: Labels
  /** How many classes there are: all labels are below it. */
  readonly classes?: number
  /** What the classes are called, by their numbers. */
  readonly classNames?: readonly string[]
  /** Further tensors of the same rows, which a definition that names them reads as `batch.NAME`. */
  readonly tensors?: Readonly<Record<string, RowTensor>>
}

export interface ImageArrays {
  /** Bytes of a canvas too, whose `ImageData` has four channels. */
  readonly images: Uint8Array | Uint8ClampedArray | Float32Array
  readonly shape: readonly [height: number, width: number, channels: number]
  readonly name?: string
  /** Class numbers, 0, 1, 2 …, one an image. */
  readonly labels?: Labels
  /** How many classes there are. Left out, any class number is taken. */
  readonly classes?: number
  /** Further tensors by name: count × shape values each. */
  readonly tensors?: Readonly<Record<string, RowTensor>>
}

/** @throws TypeError when `data`, which the caller knows as `name`, is not what imageDataset makes */
export function checkData(where: string, data: ImageDataset, name = 'data'): void {
  const { name: its, images, shape, count } = (data ?? {}) as Partial<ImageDataset>
  if (isPixels(images) && !images.length && count) {
    throw new TypeError(`${where}: ${name} was given away, and is empty here (transfer); make the dataset anew, ` +
      'or give it without transfer')
  }
  const size = isNumbers(shape) && shape.length === 3 ? shape[0] * shape[1] * shape[2] : NaN
  if (!isPixels(images) || typeof count !== 'number' || images.length !== size * count || typeof its !== 'string') {
    throw new TypeError(`${where}: ${name} expected an image dataset; make one with imageDataset() or loadDataset()`)
  }
}

const ARRAYS = rule('{ images, shape }', isRecord)

/**
 * A dataset of the user's own arrays: `images` is (count, height, width, channels), flat. They are used, not copied; a model
 * copies them when it first reads them. Training or evaluation on arrays that were changed after that is refused: a new dataset
 * of the same arrays has what they hold then.
 *
 *     imageDataset({ images, shape: [28, 28, 1], labels, classes: 10 })
 *     imageDataset({ images, shape: [28, 28, 1], tensors: { mask: { data: masks, shape: [28, 28, 1] } } })
 *
 * Floats are taken as they are. Models make images in [-1, 1], so a warning says where `images` have another range.
 * @throws TypeError when an array has the wrong type
 * @throws RangeError when lengths do not fit the shape or each other, a float is NaN or infinite, or a label is no class number
 * @example
 * const images = Uint8Array.from({ length: 60 * 784 }, (_, i) => (i * i) % 251)
 * const data = imageDataset({ images, shape: [28, 28, 1] })
 */
export function imageDataset(arrays: ImageArrays): ImageDataset {
  check('imageDataset', 'the argument', arrays, ARRAYS)
  const { images: given, shape, name = 'images', labels, classes, tensors } = arrays
  check('imageDataset', 'name', name, nameRule)
  const images = isBytes(given) ? new Uint8Array(given.buffer, given.byteOffset, given.length) : given
  check('imageDataset', 'images', images, pixels)
  check('imageDataset', 'shape', shape, imageShape)
  const size = shape[0] * shape[1] * shape[2]
  const count = images.length / size
  if (!isCount(count)) {
    throw new RangeError(`imageDataset: images expected a multiple of ${shape.join('x')} = ${size} values, got ${images.length}`)
  }
  if (isFloats(images)) checkFloats('imageDataset', images, size)
  if (classes !== undefined) check('imageDataset', 'classes', classes, countRule)
  checkRows('imageDataset', { count, labels, classes, tensors })
  return {
    name, images, count, shape: [...shape],
    ...(labels && { labels }), ...(classes && { classes }), ...(tensors && { tensors }),
  }
}

/** Refuses what is not finite, and warns of another range than that of the models, [-1, 1]: it may be meant. */
export function checkFloats(where: string, images: Float32Array, size: number): void {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < images.length; i++) {
    const x = images[i]!
    if (x - x !== 0) throw new RangeError(`${where}: image ${Math.floor(i / size)} holds ${x}, expected finite numbers`)
    if (x < low) low = x
    if (x > high) high = x
  }
  const beyond = low < -1 || high > 1
  if (!beyond && (low < 0 || high <= 0)) return
  const how = beyond ? 'give bytes, or scale by x / 127.5 - 1' : 'where 0 is black, scale by 2 * x - 1'
  console.warn(`${where}: images are from ${low} to ${high}, and models take floats as from -1 to 1; ${how}`)
}

/**
 * The first `n` images with their labels and tensors, sharing memory with `dataset`.
 * @throws RangeError when `n` is not an integer from 1 to `dataset.count`
 * @example
 * const few = take(digits, 1000)
 */
export function take(dataset: ImageDataset, n: number): ImageDataset {
  checkData('take', dataset, 'dataset')
  if (!Number.isInteger(n) || n < 1 || n > dataset.count) {
    const images = `the images of "${dataset.name}"`
    throw new RangeError(`take: n expected an integer from 1 to ${dataset.count}, ${images}, got ${shown(n)}`)
  }
  const { images, count, labels, tensors = {} } = dataset
  const first = <T extends Labels>(rows: T): T => rows.subarray(0, (rows.length / count) * n) as T
  const parts = Object.entries(tensors).map(([key, { data, shape }]) => [key, { data: first(data), shape }] as const)
  return {
    ...dataset, images: first(images), count: n,
    ...(labels && { labels: first(labels) }),
    ...(dataset.tensors && { tensors: Object.fromEntries(parts) }),
  }
}
