// The pictures that a run makes of itself, and the folder that they lie in.
import type { Picture } from '../checkpoint/pictures.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { entryAt, failure, makeFolder } from '../node/files.ts'
import { mostPairs, mostSamples, reconstructionsPng, samplesPng } from '../node/pictures.ts'
import type { Model } from '../train/model.ts'

/** Images in a picture of samples, and pairs in one of reconstructions: fewer, where a picture has no room for them. */
const MOST_SAMPLES = 64
export const MOST_PAIRS = 32

interface RunPicture {
  readonly kind: Picture
  /** What TensorBoard calls it. */
  readonly tag: string
  readonly png: Uint8Array
}

/** One picture at a time: samples, then reconstructions of `shown` where the model encodes. */
export function* picturesOf(model: Model, shown: ImageDataset): Generator<RunPicture, void> {
  yield { kind: 'samples', tag: 'samples', png: pictureOfSamples(model) }
  if (!model.definition.encode) return
  const indices = Array.from({ length: Math.min(MOST_PAIRS, shown.count, mostPairs(model)) }, (_, i) => i)
  yield { kind: 'reconstruction', tag: 'reconstructions', png: reconstructionsPng(model, shown, indices) }
}

export const pictureOfSamples = (model: Model): Uint8Array =>
  samplesPng(model, { count: Math.min(MOST_SAMPLES, mostSamples(model)) })

/** Makes the folder for pictures, where there is none. */
export async function makeSamples(path: string): Promise<void> {
  try {
    await checkNoLink(path, 'pictures are not written')
    await makeFolder(path)
  } catch (cause) {
    throw cause instanceof GanglionError ? cause : failure('prepare run folder', path, cause)
  }
}

/** @throws GanglionError where a link was put in a folder's place */
export async function checkNoLink(path: string, what: string): Promise<void> {
  if (!(await entryAt(path))?.isSymbolicLink()) return
  throw new GanglionError(`"${path}" is a link, and ${what} through it; put a folder in its place, or remove it`)
}
