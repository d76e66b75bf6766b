// A model of one's own, from what a module exports: a definition, or a function that makes one.
import { GanglionError } from '../errors.ts'
import { isObject, shown } from '../options.ts'
import type { ModelDefinition, ModelOptions } from './definition.ts'
import type { ModelKind, Schema } from './kind.ts'

/** What a model is made for. */
export interface MadeFor {
  /** The shape of the images that are to train it: [height, width, channels]. */
  readonly imageShape?: readonly number[]
  /** How many classes they have, where they have labels. */
  readonly classes?: number
  /** Its options: those that were given, or those of the definition that was made before, its schedules as schedules. */
  readonly options: ModelOptions
}

/** What a module with a model of one's own has as its default export. */
export type OwnModel = ModelDefinition | ModelKind | ((made: MadeFor) => ModelDefinition)

const isDefinition = (x: unknown): x is ModelDefinition => isObject(x) && 'train' in x && 'decode' in x
const isKind = (x: unknown): x is ModelKind => typeof x === 'function' && 'options' in x && 'kind' in x

/** The options that an own model says it takes: those of `defineModel`. Others say none. */
export const schemaOf = (own: OwnModel): Schema => (isKind(own) ? own.options : {})

/**
 * The default export of a module, if it may be one of a model.
 * @throws GanglionError where it is neither a definition nor a function
 */
export function ownModel(exported: { readonly default?: unknown }, where: string): OwnModel {
  const own = exported.default
  if (isDefinition(own) || typeof own === 'function') return own as OwnModel
  const found = own === undefined ? 'has none' : `exports ${shown(own)}`
  throw new GanglionError(`"${where}" expected a default export that is a definition or a function that makes one, ` +
    `and it ${found}; export what defineModel gives, say`)
}

/**
 * The definition that an own model makes for images, classes and options. One of `defineModel` gets `imageShape` and
 * `classes` among its options, where it has such; another function gets all three in an object.
 * @throws GanglionError where no definition comes of it, or one of another image shape
 */
export function defineOwn(own: OwnModel, made: MadeFor, where: string): ModelDefinition {
  const { imageShape, classes, options } = made
  let definition: unknown = own
  if (isKind(own)) {
    const known = { imageShape, classes }
    definition = own({ ...options, ...Object.fromEntries(Object.entries(known).filter(([key]) => key in own.options)) })
  } else if (typeof own === 'function') definition = own(made)
  if (!isDefinition(definition)) {
    throw new GanglionError(`"${where}" made no definition: an object with imageShape, codeShape, train and decode was expected`)
  }
  const taken = definition.imageShape.join('x')
  if (imageShape && taken !== imageShape.join('x')) {
    throw new GanglionError(`images of ${imageShape.join('x')} were given, and the model of "${where}" takes ${taken}; ` +
      'resize the images, or make the model of the imageShape that it is given')
  }
  return definition
}
