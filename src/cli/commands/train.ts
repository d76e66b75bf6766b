// `ganglion train MODEL`: from the command line to settings; src/cli/training.ts does the work.
import { isModelKind, type ModelKind, modelKinds, type ModelOptions, models, optionsOf } from '../../node/models.ts'
import type { Command } from '../command.ts'
import { nearest } from '../nearest.ts'
import {
  automaticWide, choice, fraction, help, integer, integers, parse, positive, seed, text, threads, UsageError, type Values, wide,
} from '../options.ts'
import { reportFailure } from '../progress.ts'
import { resumeSettings } from '../resume.ts'
import type { Settings } from '../settings.ts'
import { runTraining } from '../training.ts'

/** How long each model trains by default. */
const EPOCHS: Readonly<Record<ModelKind, number>> = { autoencoder: 10, vae: 10, gan: 20, dcgan: 5 }
const BATCH_SIZE = 128
const SEED = 1
const THREADS = 1
const PRECISION = 'deterministic'

/** The options that each model takes, and their defaults: some have none. */
const known = new Map(modelKinds.map((kind) => [kind, optionsOf(kind)]))
const defaults = new Map(modelKinds.map((kind) => [kind, models[kind].define({}).options]))

/** The models that have an option, with their defaults: `vae 400, gan 1024`. */
const byModel = (name: string): string =>
  modelKinds.filter((kind) => name in defaults.get(kind)!).map((kind) => `${kind} ${defaults.get(kind)![name]}`).join(', ')

const training = {
  data: {
    value: 'DATA', help: 'mnist, fashion, a folder of IDX or of PNG files, or an IDX file of images', read: text,
    initial: 'mnist',
  },
  limit: { value: 'N', help: 'train on the first N images only', read: integer(1), initial: 'all' },
  epochs: {
    value: 'N', help: 'how many times to go through the data', read: integer(1),
    initial: modelKinds.map((kind) => `${kind} ${EPOCHS[kind]}`).join(', '),
  },
  'batch-size': { value: 'N', help: 'images in a step', read: integer(1), initial: BATCH_SIZE },
  seed: { value: 'N', help: 'drives weights, shuffling, noise: the same seed gives the same bits', read: seed, initial: SEED },
  threads: { value: 'N|auto', help: 'threads of a step; any number gives the same bits', read: threads, initial: THREADS },
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
  precision: {
    value: 'HOW', help: 'deterministic; or relaxed: faster, not the same bits everywhere', initial: PRECISION,
    read: choice('deterministic', 'relaxed'),
  },
} as const

/** The models' own options: the names are those of their definitions, in kebab case. */
const own = {
  latent: {
    value: 'N', help: 'size of the code (autoencoder: its channels)', read: integer(1),
    initial: byModel('latent'),
  },
  hidden: {
    value: 'N', help: 'units of the hidden layers (gan: of the generator)', read: integer(1),
    initial: byModel('hidden'),
  },
  filters: {
    value: 'N,N…', help: 'channels of the layers of convolutions, as many as here', read: integers,
    initial: byModel('filters'),
  },
  'discriminator-hidden': {
    value: 'N', help: "units of the discriminator's hidden layers", read: integer(1), initial: byModel('discriminatorHidden'),
  },
  'learning-rate': { value: 'RATE', help: "Adam's learning rate", read: positive, initial: byModel('learningRate') },
  'clip-norm': { value: 'NORM', help: "scales each step's gradient down to this length", read: positive, initial: 'none' },
  beta1: { value: 'BETA', help: "Adam's decay of the first moment", read: fraction, initial: byModel('beta1') },
  noise: {
    value: 'HOW', help: 'sample: noise for each image; batch: one for all of a batch', read: choice('sample', 'batch'),
    initial: byModel('noise'),
  },
} as const

const output = {
  resume: { value: 'RUN', help: 'go on with the run in a folder, to the bit; --epochs is the total', read: text },
  out: { value: 'DIR', help: 'the run folder', read: text, initial: 'runs/MODEL, or MODEL-2, …' },
  force: { help: 'replace the run in a folder that is not empty; other files stay' },
  quiet: { help: 'nothing but errors and the result', short: 'q' },
  json: { help: 'one JSON object to a line: start, progress, epoch, and done or error' },
  ...help,
} as const

const options = { ...training, ...own, ...output }

export const train: Command = {
  name: 'train',
  summary: 'Train a model and keep weights, figures and pictures in a run folder',
  usage: `${modelKinds.join('|')} [options]  or  ganglion train --resume RUN [options]`,
  notes: [
    'The run folder gets config.json, metrics.jsonl, samples/epoch-0001.png …, weights.safetensors,',
    'state.safetensors, digest.txt and checksums.txt, which sha256sum --check reads.',
    'Ctrl-C ends training after the running steps and keeps what was learned; again, it ends at once.',
    'Figures called test are of test images; data without them, as one IDX file or PNG files, has none.',
    'dcgan is convolutional, and slow: minutes an epoch on MNIST. Try --limit 5000, or --threads auto.',
  ],
  groups: [['Training', training], ['Model', own], ['Output', output]],
  examples: [
    ['train vae', 'a VAE on MNIST into runs/vae'],
    ['train autoencoder --epochs 3 --limit 10000', 'a quick look'],
    ['train gan --seed 7 --out runs/seven --force', 'again, over an earlier run'],
    ['train --resume runs/vae --epochs 20', 'goes on to epoch 20; without, to its own'],
    ['train vae --data ./images.idx --latent 2 --json', 'your own images, progress for a program'],
  ],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    try {
      const settings = await (values.resume === undefined ? newRun(positionals, values) : resumed(positionals, values))
      return await runTraining(settings, io)
    } catch (error) {
      if (values.json && !(error instanceof UsageError)) reportFailure(error, io)
      throw error
    }
  },
}

type Given = Values<typeof options>

function newRun(positionals: readonly string[], values: Given): Settings {
  const kind = kindOf(positionals)
  return {
    kind,
    options: optionsFor(kind, values),
    data: values.data ?? 'mnist',
    limit: values.limit,
    epochs: values.epochs ?? EPOCHS[kind],
    batchSize: values['batch-size'] ?? BATCH_SIZE,
    seed: values.seed ?? SEED,
    threads: values.threads ?? THREADS,
    precision: values.precision ?? PRECISION,
    out: values.out,
    force: values.force ?? false,
    ...shown(values),
  }
}

function resumed(positionals: readonly string[], values: Given): Promise<Settings> {
  for (const name of ['out', 'force'] as const) {
    if (values[name] !== undefined) throw new UsageError(`--resume goes on in the run's own folder; leave out --${name}`)
  }
  const kind = positionals.length ? kindOf(positionals) : undefined
  const { data, limit, epochs, 'batch-size': batchSize, seed, threads, precision } = values
  const given = { data, limit, epochs, batchSize, seed, threads, precision, ...shown(values) }
  return resumeSettings(values.resume!, { kind, options: optionsFor(kind, values), ...given })
}

const shown = ({ wide, quiet, json }: Given) => ({ wide: wide ?? automaticWide(), quiet: quiet ?? false, json: json ?? false })

/** The model's options that were given; of a model that is not named, any. */
function optionsFor(kind: ModelKind | undefined, values: Given): ModelOptions {
  const chosen: Record<string, number | string | readonly number[]> = {}
  for (const name of Object.keys(own) as (keyof typeof own)[]) {
    const value = values[name]
    if (value === undefined) continue
    const key = camel(name)
    if (kind && !(key in known.get(kind)!)) throw new UsageError(`--${name} is an option of ${owners(key)}, not of ${kind}`)
    const like = kind && defaults.get(kind)![key]
    if (Array.isArray(like) && Array.isArray(value) && like.length !== value.length) {
      throw new UsageError(`--${name} expected ${like.length} numbers for ${kind}, as ${like.join()}, got "${value.join()}"`)
    }
    chosen[key] = value
  }
  return chosen
}

function kindOf([kind, more]: readonly string[]): ModelKind {
  const expected = `expected ${modelKinds.join(', ')}`
  if (kind === undefined) throw new UsageError(`train ${expected}, got no model`)
  if (!isModelKind(kind)) throw new UsageError(`unknown model "${kind}", ${expected}${nearest(kind, modelKinds)}`)
  if (more !== undefined) throw new UsageError(`train expected one model, got "${more}" too`)
  return kind
}

/** `vae`, `vae and gan`, or `vae, gan and dcgan` */
const owners = (key: string): string =>
  modelKinds.filter((kind) => key in known.get(kind)!).join(', ').replace(/, (?=\w+$)/, ' and ')
const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
