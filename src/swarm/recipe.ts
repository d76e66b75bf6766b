// What a coordinator says of its run, as a worker that does not trust it reads it: the model and the images.
import type { loadedOptions } from '../checkpoint/options.ts'
import { imageDataset, type ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { isRecord } from '../options.ts'
import type { Precision } from '../runtime/cores.ts'

/** What a worker makes the model of, beside the images. */
export interface ModelRecipe {
  readonly kind: string
  /** The digest of the file of one's own model. */
  readonly module?: string
  readonly options: Parameters<typeof loadedOptions>[0]
  /** How training images are changed at random, where they are. */
  readonly augment?: string
  readonly imageShape: readonly number[]
  readonly classes?: number
  readonly seed: number
  readonly precision: Precision
  readonly batchSize: number
  readonly microBatches: number
}

/** What a worker by a nats-server is told. */
export interface RunRecipe extends ModelRecipe {
  readonly data: {
    /** A source that every machine may have, and what of it. */
    readonly source?: string
    readonly load: object
    readonly sha256: string
    readonly count: number
    readonly floats: boolean
  }
}

/** @throws GanglionError where it is none */
export function recipeOf(recipe: unknown): RunRecipe {
  const good = isRecord(recipe) && isRecord(recipe['data']) && isRecord(recipe['options']) &&
    typeof recipe['kind'] === 'string' && Array.isArray(recipe['imageShape'])
  if (good) return recipe as unknown as RunRecipe
  throw new GanglionError('the coordinator does not say what it trains; run the same version of ganglion on both sides')
}

/**
 * The images, as the coordinator sends them.
 * @throws GanglionError where they are not those of the run, or have labels, which are not sent
 */
export async function fetchedImages(
  { data: { sha256: expected, floats }, imageShape, classes }: RunRecipe, fetched: () => Promise<Uint8Array>,
): Promise<ImageDataset> {
  if (classes !== undefined) {
    throw new GanglionError("the run's data have labels, which are not sent; give the data with --data")
  }
  const bytes = await fetched()
  if (await sha256([bytes]) !== expected) {
    throw new GanglionError('the images that were fetched are not those of the run; try again')
  }
  const images = floats ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : bytes
  return imageDataset({ images, shape: imageShape as [number, number, number] })
}
