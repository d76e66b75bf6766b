// The stages of one training step on a dataset: on whole batches, or on micro-batches of them.
import type { CompileOptions } from '../compiler/program.ts'
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

/** What orders a step that has to take little memory, loaded when it is asked for. */
export const schedulerOf = async (checkpointing: boolean): Promise<CompileOptions> =>
  // eslint-disable-next-line no-restricted-syntax -- before the first step
  (checkpointing ? { schedule: (await import('../compiler/checkpointing.ts')).checkpointing } : {})

/**
 * One training step on `size` rows of each of its batches, `microSize` at a time; the last may be fewer.
 * @throws RangeError where the data are not such as the definition reads, or it does not read them
 */
export function stepStages(
  definition: ModelDefinition, data: ImageDataset, size: number, microSize: number, dropRemainder: boolean, join: Join,
): Stage[] {
  const { parts, rows } = stepParts(definition, data, size, microSize, dropRemainder)
  const stages = join(parts, rows, definition.reduction)
  checkReads(definition, stages, size)
  return stages
}

/** The stages that the definition makes for each micro-batch of a step, and the rows of each. */
export function stepParts(
  definition: ModelDefinition, data: ImageDataset, size: number, microSize: number, dropRemainder: boolean,
): { parts: Stage[][], rows: number[] } {
  const all = rowsOf(size, microSize)
  const parts = all.map((part) => {
    const batches = batchesOf(data, definition, size, { dropRemainder }, part)
    return trainingStages(definition, batches[0]!, new Pass(true, all.length > 1 ? part : undefined, batches))
  })
  return { parts, rows: all.map(({ rows }) => rows) }
}

/** @throws RangeError where a step does not read all of its batches */
export function checkReads(
  { kind, batchesPerStep = 1 }: ModelDefinition, stages: readonly Stage[], size: number,
): void {
  const { rows } = epochOf(tensorsOf(stages).filter(isBatch))
  if (!rows) throw new RangeError(`train: the ${kind}'s training step does not read its images, so an epoch would not end`)
  if (rows < size * batchesPerStep) {
    throw new RangeError(`train: the ${kind}'s training step does not read the last of its ${batchesPerStep} batches; ` +
      'set batchesPerStep to as many as it reads')
  }
}

/** `size` rows as those of micro-batches. */
function rowsOf(size: number, microSize: number): Rows[] {
  const count = Math.ceil(size / microSize)
  return Array.from({ length: count }, (_, k) => ({ first: k * microSize, rows: Math.min(microSize, size - k * microSize) }))
}
