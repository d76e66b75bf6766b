// `--schedule`: how the learning rate falls from the first step of a run to its last, or over `--schedule-epochs`. It is saved as
// the schedule of steps that it is, so a run that goes on for longer keeps the last rate.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { cosine, exponential, linear } from '../nn/schedules.ts'
import { isNumber } from '../options.ts'
import { EpochPlan } from '../train/epoch.ts'

const SCHEDULES = {
  cosine: (initial: number, steps: number) => cosine({ initial, steps }),
  linear: (initial: number, steps: number) => linear({ initial, final: 0, steps }),
  /** To a hundredth. */
  exponential: (initial: number, steps: number) => exponential({ initial, decayRate: 0.01, decaySteps: steps }),
} as const
export type ScheduleName = keyof typeof SCHEDULES
export const scheduleNames = Object.keys(SCHEDULES) as ScheduleName[]

interface Run {
  readonly schedule?: ScheduleName
  readonly scheduleEpochs?: number
  readonly options: ModelDefinition['options']
  readonly epochs: number
  readonly batchSize: number
  readonly accumulate: number
}

/** The steps of an epoch, each on `size` rows of each of its batches. */
export const stepsOfEpoch = (
  { dropRemainder = false, batchesPerStep = 1 }: ModelDefinition, { count }: Pick<ImageDataset, 'count'>, size: number,
): number => new EpochPlan(count, size * batchesPerStep, dropRemainder || batchesPerStep > 1).steps(0)

/**
 * A run's options, with the schedule where one is asked for.
 * @param definition what the options without it make
 * @throws GanglionError where the model has no learning rate, or a schedule already
 */
export function scheduledOptions(
  run: Run, definition: ModelDefinition, data: Pick<ImageDataset, 'count'>,
): ModelDefinition['options'] {
  const { schedule, options, epochs, scheduleEpochs = epochs, batchSize, accumulate } = run
  if (schedule === undefined) return options
  const initial = definition.options['learningRate']
  if (initial === undefined) {
    throw new GanglionError(`--schedule changes learningRate, which a ${definition.kind} does not have; leave it out`)
  }
  if (!isNumber(initial)) throw new GanglionError('--learning-rate is a schedule already; give a number, or leave out --schedule')
  const steps = scheduleEpochs * stepsOfEpoch(definition, data, batchSize * accumulate)
  return { ...options, learningRate: SCHEDULES[schedule](initial, Math.max(1, steps)).toJSON() }
}
