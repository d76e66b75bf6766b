// The kinds of models of the package by their names, for what handles any of them: the command line, workers, runs, tests.
// It reaches all models, so nothing that a page may take a part of imports it.
import { GanglionError } from '../errors.ts'
import { isRangeError } from '../tag.ts'
import type { ModelDefinition, ModelOptions } from './definition.ts'
import { check, count, imageShape as imageRule, optional, record, shown } from '../options.ts'
import type { OwnKind, Schema } from './kind.ts'
import * as registry from './registry.ts'

export type ImageShape = readonly [height: number, width: number, channels: number]
export type { ModelOptions } from './definition.ts'
/** `conv-vae`, of `convVae`. */
type Kebab<S extends string> = S extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}` : ''
export type ModelName = Kebab<keyof typeof registry>

type SchemaOf<K> = K extends { readonly options: infer S extends Schema } ? S : never
// What a record lacks does not compile here.
const complete: { readonly [K in keyof typeof registry]: OwnKind<SchemaOf<(typeof registry)[K]>> } = registry
export const models = Object.fromEntries((Object.values(complete) as unknown as OwnKind[]).map((each) => [each.kind, each])) as
  Readonly<Record<ModelName, OwnKind>>
/**
 * @example
 * for (const name of modelNames()) console.log(name)
 */
export const modelNames = (Object.keys(models) as ModelName[]).sort()
/** Whether a kind may be told the classes of images, and whether it must be. */
const takesClasses = (kind: ModelName): boolean => 'classes' in models[kind].options
export const needsClasses = (kind: ModelName): boolean => takesClasses(kind) && models[kind].options['classes']!.initial !== 0
export const isModelName = (name: unknown): name is ModelName => modelNames.includes(name as ModelName)

/**
 * The definition of a model for images of a shape.
 * @param classes how many they have, where they have labels: models that may be told are
 * @throws RangeError when there is no such model, or an option is not one of its
 * @throws GanglionError when the model takes images of other shapes only
 * @example
 * const definition = defineFor([28, 28, 1], 'vae', { latent: 2 })
 */
export function defineFor(
  imageShape: ImageShape, kind: ModelName, options: ModelOptions = {}, classes?: number,
): ModelDefinition {
  check('defineFor', 'imageShape', imageShape, imageRule)
  check('defineFor', 'options', options, record)
  check('defineFor', 'classes', classes, optional(count))
  if (!isModelName(kind)) throw new RangeError(`defineFor: there is no ${shown(kind)}, expected ${modelNames.join(', ')}`)
  if (needsClasses(kind) && classes === undefined && options['classes'] === undefined) {
    const others = modelNames.filter((other) => !needsClasses(other) && takes(other, imageShape))
    throw new GanglionError(`the images have no labels, and the ${kind} learns images of classes; ` +
      `give data with labels, or choose another model (${others.join(', ')})`)
  }
  if (takes(kind, imageShape)) return models[kind]({ ...(takesClasses(kind) && classes && { classes }), ...options, imageShape })
  const others = modelNames.filter((other) => takes(other, imageShape))
  throw new GanglionError(`images of ${imageShape.join('x')} were given, and the ${kind} takes ${models[kind].images}; ` +
    `resize the images, or choose another model (${others.join(', ')})`)
}

/** Whether a model with its default options is one for images of a shape. */
function takes(kind: ModelName, imageShape: ImageShape): boolean {
  try {
    return Boolean(models[kind]({ imageShape }))
  } catch (error) {
    if (isRangeError(error)) return false
    throw error
  }
}
