// What a training run is told, and the config.json that repeats it.
import { type RunConfig, RUN_FORMAT } from '../checkpoint/config.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { type ModelSource, savedModule } from '../node/model_source.ts'
import type { RoundOptions } from '../models/rounds.ts'
import type { Precision } from '../runtime/cores.ts'
import type { LoadedDataset } from '../node/datasets.ts'
import type { Hold } from '../node/nats.ts'
import type { OpenedDataset } from '../node/open_dataset.ts'
import { absolute, classesOf, type DataChoice, dataHash } from './data.ts'
import type { Logs } from './logs.ts'
import { flagValues, kebab, shownValue } from './model_options.ts'
import type { ScheduleName } from './schedule.ts'
import { coreHash, version } from './version.ts'
import type { BestOptions } from './best_epoch.ts'

export type KnownRun = RunConfig & { readonly data: NonNullable<RunConfig['data']> }

/** The run that goes on. */
export interface Resume {
  readonly folder: string
  readonly config: KnownRun
}

export interface Settings {
  readonly source: ModelSource
  /** The model's options that were given, as plain JSON. */
  readonly options: ModelDefinition['options']
  readonly data: string
  /** Its training images, where the model was chosen by them. */
  readonly loaded?: LoadedDataset | OpenedDataset
  /** What the images may unpack to. */
  readonly maxBytes?: number
  /** What images may take in memory; more of them are read while they train. */
  readonly memory?: number
  /** Which images of it, made into what. */
  readonly choice: DataChoice
  readonly epochs: number
  /** How the learning rate falls over a new run. */
  readonly schedule?: ScheduleName
  /** Over how many epochs, where it is not over those that it trains. */
  readonly scheduleEpochs?: number
  /** Whether training ends early, and what its best epoch is known by. */
  readonly bestOptions?: BestOptions
  /** Whether to say what the run will take, in place of training. */
  readonly dryRun?: boolean
  /** Images in a step; where it is left out, what suits the model and the size of images. */
  readonly batchSize?: number
  readonly accumulate: number
  /** In how many bits gradients are given. */
  readonly gradients?: 'f32' | 'bf16'
  /** How it is trained in rounds, where it is. */
  readonly rounds?: RoundOptions
  /** How training images are changed, where they are. */
  readonly augment?: string
  readonly seed: number
  readonly threads: number | 'auto'
  readonly precision: Precision
  readonly wide: boolean
  readonly checkpointing?: boolean
  /** A nats-server by which workers come, and the run's name there; the model's where it has none. */
  readonly nats?: string
  readonly run?: string
  /** Whether to wait where another coordinator holds the run. */
  readonly standby?: boolean
  /** Where the run is held for it already. */
  readonly hold?: Hold
  /** How many states are kept for audits of a run by a nats-server. */
  readonly keepStates?: number
  /** Seconds that a worker by a nats-server may take for a task. */
  readonly lease?: number
  /** Threads that do the steps' micro-batches; 0 for none. */
  readonly workers?: number
  /** The most seconds of work that a run loses which is killed. */
  readonly saveEvery: number
  /** What it tells within epochs. */
  readonly logs?: Logs
  /** The run folder; the first free one of the model's name when left out. */
  readonly out?: string
  readonly force: boolean
  /** Where a page shows the run while it trains: its port, 0 for any that is free. */
  readonly watchPort?: number
  readonly quiet: boolean
  readonly json: boolean
  /** The run to go on with, in its folder. */
  readonly resume?: Resume
}
/** Where the images are known. */
export type Decided = Settings & { readonly batchSize: number }

/**
 * @param threads how many the run has
 * @param folder the run's
 */
export async function configOf(
  settings: Decided, { kind, options }: ModelDefinition, used: LoadedDataset | OpenedDataset, threads: number, folder: string,
): Promise<RunConfig> {
  const { source, data, maxBytes, memory, epochs, batchSize, accumulate, rounds, augment, seed, precision, wide } = settings
  const { bestOptions = {} } = settings
  const { localSteps, learningRate: outerLearningRate, momentum: outerMomentum } = rounds ?? {}
  const inRounds = { localSteps, outerLearningRate, outerMomentum }
  const gradients = settings.gradients === 'bf16' ? settings.gradients : undefined
  const from = absolute(data)
  const chosen = savedChoice(settings, used)
  const module = savedModule(source, folder)
  const own = module && { imageShape: used.shape, classes: classesOf(used), module }
  return {
    format: RUN_FORMAT,
    command: commandLine(source, kind, {
      data: from, maxBytes, memory, ...choiceFlags(chosen), epochs, batchSize, accumulate, ...inRounds, gradients, augment, seed,
      threads: settings.threads, precision, ...bestOptions, ...flagValues(source, options),
    }),
    model: { kind, options, ...own },
    data: {
      source: from, count: used.count, sha256: await dataHash(used), ...(Object.keys(chosen).length && { load: chosen }),
      ...(used.classNames && { classNames: used.classNames }),
    },
    training: {
      seed, epochs, batchSize, accumulate, ...(rounds && inRounds), ...(gradients && { gradients }),
      ...(augment !== undefined && { augment }), ...bestOptions, threads, precision, wide,
    },
    software: {
      ganglion: version(), core: `sha256:${await coreHash(precision, threads > 1, wide)}`, node: process.versions.node,
    },
  }
}

/** What has the same images chosen and made again; nothing of it where all are taken as they are. */
function savedChoice(
  { choice: { validation, limit, limitFirst, skipBroken }, seed }: Settings, used: LoadedDataset | OpenedDataset,
): DataChoice {
  const drawn = validation !== undefined || limit !== undefined
  const all = { ...used.preparation, validation, limit, limitFirst, skipBroken, ...(drawn && { seed }) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Pictures of 16 bits stay so where no size is given. */
function choiceFlags(chosen: DataChoice): Readonly<Record<string, unknown>> {
  const { size, bits, fit, background, channels, validation, limit, limitFirst, skipBroken } = chosen
  const choice = { validation, limit, limitFirst, skipBroken }
  return bits === 16 || !size
    ? choice : { size: typeof size === 'number' ? size : size.join('x'), fit, background, channels, ...choice }
}

/** The command that gives a run again, with options by their flags. */
function commandLine({ module }: ModelSource, kind: string, values: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  const options = given.map(([name, value]) =>
    (value === true ? `--${kebab(name)}` : `--${kebab(name)} ${quoted(shownValue(value))}`))
  return ['ganglion train', module ? `--model ${quoted(module.path)}` : kind, ...options].join(' ')
}

/** For a POSIX shell. */
const quoted = (value: string): string => (/^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`)
