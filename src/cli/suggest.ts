// The model that `ganglion train` takes where none is named, and why. A function of what the images are, not of the machine.
import type { ImageDataset } from '../data/dataset.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { ModelName } from '../models/kinds.ts'

/** Dense models, whose weights grow with the pixels, and models of the same kind that are convolutional. */
const CONVOLUTIONAL: Readonly<Record<string, ModelName>> = { vae: 'conv-vae', gan: 'dcgan', lsgan: 'dcgan' }
/** Of so many numbers an image and more. */
const MANY = 64 * 64 * 3

/** What to train in place of a dense model on large images, or undefined where what was asked for suits them. */
export const convolutionalModel = (kind: string, { shape }: Pick<ImageDataset, 'shape'>): ModelName | undefined =>
  (sizeOf(shape) < MANY ? undefined : CONVOLUTIONAL[kind])

/** Grey images up to this side are few numbers: dense layers do well, and are quick. */
const SMALL = 32

interface Suggestion {
  readonly kind: ModelName
  readonly why: string
}

export function suggestedModel({ shape: [height, width, channels] }: Pick<ImageDataset, 'shape'>): Suggestion {
  const size = `${height}x${width}`
  if (channels === 1 && Math.max(height, width) <= SMALL) {
    return { kind: 'vae', why: `of small grey images (${size}) it learns most in a minute` }
  }
  return { kind: 'conv-vae', why: `it learns from images of any size and colour (these are ${size}x${channels}), and steadily` }
}
