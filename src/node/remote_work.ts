// The work of a run that another machine coordinates, from what that says of it. Invariant: only this machine's own code and
// files that its user named are loaded; what the coordinator says is checked.
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { isModelName } from '../models/kinds.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { fetchedData, type FetchShards } from '../swarm/fetched.ts'
import { recipeOf, type RunRecipe } from '../swarm/recipe.ts'
import { Shards } from '../swarm/shards.ts'
import { createWork, type StepWork } from '../swarm/work.ts'
import { Model } from '../train/model.ts'
import type { LoadOptions } from './datasets.ts'
import { augmentedModel, builtInModel, modelInRounds, moduleModel, type ModelSource } from './model_source.ts'
import { NAMES } from './sources.ts'

/** Bytes of fetched data that are kept, where nothing is said. */
export const MEMORY = 256e6

export interface Local {
  /** The file of one's own model. */
  readonly module?: string
  readonly wide: boolean
  /** The source of the data that the user named. */
  readonly given?: string
  /** Bytes of fetched data that are kept. */
  readonly memory?: number
  /** Loads data that are on this machine. */
  load(source: string, choice: LoadOptions): Promise<ImageDataset>
}

/**
 * @param fetched asks the coordinator for data
 * @throws GanglionError where the run's model or data are not to be had
 */
export async function workFor(recipe: unknown, fetched: FetchShards, local: Local): Promise<StepWork> {
  const known = recipeOf(recipe)
  const { options, augment, rounds, imageShape, classes, seed, precision, batchSize, microBatches, gradients } = known
  const source = modelInRounds(augmentedModel(await modelOf(known, local.module), augment), rounds)
  const definition = source.define({ imageShape, classes, options: loadedOptions(options) })
  const data = await dataOf(known, definition, fetched, local)
  const runtime = await createRuntime({ precision, wide: local.wide })
  return createWork(await Model.create(runtime, definition, { seed }), data, { batchSize, microBatches, gradients })
}

async function modelOf({ kind, module }: RunRecipe, file: string | undefined): Promise<ModelSource> {
  if (module === undefined && isModelName(kind)) return builtInModel(kind)
  if (file === undefined) {
    throw new GanglionError(`the run's model is "${kind}", a file of its user's; get that file and give it with --model`)
  }
  const source = await moduleModel(file)
  if (source.module!.sha256 === module) return source
  throw new GanglionError(`"${file}" is not the file that the run's model is made by; get that file and give it with --model`)
}

async function dataOf(
  { data, classes, batchSize, microBatches }: RunRecipe, definition: ModelDefinition, fetched: FetchShards, local: Local,
): Promise<ImageDataset> {
  const { given, load, memory = MEMORY } = local
  const name = given ?? ((NAMES as readonly unknown[]).includes(data.source) ? data.source : undefined)
  // What it may cost is not for the coordinator to say.
  const choice = { ...data.load, maxBytes: undefined, workers: undefined }
  const found = name === undefined ? undefined : await load(name, choice).catch((error: Error) => {
    if (given !== undefined) throw error
    return undefined
  })
  if (found && (await Shards.of(definition, found)).are(data)) return found
  if (given !== undefined) {
    throw new GanglionError(`the data of "${given}" are not those of the run; give others with --data, or leave it out`)
  }
  return fetchedData(data, fetched, { rows: batchSize * microBatches * (definition.batchesPerStep ?? 1), classes, memory })
}
