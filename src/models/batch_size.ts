// How many images a step takes by default. A step's values grow with images times pixels: a batch that falls with the side of
// images lets them grow with the side, not with its square.
import type { ModelDefinition } from './definition.ts'

/** Of most models. */
const BATCH_SIZE = 128
/** Pixels of 64 × 64, and what a step has of such images at most. */
const [PIXELS, MOST] = [4096, 64]
/** Batch normalization wants several. */
const LEAST = 8

/**
 * How many images [height, width, channels] a step takes by default: `own`, a model's number, but at most 64 from 64 × 64 pixels
 * on, 32 from 128 × 128, 16 from 256 × 256, and 8 from 512 × 512.
 */
export function batchSizeFor([height, width]: readonly number[], own = BATCH_SIZE): number {
  const pixels = height! * width!
  if (pixels < PIXELS) return own
  let most = MOST
  for (let side = 4; pixels >= side * PIXELS && most > LEAST; side *= 4) most /= 2
  return Math.min(own, most)
}

/** As `batchSizeFor`, of data of `count` images: a step, with its batches and micro-batches, takes no more than there are. */
export function batchSizeWithin(
  count: number, { imageShape, batchesPerStep = 1 }: Pick<ModelDefinition, 'imageShape' | 'batchesPerStep'>, own?: number,
  accumulate = 1,
): number {
  return Math.max(1, Math.min(batchSizeFor(imageShape, own), Math.floor(count / (batchesPerStep * accumulate))))
}
