// Data for commands: the part that trains, and the part that judges.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RunConfig } from '../checkpoint/config.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import {
  loadDataset, type LoadedDataset, loadFrom, type LoadOptions, MissingSplit, refusePictures, type Split,
} from '../node/datasets.ts'
import { NAMES, openSource, type Source } from '../node/sources.ts'
import { MOST_BYTES } from '../node/read.ts'
import { openRows, type OpenedDataset } from '../node/open_dataset.ts'
import { imagesHash, spreadImages } from '../node/rows_in_order.ts'
import { isRangeError } from '../tag.ts'
import type { Model } from '../train/model.ts'
import { inMemory, largeData, mostInMemory } from './large_data.ts'
import { nearest } from './nearest.ts'
import { kebab } from './model_options.ts'

/** Which images of a source a run takes, and what they are made into: as options say, and config.json keeps it. */
export type DataChoice = Omit<LoadOptions, 'split' | 'maxBytes' | 'workers'>
type SavedData = NonNullable<RunConfig['data']>

/** A source that means the same in every working folder. */
export const absolute = (source: string): string => ((NAMES as readonly string[]).includes(source) ? source : resolve(source))

/** The training images of a source; where there is none, the name that may be meant. */
export async function trainingData(source: string, choice: DataChoice = {}, maxBytes?: number): Promise<LoadedDataset> {
  return loadDataset(source, { ...choice, maxBytes }).catch((error: Error) => {
    const missing = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    const hint = error instanceof GanglionError && missing ? nearest(source, NAMES) : ''
    throw hint ? new GanglionError(error.message.replace('; check the path', hint), { cause: error }) : flagged(error)
  })
}

/**
 * The training images of a source: in memory, or in their file where they are larger than what may be there.
 * @param memory what they may take
 */
export async function trainingSet(
  source: string, choice: DataChoice, maxBytes?: number, memory?: number,
): Promise<LoadedDataset | OpenedDataset> {
  const most = mostInMemory(memory, maxBytes)
  const large = await largeData(source, choice, most).then((found) => {
    if (found) refusePictures(source, choice)
    return found
  }).catch((error: Error) => { throw flagged(error) })
  return large ?? trainingData(source, choice, memory === undefined ? maxBytes : Math.max(memory, maxBytes ?? MOST_BYTES))
}

/** An error of loadDataset with its options by their flags. */
function flagged(error: Error): Error {
  if (!(error instanceof GanglionError) && !isRangeError(error)) return error
  const message = error.message.replace(/^(limit|limitFirst|validation)(?=:? )/, (key) => `--${kebab(key)}`)
    .replace(/; leave out (\w+)$/, (_, key: string) => `; leave out --${kebab(key)}`)
    .replace('; give a size, which', '; give --size, which').replace(', or hold some out', ', or give --validation')
  return new GanglionError(message, { cause: error.cause ?? error })
}

/**
 * The images to judge by: the test images of a source, or what is held out of its training images; none where one file, or
 * a folder without a test split, is to train on alone.
 * @param like what the training images are
 */
export async function testData(
  source: string, given: DataChoice, like?: Pick<LoadedDataset, 'preparation'>, maxBytes?: number, memory?: number,
): Promise<LoadedDataset | undefined> {
  const found = await testSet(source, given, like, maxBytes, memory)
  return found && inMemory(found, 'the images to judge by')
}

/** As `testData`; in their file where they are larger than what may be in memory. */
async function testSet(
  source: string, given: DataChoice, like?: Pick<LoadedDataset, 'preparation'>, maxBytes?: number, memory?: number,
): Promise<LoadedDataset | OpenedDataset | undefined> {
  const choice: DataChoice = { ...given, limit: undefined, limitFirst: undefined }
  const found = await openSource(source, maxBytes ?? MOST_BYTES)
  if (isAlone(found, choice)) return undefined
  try {
    const large = await largeData(source, { ...choice, split: 'test' }, mostInMemory(memory, maxBytes))
    return large ?? await loadFrom(found, { ...choice, ...like?.preparation, split: 'test', maxBytes })
  } catch (error) {
    if (error instanceof MissingSplit) return undefined
    throw flagged(error as Error)
  }
}

/** Whether a source is one file whose images are all to train on. */
const isAlone = (source: Source, { validation }: DataChoice): boolean =>
  'load' in source && source.single && validation === undefined

/** What a saved run's options say of its data, for other images: their size and channels are the model's. */
const forModel = ({ load = {} }: Partial<SavedData>, { definition: { imageShape } }: Model): DataChoice => {
  const [height, width, channels] = imageShape as readonly [number, number, 1 | 3 | 4]
  return { ...load as DataChoice, limit: undefined, limitFirst: undefined, size: [height, width], channels }
}

/**
 * Images for a trained model to show or to be judged by: the test images; the training images where there are no others. They
 * are in their file where they take more than `maxBytes`, or than what may be in memory.
 * @param given in place of the run's
 * @throws GanglionError when there is no source, or its images are not of the model's shape
 */
export async function fittingSet(
  given: string | undefined, { data: saved }: RunConfig, folder: string, model: Model, maxBytes?: number,
): Promise<{ data: LoadedDataset | OpenedDataset, split: Split }> {
  const source = given ?? sourceOf(saved, folder)
  const choice = forModel(saved ?? {}, model)
  // What the run held out is held out of its own data only.
  const asked = given === undefined || given === saved?.source ? choice : { ...choice, validation: undefined }
  const test = await testSet(source, asked, undefined, maxBytes, maxBytes)
  const data = test ?? await largeData(source, asked, mostInMemory(maxBytes))
    ?? await loadFrom(await openSource(source, maxBytes ?? MOST_BYTES), { ...asked, maxBytes })
  return { data: fitting(data, model), split: test ? 'test' : 'train' }
}

/** As `fittingSet`, in memory. @throws GanglionError where they are larger than what may be there too */
export async function fittingData(
  given: string | undefined, config: RunConfig, folder: string, model: Model, maxBytes?: number,
): Promise<{ data: LoadedDataset, split: Split }> {
  const { data, split } = await fittingSet(given, config, folder, model, maxBytes)
  return { data: inMemory(data, 'the images', '--max-bytes'), split }
}

function sourceOf(saved: RunConfig['data'], folder: string): string {
  if (saved?.source !== undefined) return saved.source
  throw new GanglionError(`"${folder}" does not say what it was trained on; give --data`)
}

/** @throws GanglionError where images are not of the model's shape */
function fitting<D extends Pick<ImageDataset, 'name' | 'shape'>>(data: D, { definition: { imageShape } }: Model): D {
  if (data.shape.join() === imageShape.join()) return data
  throw new GanglionError(`the images of "${data.name}" are ${data.shape.join('x')}, ` +
    `and the model was trained on ${imageShape.join('x')}; give other data`)
}

/**
 * The images that trained a run, for its model to encode.
 * @param given in place of the run's
 * @throws GanglionError when there is no source, or its images are not of the model's shape
 */
export async function trainedOn(
  given: string | undefined, { data: saved }: RunConfig, folder: string, model: Model, maxBytes?: number,
): Promise<LoadedDataset> {
  const source = given ?? sourceOf(saved, folder)
  const { limit, limitFirst = saved?.load ? undefined : saved?.count, validation } = (saved?.load ?? {}) as DataChoice
  // What the run left out is left out of its own data only.
  const choice = source === saved?.source ? { limit, limitFirst, validation } : { validation: undefined }
  const found = await openSource(source, maxBytes ?? MOST_BYTES)
  return fitting(await loadFrom(found, { ...forModel(saved ?? {}, model), ...choice, maxBytes }), model)
}

/**
 * Up to `most` of the images that `fittingData` gives for a run, as far from each other as they can be. Of pictures, and of a
 * file whose images have their places, no others are read.
 * @throws GanglionError as `fittingData` does
 */
export async function someFittingData(config: RunConfig, folder: string, model: Model, most: number): Promise<ImageDataset> {
  const [source, choice] = [sourceOf(config.data, folder), forModel(config.data ?? {}, model)]
  const rows = await fittingRows(source, choice)
  if (rows) return spreadImages(fitting(rows, model), most)
  const found = await openSource(source, MOST_BYTES)
  const test = isAlone(found, choice) ? undefined : await loadFrom(found, { ...choice, split: 'test' }, most)
    .catch((error: Error) => {
      if (error instanceof MissingSplit) return undefined
      throw flagged(error)
    })
  return fitting(test ?? await loadFrom(found, choice, most), model)
}

/** The test images in a file, or its training images where there are no others; undefined where images have to be loaded. */
async function fittingRows(source: string, { validation, seed }: DataChoice): Promise<OpenedDataset | undefined> {
  if ((NAMES as readonly string[]).includes(source) || !(await stat(source).catch(() => undefined))?.isFile()) return undefined
  try {
    return await openRows(source, { split: 'test', validation, seed })
  } catch (error) {
    if (error instanceof MissingSplit) return openRows(source, { split: 'train', validation, seed })
    throw error
  }
}

/** How many classes there are: as the data say, or as the labels reach. */
export const classesOf = ({ classes, labels }: Pick<ImageDataset, 'classes' | 'labels'>): number | undefined =>
  classes ?? (labels && (labels as Uint8Array).reduce((most, label) => Math.max(most, label), 0) + 1)

const hashes = new WeakMap<ImageDataset | OpenedDataset, Promise<string>>()
/** SHA-256 of the images' bytes. Those of a file are read for it, once. */
export function dataHash(data: ImageDataset | OpenedDataset): Promise<string> {
  let hash = hashes.get(data)
  if (!hash) hashes.set(data, hash = 'stream' in data ? imagesHash(data) : Promise.resolve(hashOf(data)))
  return hash
}
const hashOf = ({ images }: ImageDataset): string =>
  createHash('sha256').update(new Uint8Array(images.buffer, images.byteOffset, images.byteLength)).digest('hex')
