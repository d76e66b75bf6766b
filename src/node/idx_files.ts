// IDX files on disk: MNIST's by their names in a folder, EMNIST's, whose pictures are transposed, or one file of images.
// Labels come along where their file lies beside the images.
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { imagesFromIdx, withIdxLabels } from '../formats/idx.ts'
import { GanglionError } from '../errors.ts'
import { readIdx, readText, unreadable } from './read.ts'

/** How the MNIST files of a split begin. */
export const PREFIX = { train: 'train', test: 't10k' } as const
/** Sources: https://www.nist.gov/itl/products-and-services/emnist-dataset, whose pictures lie on their sides, mirrored. */
const EMNIST = /^(emnist-(?:byclass|bymerge|balanced|letters|digits|mnist))-(train|test)-images[-.]idx3-ubyte(?:\.gz)?$/

type Load = (() => Promise<ImageDataset>) | undefined
export interface IdxSplits { readonly train: Load, readonly test: Load }

/** The splits that a folder has by the names of its files. */
export function idxFolder(folder: string, names: readonly string[], name: string, most: number): IdxSplits {
  const find = (prefix: string, what: string) =>
    names.find((file) => new RegExp(`^${prefix}-${what}[-.]idx[134]-ubyte(\\.gz)?$`).test(file))
  const sets = [...new Set(names.flatMap((file) => EMNIST.exec(file)?.[1] ?? []))]
  const load = (prefix: string, isEmnist: boolean): Load => {
    const file = find(prefix, 'images')
    if (file === undefined) return undefined
    const labels = find(prefix, 'labels')
    return () => idxImages(join(folder, file), labels && join(folder, labels), name, most)
      .then((data) => (isEmnist ? upright(data, folder, sets[0]!) : data))
  }
  if (!sets.length) return { train: load(PREFIX.train, false), test: load(PREFIX.test, false) }
  if (sets.length > 1) {
    throw new GanglionError(`folder "${folder}" holds ${sets.length} data sets, ${sets.join(', ')}, expected one; ` +
      `give the path of one, ${join(folder, `${sets[0]}-train-images-idx3-ubyte`)}, say`)
  }
  return { train: load(`${sets[0]}-train`, true), test: load(`${sets[0]}-test`, true) }
}

/** The splits that belong to one file: EMNIST's other split beside it; else that file alone. */
export async function idxFile(path: string, name: string, most: number): Promise<IdxSplits> {
  const [, set] = EMNIST.exec(basename(path)) ?? []
  if (set) return idxFolder(dirname(path), (await filesBeside(path)).filter((file) => file.startsWith(`${set}-`)), set, most)
  const labels = await labelsBeside(path)
  return { train: () => idxImages(path, labels, name, most), test: undefined }
}

/** Whether a file is named as one of EMNIST's, whose pictures have to be turned. */
export const isEmnist = (path: string): boolean => EMNIST.test(basename(path))

/** The file of the labels of a file of images, where it lies beside it. */
export async function labelsBeside(path: string): Promise<string | undefined> {
  const twin = basename(path).replace('images', 'labels').replace(/idx[34]/, 'idx1').replace(/\.gz$/, '')
  if (!twin.includes('labels')) return undefined
  const beside = await filesBeside(path)
  const found = [twin, `${twin}.gz`].find((file) => beside.includes(file) && file !== basename(path))
  return found && join(dirname(path), found)
}

const filesBeside = (path: string): Promise<string[]> => readdir(dirname(path)).catch((): string[] => [])

async function idxImages(images: string, labels: string | undefined, name: string, most: number): Promise<ImageDataset> {
  const read = (path: string) => readIdx(path, most).catch((cause) => { throw unreadable(path, cause) })
  const dataset = imagesFromIdx(await read(images), images)
  return { ...(labels ? withIdxLabels(dataset, await read(labels), labels) : dataset), name }
}

/** Rows for columns, and the letters of the mapping, `label code …` a line, as names of the classes. */
async function upright(data: ImageDataset, folder: string, set: string): Promise<ImageDataset> {
  const { images, count, shape: [height, width] } = data
  const turned = new Uint8Array(images.length)
  for (let i = 0; i < count; i++) {
    const at = i * height * width
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < height; x++) turned[at + y * height + x] = images[at + x * width + y]!
    }
  }
  const lines = await readText(join(folder, `${set}-mapping.txt`)).catch(() => '')
  const rows = [...lines.matchAll(/^(\d{1,3}) (\d{1,7})\b/gm)].map(([, label, code]) => [Number(label), Number(code)] as const)
  const classNames = Array.from({ length: Math.max(0, ...rows.map(([label]) => label + 1)) }, (_, i) => `class ${i}`)
  for (const [label, code] of rows) if (code <= 0x10ffff) classNames[label] = String.fromCodePoint(code)
  const named = classNames.length && data.labels?.every((label) => label < classNames.length)
  return {
    ...data, images: turned, shape: [width, height, 1], ...(named && { classes: classNames.length, classNames }),
  }
}
