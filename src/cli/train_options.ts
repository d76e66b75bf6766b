// The options of `ganglion train` and their defaults; those of pictures and of models are elsewhere.
import { areChanges, CHANGES } from '../models/augment.ts'
import { batchSizeFor } from '../models/batch_size.ts'
import { models } from '../models/kinds.ts'
import { DATA, MAX_BYTES } from './commands/picture.ts'
import { limitOptions } from './data_options.ts'
import { bytesFrom } from './large_data.ts'
import { logOptions } from './logs.ts'
import { choice, help, integer, path, positive, seed, threads, wide } from './options.ts'
import { scheduleNames } from './schedule.ts'
import { belowOne, natsUrl, runName } from './swarm_options.ts'
import { PORT } from './watch_options.ts'

/**
 * What holds where a new run is told nothing else. A model's own epochs come before these. How many images a step takes, the
 * model and their size say: src/models/batch_size.ts.
 */
export const DEFAULTS = {
  data: 'mnist',
  epochs: 10,
  accumulate: 1,
  seed: 1,
  threads: 1,
  precision: 'deterministic',
  /** Of rounds: DiLoCo's. */
  outer: { learningRate: 0.7, momentum: 0.9 },
  keepStates: 8,
  /** In seconds, as `saveEvery`. */
  lease: 20,
  saveEvery: 30,
} as const
const MOST_WORKERS = 256

export const kinds = Object.values(models)

/** A default that differs by model: the commonest, then the others'. */
function byModel(of: (kind: (typeof kinds)[number]) => number): string {
  const values = [...new Set(kinds.map(of))]
  const models = (value: number) => kinds.filter((kind) => of(kind) === value).map(({ kind }) => kind)
  const [common, ...others] = values.sort((a, b) => models(b).length - models(a).length)
  return [`${common}`, ...others.map((value) => `${models(value).join(', ')} ${value}`)].join('; ')
}

/** What is the most by default of images of some sides. */
const LARGE = `at most ${[64, 128, 256].map((side) => `${batchSizeFor([side, side, 1])} (${side}x${side})`).join(', ')}`

const changes = (text: string): string => {
  if (!areChanges(text)) throw new RangeError(CHANGES)
  return text
}

const figure = (text: string): string => {
  if (text === '') throw new RangeError('the name of a figure, such as loss')
  return text
}

/** What is trained, and how. */
export const training = {
  data: { ...DATA, initial: DEFAULTS.data },
  'max-bytes': MAX_BYTES,
  memory: {
    value: 'BYTES', read: bytesFrom, initial: 'a quarter of what there is, and --max-bytes',
    help: 'what images may take in memory; those of a larger file are read while training, to the same bits',
  },
  ...limitOptions,
  epochs: {
    value: 'N', help: 'how many times to go through the data', read: integer(1),
    initial: byModel(({ epochs = DEFAULTS.epochs }) => epochs),
  },
  'batch-size': {
    value: 'N', help: 'images in a step', read: integer(1),
    initial: `${byModel(({ batchSize }) => batchSizeFor([1, 1, 1], batchSize))}; of large images ${LARGE}`,
  },
  accumulate: {
    value: 'N', help: 'micro-batches of --batch-size images in a step', read: integer(1), initial: DEFAULTS.accumulate,
  },
  'micro-batches': { value: 'N', help: 'the same as --accumulate', read: integer(1) },
  schedule: {
    value: 'HOW', help: 'lets --learning-rate fall over the run: cosine or linear, to 0; exponential, to a hundredth',
    read: choice(...scheduleNames), initial: 'none',
  },
  'schedule-epochs': { value: 'N', help: 'with --schedule: over so many epochs', read: integer(1), initial: '--epochs' },
  'local-steps': {
    value: 'H', read: integer(1), initial: 'none',
    help: 'trains in rounds: micro-batches take H steps by themselves, then their changes are averaged',
  },
  'outer-learning-rate': {
    value: 'X', help: 'with --local-steps: the rate of the step by that average', read: positive,
    initial: DEFAULTS.outer.learningRate,
  },
  'outer-momentum': {
    value: 'X', help: "with --local-steps: its momentum, Nesterov's", read: belowOne, initial: DEFAULTS.outer.momentum,
  },
  gradients: {
    value: 'HOW', read: choice('f32', 'bf16'), initial: 'f32',
    help: 'f32, or bf16: micro-batches give theirs in 16 bits, by stochastic rounding from the seed',
  },
  'early-stopping': { value: 'N', help: 'end when --monitor was no better for N epochs', read: integer(1), initial: 'never' },
  'keep-best': { help: 'keep the run as it was when --monitor was best, in RUN/best: a run of its own' },
  monitor: { value: 'FIGURE', help: 'the figure of test images to watch: the less, the better', read: figure, initial: 'loss' },
  augment: {
    value: 'HOW', help: 'changes training images at random: some of flip,shift,crop,noise,color', read: changes, initial: 'none',
  },
  seed: {
    value: 'N', help: 'drives weights, shuffling, noise: the same seed gives the same bits', read: seed, initial: DEFAULTS.seed,
  },
  threads: {
    value: 'N|auto', help: 'threads of a step; any number gives the same bits', read: threads, initial: DEFAULTS.threads,
  },
  workers: {
    value: 'N', help: "threads that do a step's micro-batches, one each; any number gives the same bits",
    read: integer(1, MOST_WORKERS), initial: 'none',
  },
  nats: { value: 'URL', help: 'a nats-server, by which any number of "ganglion work --nats URL" help', read: natsUrl },
  lease: {
    value: 'SECONDS', read: positive, initial: DEFAULTS.lease,
    help: 'with --nats: how long a worker may take for a task (or four times the median) before another gets it too',
  },
  'keep-states': {
    value: 'N', help: 'with --nats: states that are kept over the run, for "ganglion audit" to begin with',
    read: integer(0, 1000), initial: DEFAULTS.keepStates,
  },
  run: { value: 'NAME', help: 'what the run is called there', read: runName, initial: 'MODEL' },
  standby: { help: 'with --nats: waits where another coordinator holds the run, and goes on with it when that one is gone' },
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
  checkpointing: { help: 'less memory for a little more time: what is cheap is computed again; the same bits' },
  precision: {
    value: 'HOW', help: 'deterministic; or relaxed: faster, not the same bits everywhere', initial: DEFAULTS.precision,
    read: choice('deterministic', 'relaxed'),
  },
} as const

/** Where it goes, and what is told of it. */
export const output = {
  model: { value: 'FILE', help: 'a model of your own: a module that exports a definition, or what makes one', read: path },
  resume: { value: 'RUN', help: 'go on with the run in a folder, to the bit; --epochs is the total', read: path },
  out: { value: 'DIR', help: 'the run folder', read: path, initial: 'runs/MODEL, or MODEL-2, …' },
  'save-every': {
    value: 'SECONDS', help: 'the most work that is lost when the process is killed; within an epoch too', read: positive,
    initial: DEFAULTS.saveEvery,
  },
  ...logOptions,
  'dry-run': { help: 'train nothing: say what the run takes in parameters, memory and time' },
  force: { help: 'replace the run in a folder that is not empty; other files stay' },
  watch: { help: 'show the run in a page for browsers on this machine, as "ganglion watch" does, as long as it trains' },
  port: { ...PORT, help: 'with --watch: the port at which the page is' },
  quiet: { help: 'nothing but errors and the result', short: 'q' },
  json: { help: 'one JSON object to a line: start, progress, epoch, and done or error' },
  ...help,
} as const
