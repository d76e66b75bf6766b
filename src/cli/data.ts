// Data for commands: the part that trains, and the part that judges.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type ImageDataset, take } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { loadDataset, MissingSplit, type Split } from '../node/datasets.ts'
import type { LoadedDataset } from '../node/picture_folder.ts'
import type { Model } from '../train/model.ts'
import type { Io } from './io.ts'
import { nearest } from './nearest.ts'

/** Data with a name of its own. */
const NAMES = ['mnist', 'fashion']

/** A source that means the same in every working folder. */
export const absolute = (source: string): string => (NAMES.includes(source) ? source : resolve(source))

/** The training images of a source; where there is none, the name that may be meant. */
export async function allTrainingData(source: string, maxBytes?: number): Promise<LoadedDataset> {
  return loadDataset(source, { maxBytes }).catch((error: Error) => {
    const missing = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    const hint = error instanceof GanglionError && missing ? nearest(source, NAMES) : ''
    throw hint ? new GanglionError(error.message.replace('; check the path', hint), { cause: error }) : error
  })
}

/** The first `limit` training images, or all. */
export async function trainingData(source: string, limit?: number, maxBytes?: number): Promise<LoadedDataset> {
  const data = await allTrainingData(source, maxBytes)
  if (limit === undefined) return data
  if (limit > data.count) {
    throw new GanglionError(`--limit ${limit} is more than the ${data.count} images of "${data.name}"; ` +
      'use a smaller limit or leave it out')
  }
  return take(data, limit)
}

/** The test images; none where one file, or a folder without a test split (one of PNG files, say), is to train on alone. */
export async function testData(source: string, maxBytes?: number): Promise<LoadedDataset | undefined> {
  if (!NAMES.includes(source) && (await stat(source).catch(() => null))?.isFile()) return undefined
  return loadDataset(source, { split: 'test', maxBytes }).catch((error) => {
    if (error instanceof MissingSplit) return undefined
    throw error
  })
}

/**
 * Images for a trained model to show or to be judged by: the test images; the training images where there are no others.
 * @throws GanglionError when there is no source, or its images are not of the model's shape
 */
export async function fittingData(
  source: string | undefined, folder: string, { definition: { imageShape } }: Model, maxBytes?: number,
): Promise<{ data: LoadedDataset, split: Split }> {
  if (source === undefined) throw new GanglionError(`"${folder}" does not say what it was trained on; give --data`)
  const test = await testData(source, maxBytes)
  const data = test ?? await allTrainingData(source, maxBytes)
  if (data.shape.join() === imageShape.join()) return { data, split: test ? 'test' : 'train' }
  throw new GanglionError(`the images of "${data.name}" are ${data.shape.join('x')}, ` +
    `and the model was trained on ${imageShape.join('x')}; give other data`)
}

/** What a folder holds and was not read. */
export function saySkipped({ name, skipped = [] }: LoadedDataset, { stderr }: Io): void {
  const said = [
    counted(skipped.filter((each) => each.endsWith('/')), 'sub-folder'),
    counted(skipped.filter((each) => !each.endsWith('/')), 'picture that is no PNG file', 'pictures that are no PNG files'),
  ]
  const parts = said.filter((part) => part !== '')
  if (parts.length) stderr.write(`ganglion: of "${name}", not read: ${parts.join(' and ')}\n`)
}

function counted(names: readonly string[], one: string, many = `${one}s`): string {
  if (!names.length) return ''
  return `${names.length} ${names.length === 1 ? one : many} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`
}

/** How many classes there are: as the data say, or as the labels reach. */
export const classesOf = ({ classes, labels }: ImageDataset): number | undefined =>
  classes ?? (labels && Array.from(labels).reduce((most, label) => Math.max(most, label), 0) + 1)

/** SHA-256 of the images' bytes. */
export const dataHash = ({ images }: ImageDataset): string =>
  createHash('sha256').update(new Uint8Array(images.buffer, images.byteOffset, images.byteLength)).digest('hex')
