// The model that `ganglion train` takes where none is named, and why. A function of what the images are, not of the machine.
import type { ImageDataset } from '../data/dataset.ts'
import { isVariable } from '../graph/leaves.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { type ModelName, models } from '../models/kinds.ts'
import { graphsOf } from '../models/stages.ts'
import { ROWS } from '../train/model.ts'
import { parametersAmong } from './cost.ts'

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
  const other = kind && sizeOf(dense.imageShape) >= LARGE ? definedOn(kind, dense.imageShape) : undefined
  if (!kind || !other) return undefined
  const [before, parameters] = [parametersIn(dense), parametersIn(other)]
  return parameters < before ? { kind, parameters, before } : undefined
}

/** A model at its defaults; undefined where it does not take such images. */
function definedOn(kind: ModelName, imageShape: ModelDefinition['imageShape']): ModelDefinition | undefined {
  try {
    return models[kind]({ imageShape })
  } catch {
    return undefined
  }
}

const parametersIn = (definition: ModelDefinition): number =>
  parametersAmong([...new Set(graphsOf(definition, ROWS).tensors.filter(isVariable))])

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
