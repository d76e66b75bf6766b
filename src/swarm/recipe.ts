// What a coordinator says of its run, as a worker that does not trust it reads it: the model and its data.
import type { loadedOptions } from '../checkpoint/options.ts'
import { GanglionError } from '../errors.ts'
import type { RoundOptions } from '../models/rounds.ts'
import { isRecord } from '../options.ts'
import type { Precision } from '../runtime/cores.ts'
import { areDataFacts, type DataFacts } from './shards.ts'

/** What a worker makes the model of, beside the data. */
export interface ModelRecipe {
  readonly kind: string
  /** The digest of the file of one's own model. */
  readonly module?: string
  readonly options: Parameters<typeof loadedOptions>[0]
  /** How training images are changed at random, where they are. */
  readonly augment?: string
  /** How it is trained in rounds, where it is. */
  readonly rounds?: RoundOptions
  readonly imageShape: readonly number[]
  readonly classes?: number
  readonly seed: number
  readonly precision: Precision
  readonly gradients: 'f32' | 'bf16'
  readonly batchSize: number
  readonly microBatches: number
}

/** What a worker by a nats-server is told. */
export interface RunRecipe extends ModelRecipe {
  readonly data: DataFacts & {
    /** A source that every machine may have, and what of it. */
    readonly source?: string
    readonly load: object
  }
}

/** @throws GanglionError where it is none */
export function recipeOf(recipe: unknown): RunRecipe {
  const good = isRecord(recipe) && isRecord(recipe['data']) && isRecord(recipe['options']) &&
    typeof recipe['kind'] === 'string' && Array.isArray(recipe['imageShape']) && areDataFacts(recipe['data'])
  if (good) return recipe as unknown as RunRecipe
  throw new GanglionError('the coordinator does not say what it trains; run the same version of ganglion on both sides')
}
