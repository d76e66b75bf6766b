// The models by the names that the command line and files know them by.
import { GanglionError } from '../errors.ts'
import { autoencoder } from '../models/autoencoder.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { gan } from '../models/gan.ts'
import { vae } from '../models/vae.ts'

export type ImageShape = readonly [height: number, width: number, channels: number]
export type ModelOptions = ModelDefinition['options']
export type ModelKind = 'autoencoder' | 'vae' | 'gan'

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
}

export const modelKinds = Object.keys(models) as ModelKind[]
export const isModelKind = (name: unknown): name is ModelKind => modelKinds.includes(name as ModelKind)

/**
 * The definition of a model for images of a shape.
 * @throws GanglionError when the model takes images of one shape only, and it is another
 */
export function defineFor(imageShape: ImageShape, kind: ModelKind, options: ModelOptions = {}): ModelDefinition {
  const definition = models[kind].define({ ...options, imageShape })
  if (fits(definition, imageShape)) return definition
  const others = modelKinds.filter((other) => fits(models[other].define({ imageShape }), imageShape))
  const [given, taken] = [imageShape, definition.imageShape].map((shape) => shape.join('x'))
  throw new GanglionError(`images of ${given} were given, and the ${kind} takes ${taken}; ` +
    `resize the images, or choose another model (${others.join(', ')})`)
}

const fits = (definition: ModelDefinition, shape: ImageShape): boolean => definition.imageShape.join() === shape.join()
