// The stages of one training step on a dataset: on whole batches, or on micro-batches of them.
import type { ImageDataset } from '../data/dataset.ts'
import type { accumulate } from '../models/accumulate.ts'
import type { ModelDefinition, Stage } from '../models/definition.ts'
import { tensorsOf, trainingStages } from '../models/stages.ts'
import { Pass, type Rows } from '../nn/layer.ts'
import { epochOf, isBatch } from '../ops/batch.ts'
import { batchesOf } from './batches.ts'

/** Makes one step of the stages of its micro-batches. */
export type Join = typeof accumulate
/** Of one, the step as it is. */
const single: Join = ([stages]) => [...stages!]

/** What joins micro-batches, loaded when it is asked for. */
export const joinOf = async (several: boolean): Promise<Join> =>
  // eslint-disable-next-line no-restricted-syntax -- before the first step
  (several ? (await import('../models/accumulate.ts')).accumulate : single)

/**
 * One training step on `size` rows of each of its batches, `microSize` at a time; the last may be fewer.
 * @throws RangeError where the data are not such as the definition reads, or it does not read them
 */
export function stepStages(
  definition: ModelDefinition, data: ImageDataset, size: number, microSize: number, dropRemainder: boolean, join: Join,
): Stage[] {
  const { kind, batchesPerStep = 1, reduction } = definition
  const parts = rowsOf(size, microSize)
  const stages = join(parts.map((part) => {
    const batches = batchesOf(data, definition, size, { dropRemainder }, part)
    return trainingStages(definition, batches[0]!, new Pass(true, parts.length > 1 ? part : undefined, batches))
  }), parts.map(({ rows }) => rows), reduction)
  const { rows } = epochOf(tensorsOf(stages).filter(isBatch))
  if (!rows) throw new RangeError(`train: the ${kind}'s training step does not read its images, so an epoch would not end`)
  if (rows < size * batchesPerStep) {
    throw new RangeError(`train: the ${kind}'s training step does not read the last of its ${batchesPerStep} batches; ` +
      'set batchesPerStep to as many as it reads')
  }
  return stages
}

/** `size` rows as those of micro-batches. */
function rowsOf(size: number, microSize: number): Rows[] {
  const count = Math.ceil(size / microSize)
  return Array.from({ length: count }, (_, k) => ({ first: k * microSize, rows: Math.min(microSize, size - k * microSize) }))
}
