// `train --resume RUN`: the settings of a run that goes on from where it was saved. The same steps follow as if it had never
// stopped, so what decides them is the run's; how long it trains, on how many threads, and what is shown may be given anew.
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { take } from '../data/dataset.ts'
import type { RunConfig } from '../checkpoint/config.ts'
import { GanglionError } from '../errors.ts'
import { roundsOf } from '../checkpoint/config.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { RoundOptions } from '../models/rounds.ts'
import { loadConfig } from '../node/config.ts'
import type { LoadedDataset } from '../node/datasets.ts'
import type { OpenedDataset } from '../node/open_dataset.ts'
import { readText } from '../node/read.ts'
import { type ModelSource, sourceOf } from '../node/model_source.ts'
import { isRecord } from '../options.ts'
import { BEST, CONFIG, METRICS } from '../node/run_files.ts'
import type { Precision } from '../runtime/cores.ts'
import { type DataChoice, dataHash, trainingSet } from './data.ts'
import { kebab, shownValue } from './model_options.ts'
import { UsageError } from './options.ts'
import type { Logs } from './logs.ts'
import type { KnownRun, Resume, Settings } from './settings.ts'
import type { BestOptions } from './best_epoch.ts'

type Options = ModelDefinition['options']
type Value = Options[string]

/** What was given beside --resume. */
export interface Given {
  readonly kind?: string
  readonly options: Options
  readonly data?: string
  readonly maxBytes?: number
  readonly memory?: number
  readonly choice: DataChoice
  readonly epochs?: number
  readonly batchSize?: number
  readonly accumulate?: number
  readonly rounds?: RoundOptions
  readonly gradients?: 'f32' | 'bf16'
  readonly augment?: string
  readonly seed?: number
  readonly threads?: number | 'auto'
  readonly precision?: Precision
  readonly wide: boolean
  readonly checkpointing: boolean
  readonly workers: number
  readonly nats?: string
  readonly run?: string
  readonly keepStates: number
  readonly lease: number
  readonly saveEvery: number
  readonly logs?: Logs
  readonly quiet: boolean
  readonly json: boolean
  readonly dryRun?: boolean
  readonly bestOptions: BestOptions
}

/**
 * What makes the model of a run again.
 * @param module to take in place of the run's
 */
export const resumedModel = async (folder: string, module?: string): Promise<ModelSource> =>
  sourceOf((await loadConfig(folder)).model, folder, module)

/**
 * @throws UsageError when something is given that is another in the run
 * @throws GanglionError when the folder is no run, or one whose config.json does not say all that is needed
 */
export async function resumeSettings(folder: string, source: ModelSource, given: Given): Promise<Settings> {
  const config = await loadConfig(folder)
  const { model: { kind, options }, data, training } = config
  const epochs = given.epochs ?? training.epochs
  const { batchSize, accumulate = 1, augment, seed, precision = 'deterministic', gradients = 'f32' } = training
  const { monitor = 'loss', keepBest = false } = training
  if (data === undefined || batchSize === undefined || epochs === undefined) {
    throw new GanglionError(`"${join(folder, 'config.json')}" does not say on what data, in what batches or how long to train; ` +
      'go on in a program, with loadRun(folder, { state: true })')
  }
  const defaults = Object.fromEntries(Object.entries(source.options).map(([name, { initial }]) => [name, initial as Value]))
  const load = (data.load ?? {}) as Options
  const known: Options = {
    batchSize, accumulate, ...(augment !== undefined && { augment }), seed, precision, ...inRounds(roundsOf(training)), gradients,
    monitor, keepBest,
    ...takenFirst(data.count, load), ...load, ...defaults, ...options,
  }
  const asked = {
    ...given.options, batchSize: given.batchSize, accumulate: given.accumulate, augment: given.augment, seed: given.seed,
    precision: given.precision, ...inRounds(given.rounds), gradients: given.gradients, keepBest: given.bestOptions.keepBest,
    // What it was when nothing was watched is no matter.
    ...(watches(training) && { monitor: given.bestOptions.monitor }),
    ...given.choice as Options,
  }
  if (basename(resolve(folder)) === BEST && existsSync(join(folder, '..', CONFIG))) {
    throw new GanglionError(`"${folder}" is what the run around it keeps of its best epoch; copy it elsewhere to go on`)
  }
  if (given.kind !== undefined && given.kind !== kind) throw another('the model', given.kind, folder, kind)
  for (const [name, value] of Object.entries(asked)) {
    const trained = known[name]
    if (value === undefined || isDeepStrictEqual(value, trained)) continue
    throw another(`--${kebab(name)}`, value, folder, trained)
  }
  return {
    source, options, epochs, batchSize, accumulate, rounds: roundsOf(training), gradients, augment, seed, precision,
    data: given.data ?? data.source,
    choice: load,
    maxBytes: given.maxBytes,
    memory: given.memory,
    threads: given.threads ?? training.threads ?? 1,
    wide: given.wide,
    checkpointing: given.checkpointing,
    workers: given.workers,
    nats: given.nats,
    run: given.run,
    keepStates: given.keepStates,
    lease: given.lease,
    saveEvery: given.saveEvery,
    logs: given.logs,
    force: false,
    quiet: given.quiet,
    dryRun: given.dryRun,
    bestOptions: { ...bestIn(training), ...given.bestOptions },
    json: given.json,
    resume: { folder, config: config as KnownRun },
  }
}

/** By the names of flags. */
const inRounds = (rounds: RoundOptions = {}): Options => Object.fromEntries(Object.entries({
  localSteps: rounds.localSteps, outerLearningRate: rounds.learningRate, outerMomentum: rounds.momentum,
}).filter(([, value]) => value !== undefined)) as Options
const watches = ({ earlyStopping, keepBest }: BestOptions): boolean => earlyStopping !== undefined || !!keepBest

/** What is watched decides no step; how long a run waits may be given anew. */
function bestIn({ monitor, earlyStopping, keepBest }: RunConfig['training']): BestOptions {
  return {
    ...(monitor !== undefined && { monitor }), ...(earlyStopping !== undefined && { earlyStopping }),
    ...(keepBest !== undefined && { keepBest }),
  }
}

/** Runs that do not say how they chose their images took the first ones: --limit of then is --limit-first of now. */
const takenFirst = (count: number, load: Options): Options =>
  (load['limit'] === undefined ? { limit: count, limitFirst: count } : {})

const another = (what: string, given: Value, folder: string, trained: Value = 'none'): UsageError => new UsageError(
  `${what} ${shownValue(given)} is not that of the run "${folder}", ` +
  `which has ${shownValue(trained)}; leave it out, or train anew`,
)

/**
 * The images that the run was trained on, from `source`, and their number where it holds more.
 * @throws GanglionError when they are others
 */
export async function resumedData(
  source: string, { folder, config: { data: { count, sha256, load } } }: Resume, maxBytes?: number, memory?: number,
): Promise<{ data: LoadedDataset | OpenedDataset, choice: DataChoice }> {
  const choice = (load ?? {}) as DataChoice
  const all = await trainingSet(source, choice, maxBytes, memory)
  const more = all.count > count && !load
  const first = () => ('stream' in all ? trainingSet(source, { limitFirst: count }, maxBytes, memory) : take(all, count))
  const data = more ? await first() : all
  if (data.count === count && await dataHash(data) === sha256) return { data, choice: more ? { limitFirst: count } : choice }
  throw new GanglionError(`the images of "${source}" are not the ${count} that the run "${folder}" was trained on; ` +
    'give those with --data, or train anew')
}

/**
 * The lines of metrics.jsonl up to a step: figures of later ones are of steps that were not saved, and come again.
 * @throws GanglionError when it is damaged
 */
export async function linesUpTo(step: number, folder: string): Promise<string[]> {
  const path = join(folder, METRICS)
  const text = await readText(path, Infinity).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    if (cause instanceof GanglionError) throw cause
    throw new GanglionError(`cannot read "${path}": ${cause.message}; check its permissions`, { cause })
  })
  return text.split('\n').filter((line, i) => line !== '' && stepOf(line, `line ${i + 1} of "${path}"`) <= step)
}

function stepOf(line: string, where: string): number {
  let found: unknown
  try {
    found = JSON.parse(line)
  } catch {
    // Not JSON; the message below says so.
  }
  // What early stopping reads of it too.
  if (isRecord(found) && typeof found['step'] === 'number' && (found['test'] === undefined || isRecord(found['test']))) {
    return found['step']
  }
  throw new GanglionError(`${where} expected the figures of an epoch as JSON, with its step; remove or mend the line`)
}
