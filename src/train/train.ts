// The training loop: epochs of steps run inside the core, a chunk at a time; between chunks the caller gets the figures
// and may stop, or load weights: so where training stands is read from the counters each time, and kept nowhere else.
// A step that goes wrong is undone (see fault.ts).
import { checkData, type ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { complete, count, flag, isObject, type Given, option, signal as signalRule } from '../options.ts'
import type { CompileOptions } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import { turn } from '../runtime/turn.ts'
import { checkFits, checkSame } from './batches.ts'
import type { BoundModel } from './bound.ts'
import { type Counters, enterEpoch, EpochPlan } from './epoch.ts'
import { Guard } from './fault.ts'
import { hyperparametersOf } from './hyperparameters.ts'
import { Means } from './means.ts'
import { Pace } from './pace.ts'
import { beginEpoch, countersOf, TRAIN } from './state.ts'
import { type Join, joinOf, schedulerOf, stepStages } from './stages.ts'
import { sameData, statusOf } from './status.ts'
import type { Stream, StreamedDataset } from './streamed.ts'

/** What `train` and `fit` take. */
export const TRAIN_OPTIONS = {
  /**
   * How many times to go through the data, beyond what the model has seen. Default 1. Where an earlier call was left in
   * the middle of an epoch, the rest of that epoch is the first; on other data a new epoch begins.
   */
  epochs: option(count, 1),
  /** Samples a batch, or with `accumulate` a micro-batch. Default 128. */
  batchSize: option(count, 128),
  /**
   * How many micro-batches of `batchSize` samples a batch is computed in, for larger batches than memory has room for: gradients
   * are added up over them, and the weights change once a step. The numbers are those of one batch of accumulate · batchSize
   * samples, but for rounding and for batch normalization, which sees a micro-batch. Default 1.
   */
  accumulate: option(count, 1),
  /**
   * Takes less memory for a little more time, to the same bits: what is cheap to compute (relu, batch normalization's output) is
   * not kept for backward, but computed again. Default false.
   */
  checkpointing: option(flag, false),
  /**
   * Ends training when this call has done so many steps, in the middle of an epoch too; the next call goes on there. The bits are
   * those of as many steps of a longer call. Default: no bound but `epochs`.
   */
  steps: count,
  /** Yields after each step whose number is a multiple of this, too. The bits do not depend on it. */
  every: count,
  /** Ends training after the chunk that is running; no error is thrown. */
  signal: signalRule,
}
export type TrainOptions = Given<typeof TRAIN_OPTIONS>

/** How training stands. Yielded after every chunk, and once with `epochDone` at the end of each epoch. */
export interface Progress<Metrics extends string = string> {
  /** The epoch being trained, from 1. */
  readonly epoch: number
  /** Steps done since the model was made, and those that this call will have done at its end. */
  readonly step: number
  readonly lastStep: number
  /** Means over this epoch's samples so far; of an epoch that an earlier call began, over this call's part. */
  readonly metrics: Readonly<Record<Metrics, number>>
  /** Samples seen and seconds spent training in this epoch, by this call. */
  readonly samples: number
  readonly seconds: number
  readonly epochDone: boolean
}

/** Told of each epoch, before its first step. */
type OnEpoch = (epoch: number) => Promise<void>

export async function* train(
  model: BoundModel, data: ImageDataset | StreamedDataset, options: TrainOptions, onEpoch?: OnEpoch,
): AsyncGenerator<Progress, void, void> {
  const settings = trainSettings(model, data, options)
  if (model.definition.rounds) {
    throw new GanglionError('train: the model is trained in rounds (inRounds); train it with trainTogether of ganglion/swarm')
  }
  const status = statusOf(model.session)
  if (status.running) {
    throw new GanglionError('train: another loop is training this model; ' +
      'let it end, leave it, or call return() on what train() gave, and then train again')
  }
  status.running = true
  let stream: Stream | undefined
  try {
    if (settings.signal?.aborted) return
    const join = await joinOf(settings.size > settings.batchSize)
    const compile = await schedulerOf(settings.checkpointing)
    if ('stream' in data) stream = data.stream(model, settings.size * (model.definition.batchesPerStep ?? 1))
    const held = stream?.window ?? data as ImageDataset
    yield* new Training(model, held, data.count, settings, join, compile, stream, onEpoch).run()
  } finally {
    await stream?.close()
    status.running = false
  }
}

/** One call of `train`. */
class Training {
  readonly #model: BoundModel
  readonly #data: ImageDataset
  readonly #settings: TrainSettings
  readonly #plan: EpochPlan
  readonly #join: Join
  readonly #compile: CompileOptions
  readonly #stream: Stream | undefined
  readonly #onEpoch: OnEpoch | undefined
  readonly #pace = new Pace()
  /** The step after which this call ends. */
  #lastStep = 0

  constructor(
    model: BoundModel, data: ImageDataset, count: number, settings: TrainSettings, join: Join, compile: CompileOptions,
    stream?: Stream, onEpoch?: OnEpoch,
  ) {
    const { dropRemainder = false, batchesPerStep = 1 } = model.definition
    this.#model = model
    this.#data = data
    this.#settings = settings
    this.#join = join
    this.#compile = compile
    this.#stream = stream
    this.#onEpoch = onEpoch
    this.#plan = new EpochPlan(count, settings.size * batchesPerStep, dropRemainder || batchesPerStep > 1)
    // Before anything is changed: what is wrong with data, options or memory shows here.
    this.#step(settings.size)
    // A last batch of one sample may have no statistics.
    const rest = this.#plan.dropRemainder ? 0 : count % this.#plan.rows
    if (rest % settings.batchSize === 1) this.#step(rest)
  }

  async *run(): AsyncGenerator<Progress, void, void> {
    const { session, definition } = this.#model
    const start = this.#begin()
    const lastEpoch = start.epoch + this.#settings.epochs
    const all = this.#plan.steps(start.position) + (this.#settings.epochs - 1) * this.#plan.steps(0)
    this.#lastStep = start.step + Math.min(all, this.#settings.steps)
    const guard = new Guard(session, hyperparametersOf(definition, session), this.#stream)
    try {
      while (enterEpoch(session, this.#plan).epoch < lastEpoch && !this.#stopped) yield* this.#epoch(guard)
    } finally {
      // Who leaves in the middle of an epoch must not keep weights that the next loss would have shown to be NaN.
      await guard.check()
    }
  }

  /** Other data than before begin an epoch of their own. */
  #begin(): Counters {
    const { session } = this.#model
    const status = statusOf(session)
    const { position, epoch } = countersOf(session)
    if (position > 0 && status.data && !sameData(status.data, this.#data)) beginEpoch(session, epoch + 1)
    status.data = this.#data
    return enterEpoch(session, this.#plan)
  }

  /** What is left of the epoch in which training stands. */
  async *#epoch(guard: Guard): AsyncGenerator<Progress, void, void> {
    const { session } = this.#model
    const means = new Means(this.#settings.size)
    let [samples, seconds] = [0, 0]
    await this.#onEpoch?.(countersOf(session).epoch + 1)
    let now = countersOf(session)
    for (const { epoch } = now; now.epoch === epoch && !this.#stopped; now = enterEpoch(session, this.#plan)) {
      const chunk = await this.#chunk(guard, now, means)
      samples += chunk.samples
      seconds += chunk.seconds
      const { step, epoch: next } = enterEpoch(session, this.#plan)
      const epochDone = next > epoch
      if (epochDone) await guard.check()
      yield { epoch: epoch + 1, step, lastStep: this.#lastStep, metrics: means.values(), samples, seconds, epochDone }
      await turn()
    }
  }

  /** Some steps in one run of the core. The samples that are left at the end of an epoch are a smaller batch. */
  async #chunk(guard: Guard, { position, step }: Counters, means: Means): Promise<{ samples: number; seconds: number }> {
    const left = this.#plan.left(position)
    const rows = Math.min(left, this.#plan.rows)
    const whole = rows === this.#plan.rows
    const size = whole ? this.#settings.size : rows
    const fn = this.#step(size)
    means.of(fn, size)
    const { every } = this.#settings
    // Of a window, no more than it holds.
    const most = Math.floor(Math.min(left, this.#data.count) / rows)
    const steps = this.#pace.steps(Math.min(most, this.#lastStep - step, every - step % every))
    const began = performance.now()
    await guard.run(fn, steps, rows)
    const ms = performance.now() - began
    if (whole) this.#pace.took(steps, ms)
    return { samples: steps * rows, seconds: ms / 1000 }
  }

  /** The training step on `size` rows of each of its batches. */
  #step(size: number): CompiledFunction {
    const { batchSize, checkpointing } = this.#settings
    const key = `${TRAIN} ${size} by ${batchSize}${checkpointing ? ', checkpointing' : ''}`
    return this.#model.compiled(key, this.#data, () => {
      const { dropRemainder } = this.#plan
      const stages = stepStages(this.#model.definition, this.#data, size, batchSize, dropRemainder, this.#join)
      return { group: TRAIN, stages }
    }, this.#compile)
  }

  get #stopped(): boolean {
    return !!this.#settings.signal?.aborted || countersOf(this.#model.session).step >= this.#lastStep
  }
}

export interface TrainSettings {
  readonly epochs: number
  /** Rows that are computed at a time. */
  readonly batchSize: number
  /** Rows of each of a step's batches. */
  readonly size: number
  readonly checkpointing: boolean
  /** How many at most. */
  readonly steps: number
  /** Steps from a yield to the next at most. */
  readonly every: number
  readonly signal: AbortSignal | undefined
}

/**
 * The options with their defaults.
 * @throws TypeError, RangeError where options or data are not as `train` takes them
 */
export function trainSettings(
  { definition }: BoundModel, data: ImageDataset | StreamedDataset, options: TrainOptions,
): TrainSettings {
  const streamed = isObject(data) && 'stream' in data
  if (!streamed) checkData('train', data)
  const { epochs, batchSize, accumulate, checkpointing, steps = Infinity, every = Infinity, signal } =
    complete('train', options, TRAIN_OPTIONS)
  checkFits(data, definition)
  if (!streamed) checkSame('train', data)
  const { batchesPerStep = 1 } = definition
  const size = batchSize * accumulate
  if (size * batchesPerStep > data.count) {
    const parts = accumulate > 1 ? `${accumulate} micro-batches` : ''
    const batches = batchesPerStep > 1 ? `${batchesPerStep} batches` : ''
    const step = [batches, parts].filter(Boolean).join(' of ')
    const what = step ? `a step of ${step} of ${batchSize}` : `a batch of ${batchSize}`
    throw new RangeError(`train: ${what} is larger than the data (${data.count} images); use a smaller batch size`)
  }
  return { epochs, batchSize, size, checkpointing, steps, every, signal }
}
