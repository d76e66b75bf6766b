// What a run was told, as data: everything needed to repeat it, and to make its model again.
// No file system here: src/node reads and writes the text, as config.json of a run folder.
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { RoundOptions } from '../models/rounds.ts'
import { isRecord } from '../options.ts'
import type { Precision } from '../runtime/cores.ts'

/** The format of runs that this version writes and reads. */
export const RUN_FORMAT = 1

/** The module that makes a model of one's own. */
export interface ModelModule {
  /** Absolute, and from the run's folder: the first that is there counts. */
  readonly path: string
  readonly relative: string
  /** Of the file's bytes; not of what it imports. */
  readonly sha256: string
}

/** A model, by what makes it again. */
export interface SavedModel {
  /** Its definition's `kind` and `options`. */
  readonly kind: string
  readonly options: ModelDefinition['options']
  /** What it was made for, where a module or a program of one's own makes it. */
  readonly imageShape?: readonly number[]
  readonly classes?: number
  readonly module?: ModelModule
}

/** Everything needed to repeat a run. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT
  /** The command that repeats it, with every option spelled out. */
  readonly command?: string
  readonly model: SavedModel
  readonly data?: {
    /** What `loadDataset` takes; paths are absolute. */
    readonly source: string
    /** How many samples trained the model, and the SHA-256 of their bytes. */
    readonly count: number
    readonly sha256: string
    /** The options of `loadDataset` that choose the images and make them; without them, the first ones are taken. */
    readonly load?: Readonly<Record<string, unknown>>
    /** What the classes are called, by their numbers. */
    readonly classNames?: readonly string[]
  }
  readonly training: {
    readonly seed: number
    readonly epochs?: number
    readonly batchSize?: number
    /** Micro-batches of `batchSize` samples that a step took. Runs of older versions do not say: 1. */
    readonly accumulate?: number
    /** Steps of a round, where it was trained in rounds, and the rate and momentum of the step that follows each. */
    readonly localSteps?: number
    readonly outerLearningRate?: number
    readonly outerMomentum?: number
    /** In how many bits gradients were given, where it is not 32. */
    readonly gradients?: 'bf16'
    /** How training images were changed at random, where they were. */
    readonly augment?: string
    /** By which figure of test images the best epoch is known; the loss where it is not said. */
    readonly monitor?: string
    /** After how many epochs that were no better training ends. */
    readonly earlyStopping?: number
    /** Whether the run as it was after its best epoch is kept, in the folder `best`. */
    readonly keepBest?: boolean
    /** How many threads trained, which changes no bit, and with which core. */
    readonly threads?: number
    readonly precision?: Precision
    readonly wide?: boolean
  }
  readonly software: { readonly ganglion: string, readonly core: string, readonly node: string }
}

/** How a run was trained in rounds; undefined where it was not. */
export function roundsOf({ localSteps, outerLearningRate, outerMomentum }: RunConfig['training']): RoundOptions | undefined {
  if (localSteps === undefined) return undefined
  return { localSteps, learningRate: outerLearningRate, momentum: outerMomentum }
}

/** The text of a config, readable. */
export const formatConfig = (config: RunConfig): string => `${JSON.stringify(config, null, 2)}\n`

/** The error for a config that is not what a run writes. */
export const damagedConfig = (where: string, what: string, cause?: unknown): GanglionError =>
  new GanglionError(`"${where}" is damaged: ${what}; train again, or mend it by hand`, { cause })

/**
 * The config in a text, checked, but for the model's options: what makes the model knows those.
 * @param where the file, for messages
 * @throws GanglionError when it is not what a run writes
 */
export function parseConfig(text: string, where: string): RunConfig {
  let config: Partial<RunConfig> | null
  try {
    config = JSON.parse(text) as Partial<RunConfig> | null
  } catch (cause) {
    throw damagedConfig(where, 'it is not JSON', cause)
  }
  const format: unknown = config?.format
  if (typeof format === 'number' && format > RUN_FORMAT) {
    throw new GanglionError(`"${where}" has the format ${format}, ` +
      `and this version of Ganglion reads ${RUN_FORMAT}; update Ganglion`)
  }
  const fault = configFault(config ?? {})
  if (fault !== null) throw damagedConfig(where, fault)
  return config as RunConfig
}

/** What of a config is not as a run writes it; null of a good one. */
export function configFault(config: Partial<RunConfig>): string | null {
  const [what, found, expected] = fieldsOf(config).find(([, value, , fits]) => !fits(value)) ?? []
  return what === undefined ? null : `${what} expected ${expected}, found ${JSON.stringify(found)}`
}

type Field = readonly [name: string, found: unknown, expected: string, fits: (x: unknown) => boolean]
type Fits = Field[3]

const isNames: Fits = (x) => Array.isArray(x) && x.every((name) => typeof name === 'string')
const isText: Fits = (x) => typeof x === 'string' && x !== ''
const isCount: Fits = (x) => Number.isSafeInteger(x) && (x as number) > 0
const isWhole: Fits = (x) => Number.isSafeInteger(x) && (x as number) >= 0
const isRate: Fits = (x) => Number.isFinite(x) && (x as number) >= 0
const isFlag: Fits = (x) => typeof x === 'boolean'
const isHash: Fits = (x) => typeof x === 'string' && /^[0-9a-f]{64}$/.test(x)
/** Which images were taken and what they were made into; what they may cost is not for a file to say. */
const isChoice: Fits = (x) => isRecord(x) && !['split', 'maxBytes', 'workers'].some((key) => Object.hasOwn(x, key))
const isShape: Fits = (x) => Array.isArray(x) && x.every(isCount)
const isPrecision: Fits = (x) => x === 'deterministic' || x === 'relaxed'
const maybe = (fits: Fits): Fits => (x) => x === undefined || fits(x)

/** What is there, and what may be left out, each with what it has to be. */
function fieldsOf({ format, model, data, training }: Partial<RunConfig>): Field[] {
  const { kind, options, imageShape, classes, module } = model ?? {}
  const { seed, epochs, batchSize, accumulate, augment, threads, precision, wide } = training ?? {}
  const { localSteps, outerLearningRate, outerMomentum, gradients, monitor, earlyStopping, keepBest } = training ?? {}
  const fields: Field[] = [
    ['format', format, `${RUN_FORMAT}`, (x) => x === RUN_FORMAT],
    ['model.kind', kind, 'the name of a model', isText],
    ['model.options', options, 'an object', isRecord],
    ['model.imageShape', imageShape, '[height, width, channels]', maybe(isShape)],
    ['model.classes', classes, 'a positive integer', maybe(isCount)],
    ['model.module', module, 'an object', maybe(isRecord)],
    ['training.seed', seed, 'an integer from 0 to 2^53 - 1', isWhole],
    ['data', data, 'an object', maybe(isRecord)],
    ['training.epochs', epochs, 'a positive integer', maybe(isCount)],
    ['training.batchSize', batchSize, 'a positive integer', maybe(isCount)],
    ['training.accumulate', accumulate, 'a positive integer', maybe(isCount)],
    ['training.localSteps', localSteps, 'a positive integer', maybe(isCount)],
    ['training.outerLearningRate', outerLearningRate, 'a number of at least 0', maybe(isRate)],
    ['training.outerMomentum', outerMomentum, 'a number from 0 on and below 1', maybe((x) => isRate(x) && (x as number) < 1)],
    ['training.gradients', gradients, 'bf16', maybe((x) => x === 'bf16')],
    ['training.augment', augment, 'names with commas between', maybe(isText)],
    ['training.monitor', monitor, 'the name of a figure', maybe(isText)],
    ['training.earlyStopping', earlyStopping, 'a positive integer', maybe(isCount)],
    ['training.keepBest', keepBest, 'true or false', maybe(isFlag)],
    ['training.threads', threads, 'a positive integer', maybe(isCount)],
    ['training.precision', precision, 'deterministic or relaxed', maybe(isPrecision)],
    ['training.wide', wide, 'true or false', maybe(isFlag)],
  ]
  if (isRecord(data)) {
    fields.push(
      ['data.source', data.source ?? null, 'mnist, fashion, emoji or a path', isText],
      ['data.count', data.count ?? null, 'a positive integer', isCount],
      ['data.sha256', data.sha256 ?? null, '64 hexadecimal digits', isHash],
      ['data.load', data.load, 'an object without split, maxBytes and workers', maybe(isChoice)],
      ['data.classNames', data.classNames, 'a list of names', maybe(isNames)],
    )
  }
  if (isRecord(module)) {
    fields.push(
      ['model.module.path', module.path ?? null, 'a path', isText],
      ['model.module.relative', module.relative ?? null, 'a path', isText],
      ['model.module.sha256', module.sha256 ?? null, '64 hexadecimal digits', isHash],
    )
  }
  return fields
}
