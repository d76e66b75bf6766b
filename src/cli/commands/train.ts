// `ganglion train MODEL`: from the command line to settings. The options are in src/cli/train_options.ts, the work in
// src/cli/training.ts. Which model it is comes first, because its schema says what options there are.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isModelName, modelNames, type ModelName } from '../../models/kinds.ts'
import { builtInModel, moduleModel, type ModelSource } from '../../node/model_source.ts'
import type { ImageDataset } from '../../data/dataset.ts'
import type { Command } from '../command.ts'
import { trainingSet } from '../data.ts'
import { choiceFrom, pictureOptions } from '../data_options.ts'
import type { Io } from '../io.ts'
import { logsFrom } from '../logs.ts'
import { flagsOf, optionsFrom } from '../model_options.ts'
import { nearest } from '../nearest.ts'
import { automaticWide, isUnexpanded, type Options, parse, UsageError, type Values } from '../options.ts'
import { reportFailure } from '../progress.ts'
import { resumedModel, resumeSettings } from '../resume.ts'
import type { RoundOptions } from '../../models/rounds.ts'
import type { Precision } from '../../runtime/cores.ts'
import type { Settings } from '../settings.ts'
import { inTurn } from '../standby.ts'
import { suggestedModel } from '../suggest.ts'
import { DEFAULTS, kinds, output, training } from '../train_options.ts'
import { runTraining } from '../training.ts'

export const train: Command = {
  name: 'train',
  summary: 'Train a model and keep weights, figures and pictures in a run folder',
  usage: '[MODEL] [options], train --model FILE [options], or train --resume RUN [options]',
  notes: [
    `MODEL is ${modelNames.join(', ')}: "ganglion models" says what they are.`,
    'The run folder gets config.json, metrics.jsonl, samples/epoch-0001.png …, weights.safetensors,',
    'state.safetensors, digest.txt and checksums.txt, which sha256sum --check reads.',
    'A run that was killed goes on with --resume from its last save, to the bit.',
    'Ctrl-C ends training after the running steps and keeps what was learned; again, it ends at once.',
    'Figures called test are of test images; data without them have none, but for what --validation holds out.',
    'Sub-folders of pictures are classes; folders named train and test are splits.',
    `A schedule is JSON: --learning-rate '{"schedule":"cosine","initial":1e-3,"steps":2000}', for one.`,
    'Others are exponential, linear, piecewise and warmup, with the options that they have in programs.',
    'dcgan is convolutional, and slow: minutes an epoch on MNIST. Try --limit 5000, or --threads auto.',
  ],
  groups: [['Training', training], ['Pictures', pictureOptions], ['Model', flagsOf(kinds)], ['Output', output]],
  examples: [
    ['train vae', 'a VAE on MNIST into runs/vae'],
    ['train autoencoder --epochs 3 --limit 10000', 'a quick look'],
    ['train gan --seed 7 --out runs/seven --force', 'again, over an earlier run'],
    ['train --resume runs/vae --epochs 20', 'goes on to epoch 20; without, to its own'],
    ['train vae --data ./images.idx --latent 2 --json', 'your own images, progress for a program'],
    ['train vae --data ./photos --size 64 --validation 0.1', 'pictures of any kind and size, a tenth to judge by'],
    ['train dcgan --batch-size 16 --micro-batches 8 --workers 2', 'steps of 128 images by two workers'],
    ['train vae --nats nats://10.0.0.5:4222 --standby', 'on two machines: where one dies, the other goes on'],
    ['train vae --micro-batches 8 --local-steps 32 --workers 2', 'workers that speak to each other every 32 steps'],
    ['train dcgan --data ./photos --augment flip,shift', 'as if there were more of them'],
    ['train vae --log-every 100 --tensorboard', 'curves and pictures while it trains'],
    ['train vae --validation 0.1 --keep-best --early-stopping 5', 'until it gets no better'],
    ['train --data ./photos', 'a model that suits them, and why'],
    ['train conv-vae --data ./photos --dry-run', 'what that would take'],
    ['train --model ./mine.js --data ./pictures', 'your own model of your own images'],
    ['train vae --watch', 'with a page of its curves and pictures'],
  ],
  async run(args, io) {
    const asked = lookAhead(args)
    try {
      const settings = await (asked.resume === undefined ? newRun(args, asked, io) : resumed(args, asked))
      if (!settings.standby) return await runTraining(settings, io)
      return await inTurn(settings, (folder) => resumed(args, asked, folder), io)
    } catch (error) {
      if (asked.json && !(error instanceof UsageError)) reportFailure(error, io)
      throw error
    }
  },
}

/** @throws UsageError, GanglionError where arguments are not those of a new run */
export async function checkArguments(args: readonly string[]): Promise<void> {
  await newRun(args, lookAhead(args))
}

interface Asked {
  readonly model?: string
  readonly resume?: string
  readonly json?: boolean
}

/** What decides which options there are, wherever it stands. */
function lookAhead(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args], options: { model: { type: 'string' }, resume: { type: 'string' }, json: { type: 'boolean' } },
    strict: false,
  })
  // What has no value, or one that is no path, is parse's to refuse.
  const given = (value: unknown) => (typeof value === 'string' && value && !isUnexpanded(value) ? value : undefined)
  return { model: given(values.model), resume: given(values.resume), json: values.json === true }
}

type Fixed = typeof training & typeof pictureOptions & typeof output
type Given = Values<Fixed> & Readonly<Record<string, unknown>>

function parsed(args: readonly string[], source: ModelSource | undefined): { positionals: readonly string[], values: Given } {
  const flags: Options = source?.module ? flagsOf([source]) : flagsOf(kinds)
  return parse(args, { ...training, ...pictureOptions, ...flags, ...output })
}

/** @param io where to say which model is taken, where none is named and the data may choose it */
async function newRun(args: readonly string[], { model }: Asked, io?: Io): Promise<Settings> {
  const own = model ? await moduleModel(model) : undefined
  const { positionals, values } = parsed(args, own)
  if (own && positionals.length) throw new UsageError(`--model says which model to train; leave out "${positionals[0]}"`)
  const loaded = io && !own && !positionals.length && values.data !== undefined
    ? await dataFrom(values, values.data) : undefined
  const source = own ?? builtInModel(loaded ? suggestion(loaded, values, io!) : kindOf(positionals))
  return {
    source,
    loaded,
    options: optionsFrom(source, values, own ? [] : kinds),
    data: values.data ?? DEFAULTS.data,
    maxBytes: values['max-bytes'],
    memory: values.memory,
    choice: choiceFrom(values),
    epochs: values.epochs ?? source.epochs ?? DEFAULTS.epochs,
    batchSize: values['batch-size'],
    accumulate: microBatches(values) ?? DEFAULTS.accumulate,
    rounds: roundsIn(values, DEFAULTS.outer),
    gradients: values.gradients,
    augment: values.augment,
    ...scheduleIn(values),
    seed: values.seed ?? DEFAULTS.seed,
    threads: values.threads ?? DEFAULTS.threads,
    precision: alike(values) ?? DEFAULTS.precision,
    out: values.out,
    force: values.force ?? false,
    ...shown(values),
  }
}

/** @param takenOver the folder of a run that this command began, here or elsewhere */
async function resumed(args: readonly string[], { resume, model }: Asked, takenOver?: string): Promise<Settings> {
  const folder = takenOver ?? resume
  const source = folder ? await resumedModel(folder, model) : undefined
  const { positionals, values } = parsed(args, source)
  for (const name of ['out', 'force', 'schedule', 'schedule-epochs', 'standby'] as const) {
    const own = name === 'standby' ? 'with the run in a folder, --standby with what the nats-server keeps'
      : name.startsWith('schedule') ? "with the run's own schedule" : "in the run's own folder"
    if (values[name] !== undefined && !takenOver) throw new UsageError(`--resume goes on ${own}; leave out --${name}`)
  }
  const kind = positionals.length ? kindOf(positionals) : undefined
  const { data, 'max-bytes': maxBytes, memory, epochs, 'batch-size': batchSize, augment, seed, threads, precision } = values
  const accumulate = microBatches(values)
  const given = { data, maxBytes, memory, choice: choiceFrom(values), epochs, batchSize, accumulate, augment, seed, threads,
    precision, rounds: roundsIn(values), gradients: values.gradients, ...shown(values) }
  const all = optionsFrom(kind ? builtInModel(kind) : source!, values, source!.module ? [] : kinds)
  // Of a run that was begun with a schedule, the rate is that schedule.
  const options = values.schedule === undefined ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'learningRate'))
  return resumeSettings(folder ?? values.resume!, source!, { kind, options, ...given })
}

const dataFrom = (values: Given, source: string) => trainingSet(
  source, { ...choiceFrom(values), seed: values.seed ?? DEFAULTS.seed }, values['max-bytes'], values.memory)

/** The model for the data, and a line that says so. */
function suggestion(data: Pick<ImageDataset, 'shape'>, { quiet }: Given, { stderr }: Io): ModelName {
  const { kind, why } = suggestedModel(data)
  if (!quiet) stderr.write(`ganglion: no model is named, so ${kind} is trained: ${why}; "ganglion models" has others\n`)
  return kind
}

function scheduleIn({ schedule, 'schedule-epochs': scheduleEpochs }: Given): Pick<Settings, 'schedule' | 'scheduleEpochs'> {
  if (schedule !== undefined || scheduleEpochs === undefined) return { schedule, scheduleEpochs }
  throw new UsageError('--schedule-epochs says how long --schedule takes; give --schedule too')
}

/** How to train in rounds, as flags say; the rest by `others`. */
function roundsIn(values: Given, others?: typeof DEFAULTS.outer): RoundOptions | undefined {
  const { 'local-steps': localSteps, 'outer-learning-rate': learningRate, 'outer-momentum': momentum } = values
  const given = Object.entries({ localSteps, learningRate, momentum }).filter(([, value]) => value !== undefined)
  if (localSteps !== undefined || !others) return given.length ? { ...others, ...Object.fromEntries(given) } : undefined
  if (!given.length) return undefined
  throw new UsageError('--outer-learning-rate and --outer-momentum are of rounds; give --local-steps too')
}

/** Relaxed numbers differ from machine to machine, and who has others would be taken for a liar. */
function alike({ precision, nats }: Given): Precision | undefined {
  if (nats === undefined || precision !== 'relaxed') return precision
  throw new UsageError('--nats needs the same bits on every machine; leave out --precision relaxed')
}

/** The micro-batches of a step, by either name. */
function microBatches({ accumulate, 'micro-batches': given = accumulate }: Given): number | undefined {
  if (accumulate === undefined || accumulate === given) return given
  throw new UsageError(`--accumulate is ${accumulate} and --micro-batches ${given}, which are the same; give one of them`)
}

function shown(values: Given) {
  const { resume, wide, workers = 0, nats, run, checkpointing = false, quiet = false, json = false } = values
  const { 'save-every': saveEvery = DEFAULTS.saveEvery, 'keep-states': keepStates = DEFAULTS.keepStates } = values
  const { lease = DEFAULTS.lease } = values
  const { 'dry-run': dryRun = false, standby = false, monitor, 'early-stopping': earlyStopping, 'keep-best': keepBest } = values
  const bestOptions = {
    ...(monitor !== undefined && { monitor }), ...(earlyStopping !== undefined && { earlyStopping }),
    ...(keepBest && { keepBest }),
  }
  if (monitor !== undefined && resume === undefined && earlyStopping === undefined && !keepBest) {
    throw new UsageError('--monitor is what --early-stopping and --keep-best watch; give one of these, or leave it out')
  }
  if (dryRun && (workers || nats !== undefined)) {
    throw new UsageError(`--dry-run measures this process alone; leave out --${workers ? 'workers' : 'nats'}`)
  }
  if (standby && nats === undefined) {
    throw new UsageError('--standby waits for a run that others hold at a nats-server; give --nats URL too')
  }
  return {
    wide: wide ?? automaticWide(), workers, nats, run, standby, keepStates, lease, saveEvery, checkpointing, quiet, json, dryRun,
    logs: logsFrom(values), watchPort: watchPort(values), bestOptions,
  }
}

/** The port of the page that shows the run, where there is to be one. */
function watchPort({ watch, port }: Given): number | undefined {
  if (watch) return port ?? 0
  if (port !== undefined) throw new UsageError('--port is that of the page of --watch; give --watch too, or leave it out')
  return undefined
}

function kindOf([kind, more]: readonly string[]): ModelName {
  const expected = `expected ${modelNames.join(', ')}`
  if (kind === undefined) throw new UsageError(`train ${expected}, got no model; name one, or give --data to have one chosen`)
  if (!isModelName(kind)) {
    const hint = existsSync(kind) ? `; to train on what is there, give --data ${kind}` : nearest(kind, modelNames)
    throw new UsageError(`unknown model "${kind}", ${expected}${hint}`)
  }
  if (more !== undefined) throw new UsageError(`train expected one model, got "${more}" too`)
  return kind
}
