// Makes a data set of the files that the page was given. Files that are broken are named, and the rest goes on.
import { datasetFromFiles, encodePictureSet, openPictureSet, type PictureDataset } from 'ganglion/pictures'
import type { GivenFile } from '../state/given.ts'
import type { OwnSet, Wanted } from '../state/own.ts'

export interface Asked {
  readonly files: readonly GivenFile[]
  readonly wanted: Wanted
}
export type Made = Omit<OwnSet, 'wanted'> | { readonly error: string }

/** Images that views look at, at most. */
const SEEN = 1000
/** Digits of a set's name. */
const DIGITS = 16
const SPLITS = /^train\//
const OTHERS = /^(?:test|val|valid|validation)\//
/** One folder around all, which is no class. */
const ROOT = 'pictures/'

/** Every n-th of its images, so that all classes are among them. */
function some({ name, images, labels, count, shape, classes }: PictureDataset): OwnSet['test'] {
  const each = Math.ceil(count / SEEN)
  const size = images.length / count
  const kept = Math.ceil(count / each)
  const part = new (images.constructor as Uint8ArrayConstructor)(kept * size)
  for (let i = 0; i < kept; i++) part.set((images as Uint8Array).subarray(i * each * size, (i * each + 1) * size), i * size)
  return {
    name, images: part, count: kept, shape,
    ...(labels && { labels: labels.filter((_, i) => i % each === 0), classes }),
  }
}

/** Arrays of their own: those that are longer than what they hold would be sent whole. */
const whole = ({ images, labels, ...rest }: PictureDataset): OwnSet['train'] => (
  { ...rest, images: images.slice(), ...(labels && { labels: labels.slice() }) })

async function made({ files, wanted }: Asked): Promise<Made> {
  // A path does not cross to a worker with its file.
  const all = files.map(({ path, file }) => Object.defineProperty(file, 'webkitRelativePath', { value: ROOT + path }))
  const options = { ...wanted, skipBroken: true }
  const train = await datasetFromFiles(all, options)
  const split = files.some(({ path }) => SPLITS.test(path)) && files.some(({ path }) => OTHERS.test(path))
  const test = split ? await datasetFromFiles(all, { ...options, split: 'test' }) : null
  const { report, skipped = [], classNames = [] } = train
  return {
    id: `own-${openPictureSet(await encodePictureSet(train)).digest.slice(0, DIGITS)}`,
    train: whole(train), test: some(test ?? train),
    unseen: test !== null, classNames, skipped,
    broken: [...report.broken, ...test?.report.broken ?? []],
  }
}

onmessage = ({ data }: MessageEvent<Asked>) => void made(data)
  .then((result) => postMessage(result), (error: Error) => postMessage({ error: error.message }))
