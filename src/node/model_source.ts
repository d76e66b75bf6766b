// Where a run's model comes from: a kind of the package, or a module of one's own, loaded from a file.
import { createHash } from 'node:crypto'
import { basename, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelModule, SavedModel } from '../checkpoint/config.ts'
import { GanglionError } from '../errors.ts'
import { augmented } from '../models/augmented.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { Schema } from '../models/kind.ts'
import { defineFor, type ImageShape, isModelName, modelNames, type ModelName, models } from '../models/kinds.ts'
import { defineOwn, type MadeFor, ownModel, schemaOf } from '../models/own.ts'
import { inRounds, type RoundOptions } from '../models/rounds.ts'
import { readRegular } from './read.ts'

/** A model that is still to be made. */
export interface ModelSource {
  /** Its kind, or the name of its module's file. */
  readonly kind: string
  /** The options that it takes. */
  readonly options: Schema
  /** How many epochs it is trained by default. */
  readonly epochs?: number
  /** How many images a step takes by default. */
  readonly batchSize?: number
  define(made: MadeFor): ModelDefinition
  /** Of a module. */
  readonly module?: { readonly path: string, readonly sha256: string }
}

/** A kind of the package. */
export function builtInModel(kind: ModelName): ModelSource {
  const { options, epochs, batchSize } = models[kind]
  return {
    kind, options, epochs, batchSize,
    define: ({ imageShape, classes, options: given }) => (
      imageShape ? defineFor(imageShape as ImageShape, kind, given, classes) : models[kind](given)
    ),
  }
}

/**
 * A model of one's own: a module whose default export is a definition or a function that makes one.
 * @throws GanglionError when the file cannot be read or loaded, or exports something else
 */
export async function moduleModel(path: string): Promise<ModelSource> {
  const file = resolve(path)
  const bytes = await readRegular(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof GanglionError) throw cause
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw new GanglionError(`cannot read the model "${path}": ${why}; give the path of a JavaScript module`, { cause })
  })
  // eslint-disable-next-line no-restricted-syntax -- a module of the user's, from which the model is made
  const exported = await import(pathToFileURL(file).href).catch((cause: Error) => {
    throw new GanglionError(`cannot load the model "${path}": ${cause.message}; run it with node to see where`, { cause })
  }) as { default?: unknown, epochs?: number }
  const own = ownModel(exported, path)
  return {
    kind: basename(file).replace(/\.\w+$/, ''),
    options: schemaOf(own),
    epochs: 'epochs' in own ? own.epochs : undefined,
    batchSize: 'batchSize' in own ? own.batchSize : undefined,
    define: (made) => defineOwn(own, made, path),
    module: { path: file, sha256: createHash('sha256').update(bytes).digest('hex') },
  }
}

/** The same model, trained on images that are changed at random, where `changes` are named. */
export const augmentedModel = (source: ModelSource, changes: string | undefined): ModelSource => (changes === undefined ? source
  : { ...source, define: (made) => augmented(source.define(made), changes) })

/** The same model, trained in rounds, where they are asked for. */
export const modelInRounds = (source: ModelSource, rounds: RoundOptions | undefined): ModelSource => (
  rounds === undefined ? source : { ...source, define: (made) => inRounds(source.define(made), rounds) })

/** What config.json says of a definition's module. */
export const savedModule = ({ module }: ModelSource, folder: string): ModelModule | undefined =>
  module && { path: module.path, relative: relative(resolve(folder), module.path), sha256: module.sha256 }

/**
 * What makes the model of a run again: its kind, or its module, which must be the file that it was.
 * @param other a module to take in place of the run's, whatever it holds
 * @throws GanglionError when the model is not one of the package and its module is missing or was changed
 */
export async function sourceOf({ kind, module }: SavedModel, folder: string, other?: string): Promise<ModelSource> {
  if (other !== undefined) return moduleModel(other)
  if (module) return unchanged(module, folder)
  if (isModelName(kind)) return builtInModel(kind)
  throw new GanglionError(`the run "${folder}" is of the model "${kind}", which is none of the package ` +
    `(${modelNames.join(', ')}); give the module that makes it, or { define } to loadRun`)
}

async function unchanged({ path, relative: near, sha256 }: ModelModule, folder: string): Promise<ModelSource> {
  const places = [resolve(folder, near), path]
  for (const place of places) {
    const bytes = await readRegular(place).catch(() => null)
    if (!bytes) continue
    if (createHash('sha256').update(bytes).digest('hex') === sha256) return moduleModel(place)
    throw new GanglionError(`"${place}" was changed since the run "${folder}" was trained with it; ` +
      'bring it back, or name it with --model (in a program: loadRun with { define }) if it still makes that model')
  }
  throw new GanglionError(`the model of the run "${folder}" is missing: its module was "${path}"; ` +
    'put it back, or name another with --model (in a program: loadRun with { define })')
}
