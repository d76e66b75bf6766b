// The models by the names that the command line and files know them by.
import { GanglionError } from '../errors.ts'
import { autoencoder } from '../models/autoencoder.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { gan } from '../models/gan.ts'
import { vae } from '../models/vae.ts'

export type ImageShape = readonly [height: number, width: number, channels: number]
export type ModelOptions = Readonly<Record<string, number | string | boolean>>

export type ModelKind = 'autoencoder' | 'vae' | 'gan'

interface Kind {
  define(options: ModelOptions, imageShape?: ImageShape): ModelDefinition
  /** How its codes are distributed, and so how to walk between two of them. */
  readonly codes: 'linear' | 'gaussian'
}

export const models: Readonly<Record<ModelKind, Kind>> = {
  autoencoder: { define: (options) => autoencoder(options), codes: 'linear' },
  vae: { define: (options, imageShape) => vae({ ...options, imageShape }), codes: 'gaussian' },
  gan: { define: (options, imageShape) => gan({ ...options, imageShape }), codes: 'gaussian' },
}

export const modelKinds = Object.keys(models) as ModelKind[]
export const isModelKind = (name: unknown): name is ModelKind => modelKinds.includes(name as ModelKind)

/**
 * The definition of a model for images of `imageShape`.
 * @throws GanglionError when the model takes images of one shape only, and it is another
 */
export function define(kind: ModelKind, options: ModelOptions, imageShape: ImageShape): ModelDefinition {
  const definition = models[kind].define(options, imageShape)
  if (definition.imageShape.join() !== imageShape.join()) {
    const fits = modelKinds.filter((other) => other !== kind && models[other].define({}, imageShape).imageShape.join() === imageShape.join())
    throw new GanglionError(`images of ${imageShape.join('x')} were given, and the ${kind} takes ${definition.imageShape.join('x')}; ` +
      `resize the images, or choose another model (${fits.join(', ')})`)
  }
  return definition
}
