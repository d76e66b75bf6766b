// The model that `ganglion train` takes where none is named, and why. A function of what the images are, not of the machine.
import type { ImageDataset } from '../data/dataset.ts'
import { isVariable } from '../graph/leaves.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { type ModelName, models } from '../models/kinds.ts'
import { graphsOf } from '../models/stages.ts'
import { ROWS } from '../train/model.ts'

/** Dense models, whose weights grow with the pixels, and convolutional ones that learn the same. */
const CONVOLUTIONAL: Readonly<Partial<Record<string, ModelName>>> = { vae: 'conv-vae', gan: 'dcgan', lsgan: 'dcgan' } satisfies
  Partial<Record<ModelName, ModelName>>
/** Images of at least this many numbers are large. */
const LARGE = 64 * 64 * 3

interface Leaner {
  readonly kind: ModelName
  readonly parameters: number
  /** Of the dense model. */
  readonly before: number
}
/** A convolutional model that has fewer parameters than a dense one on large images; undefined where there is none. */
export function leanerModel(dense: ModelDefinition): Leaner | undefined {
  const kind = CONVOLUTIONAL[dense.kind]
  const imageShape = dense.imageShape as readonly [number, number, number]
  if (!kind || sizeOf(imageShape) < LARGE || !takes(kind, imageShape)) return undefined
  const [before, parameters] = [dense, models[kind]({ imageShape })].map(parametersIn) as [number, number]
  return parameters < before ? { kind, parameters, before } : undefined
}

function takes(kind: ModelName, imageShape: readonly [number, number, number]): boolean {
  try {
    models[kind]({ imageShape })
    return true
  } catch {
    return false
  }
}

const parametersIn = (definition: ModelDefinition): number =>
  [...new Set(graphsOf(definition, ROWS).tensors.filter(isVariable))]
    .reduce((n, { attrs, size }) => n + (attrs.role === 'parameter' ? size : 0), 0)

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
