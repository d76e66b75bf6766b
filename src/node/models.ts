// The models by the names that the command line and files know them by.
import { GanglionError } from '../errors.ts'
import { autoencoder } from '../models/autoencoder.ts'
import { dcgan } from '../models/dcgan.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { gan } from '../models/gan.ts'
import { vae } from '../models/vae.ts'

export type ImageShape = readonly [height: number, width: number, channels: number]
export type ModelOptions = ModelDefinition['options']
export type ModelKind = 'autoencoder' | 'vae' | 'gan' | 'dcgan'

interface Kind {
  /** The definition of options left out or as another definition of the kind reports them. */
  define(options: ModelOptions): ModelDefinition
  /** How its codes are distributed, and so how to walk between two of them. */
  readonly codes: 'linear' | 'gaussian'
}

export const models: Readonly<Record<ModelKind, Kind>> = {
  autoencoder: { define: autoencoder, codes: 'linear' },
  vae: { define: vae, codes: 'gaussian' },
  gan: { define: gan, codes: 'gaussian' },
  dcgan: { define: dcgan, codes: 'gaussian' },
}

export const modelKinds = Object.keys(models) as ModelKind[]
export const isModelKind = (name: unknown): name is ModelKind => modelKinds.includes(name as ModelKind)

/** Options that a definition reports only when they are given, with a value for each. */
const UNSET: ModelOptions = { clipNorm: 1 }

/** The options that a model takes, with their defaults; of one that is unset by default, a value that it could have. */
export const optionsOf = (kind: ModelKind): ModelOptions => models[kind].define(UNSET).options

/**
 * The definition of a model for images of a shape.
 * @throws RangeError when there is no such model, or an option is not one of its
 * @throws GanglionError when the model takes images of other shapes only
 */
export function defineFor(imageShape: ImageShape, kind: ModelKind, options: ModelOptions = {}): ModelDefinition {
  if (!isModelKind(kind)) throw new RangeError(`defineFor: there is no '${String(kind)}', expected ${modelKinds.join(', ')}`)
  const definition = models[kind].define({ ...options, ...(takes(kind, imageShape) && { imageShape }) })
  if (fits(definition, imageShape)) return definition
  const others = modelKinds.filter((other) => takes(other, imageShape))
  const taken = kind === 'dcgan' ? 'images whose sides four divides' : definition.imageShape.join('x')
  throw new GanglionError(`images of ${imageShape.join('x')} were given, and the ${kind} takes ${taken}; ` +
    `resize the images, or choose another model (${others.join(', ')})`)
}

function takes(kind: ModelKind, imageShape: ImageShape): boolean {
  try {
    return fits(models[kind].define({ imageShape }), imageShape)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const fits = (definition: ModelDefinition, shape: ImageShape): boolean => definition.imageShape.join() === shape.join()
