// Data sets in one file, beside IDX: prepared pictures (safetensors), NPY arrays, NPZ files of them. They are known by how they
// begin.
import type { ImageDataset } from '../data/dataset.ts'
import { imageDataset } from '../data/dataset.ts'
import { checkLabels, type Labels } from '../data/rows.ts'
import { GanglionError } from '../errors.ts'
import { sizesShown } from '../formats/bytes.ts'
import { decodeNpy, type NpyArray } from '../formats/npy.ts'
import { decodeNpz } from '../formats/npz.ts'
import { isA, tagOf } from '../tag.ts'
import { openPictureSet } from '../pictures/set.ts'
import type { IdxSplits } from './idx_files.ts'

type Splits = { readonly [K in keyof IdxSplits]: ImageDataset | undefined }

/** Names of arrays, by who writes them: Ganglion and others, Keras (mnist.npz), MedMNIST, numpy.savez without names. */
const IMAGES = { train: ['images', 'x_train', 'train_images', 'x', 'arr_0'],
  test: ['test.images', 'x_test', 'test_images'] } as const
const LABELS = { train: ['labels', 'y_train', 'train_labels', 'y', 'arr_1'],
  test: ['test.labels', 'y_test', 'test_labels'] } as const

/** A kind of file that holds a data set. */
interface ArrayFile {
  /** What the command line calls it. */
  readonly name: string
  /** Whether a file is one, by its first BEGINNING bytes, as characters, and by how many it has. */
  is(beginning: string, size: number): boolean
  /** Whether it has one array, which is taken for both splits. */
  readonly single?: true
  splits(bytes: Uint8Array, path: string, name: string, maxBytes: number): Splits
}

/** How many bytes tell what a file is. */
export const BEGINNING = 9

/** In the order in which they are tried. A line here is all that the command line and `loadDataset` know of a kind. */
export const ARRAY_FILES = {
  set: {
    name: 'prepared',
    // A header of less than 2^32 bytes, which begins with {.
    is: (beginning) => /^[^]{4}\0{4}\{/.test(beginning),
    splits(bytes, path, name) {
      const { train, test } = openPictureSet(bytes, path)
      return { train: { ...train, name }, test: test && { ...test, name } }
    },
  },
  npz: { name: 'NPZ', is: (beginning) => beginning.startsWith('PK'), splits: npzSplits },
  npy: {
    name: 'NPY', is: (beginning) => beginning.startsWith('\x93NUMPY'), single: true,
    splits: (bytes, path, name) => ({ train: fromArrays(decodeNpy(bytes, path), undefined, path, name), test: undefined }),
  },
} as const satisfies Readonly<Record<string, ArrayFile>>
export type ArrayKind = keyof typeof ARRAY_FILES

const kinds = Object.entries(ARRAY_FILES) as [ArrayKind, ArrayFile][]

/** What a file is by its beginning; undefined for others, IDX among them. */
export const arrayKind = (beginning: Uint8Array, size: number): ArrayKind | undefined =>
  kinds.find(([, { is }]) => is(String.fromCharCode(...beginning.subarray(0, BEGINNING)), size))?.[0]

export const arrayFile = (kind: ArrayKind): ArrayFile => ARRAY_FILES[kind]

function npzSplits(bytes: Uint8Array, path: string, name: string, maxBytes: number): Splits {
  const arrays = decodeNpz(bytes, path, { maxBytes })
  const split = (which: 'train' | 'test'): ImageDataset | undefined => {
    const find = (names: readonly string[]) => arrays.get(names.find((each) => arrays.has(each)) ?? '')
    const images = find(IMAGES[which])
    return images && fromArrays(images, find(LABELS[which]), path, name)
  }
  const train = split('train')
  if (train) return { train, test: split('test') }
  throw new GanglionError(`"${path}" holds ${[...arrays.keys()].slice(0, 4).join(', ') || 'nothing'}, ` +
    `expected images under one of the names ${IMAGES.train.join(', ')}; save it with numpy.savez(file, images=…, labels=…)`)
}

function fromArrays({ shape, data }: NpyArray, labels: NpyArray | undefined, path: string, name: string): ImageDataset {
  const [count = 0, height = 0, width = 0, channels = 1] = shape
  const pixels = isA('Uint8Array', data) ? data : asFloats(data)
  if (![3, 4].includes(shape.length) || !pixels || !count || !height || !width || !channels) {
    throw new GanglionError(`"${path}" holds an array of ${sizesShown(shape, 'x') || 'one number'}, expected count x height ` +
      'x width, or with channels after it, of bytes (uint8) or floats in [-1, 1]; convert it with numpy')
  }
  const dataset = imageDataset({ images: pixels, shape: [height, width, channels], name })
  return labels ? { ...dataset, labels: labelsOf(labels, count, path) } : dataset
}

const asFloats = (data: NpyArray['data']): Float32Array | undefined =>
  (/^Float/.test(tagOf(data)) ? Float32Array.from(data) : undefined)

function labelsOf({ data }: NpyArray, count: number, path: string): Labels {
  if (data.length !== count) {
    throw new GanglionError(`"${path}" has ${data.length} labels for ${count} images, expected one for each; save them again`)
  }
  checkLabels(path, data)
  return Uint32Array.from(data)
}
