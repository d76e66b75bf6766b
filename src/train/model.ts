// A model in memory: a definition's graphs compiled into one session, and what one does with it.
// Invariant: all variables exist from the start, so no call but training, loading and setting changes the digest.
import { isVariable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { graphsOf } from '../models/stages.ts'
import type { SavedTensor } from '../formats/safetensors.ts'
import type { CompileOptions, FunctionSpec } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import type { Session } from '../runtime/session.ts'
import type { ImageDataset } from '../data/dataset.ts'
import {
  callable, check, complete, count, flag, floats, type Given, isFloats, isObject, list, name as nameRule, option, optional,
  record, rule, seed as seedRule, shape as shapeRule,
} from '../options.ts'
import { evaluate, type EvaluateOptions } from './evaluate.ts'
import { FunctionCache } from './function_cache.ts'
import { hyperparametersOf, setValue, valuesOf } from './hyperparameters.ts'
import { fit, type FitOptions, type History } from './fit.ts'
import { Inference, type RowOptions } from './inference.ts'
import { type Iterated, iterated } from './iterated.ts'
import { checkState, digest, readState, type State, writeState } from './state.ts'
import { statusOf } from './status.ts'
import type { StreamedDataset } from './streamed.ts'
import { train, type Progress, type TrainOptions } from './train.ts'
import { keptBy, loadWeights, type LoadOptions, type LoadReport } from './weights.ts'

const RUNTIME = rule('a Runtime, which createRuntime() promises: await it', (x): x is Runtime => isObject(x) && 'session' in x)
/** What every definition must have, and what it may have. */
const DEFINITION = {
  kind: optional(nameRule), imageShape: shapeRule, codeShape: shapeRule, train: callable, decode: callable,
  evaluate: optional(callable), importanceWeights: optional(callable), encode: optional(callable),
  discriminate: optional(callable), sampleCodes: optional(callable), optimizers: optional(list),
  classes: optional(count), tensors: optional(record), batchesPerStep: optional(count), dropRemainder: optional(flag),
  keeps: optional(callable), rounds: optional(record),
}
const CREATE = {
  /** What drives initialisation, shuffling, dropout and noise. Default 1. */
  seed: option(seedRule, 1),
}
const IMAGES = rule('a Float32Array in [-1, 1]; scale bytes by x / 127.5 - 1', isFloats)
/** What to write where a loop is not one. */
const HOW = 'write for await (const progress of model.train(data)) …, or await model.fit(data)'
/** Rows of the graphs that make the variables: more than one, so that a batch's statistics are of something. */
export const ROWS = 2

/** `Metrics` are the names of what training reports, `Figures` of what `evaluate` does: the definition's. */
export class Model<Metrics extends string = string, Figures extends string = Metrics> {
  readonly definition: ModelDefinition<Metrics, Figures>
  readonly session: Session
  /** The names of what training and evaluation report. */
  readonly names: { readonly metrics: readonly string[]; readonly figures: readonly string[] }
  readonly #inference: Inference
  readonly #functions: FunctionCache

  private constructor(definition: ModelDefinition<Metrics, Figures>, session: Session, names: Model['names']) {
    this.definition = definition
    this.session = session
    this.names = names
    this.#inference = new Inference(definition, session)
    this.#functions = new FunctionCache(session)
  }

  /**
   * Makes the model with freshly drawn weights: the same for the same seed, everywhere. All graphs of the definition are
   * built once, for two rows, so that their variables are there from the start.
   * @throws TypeError, RangeError for a runtime that was not awaited, a definition that lacks something, unknown options
   */
  static async create<Metrics extends string = string, Figures extends string = Metrics>(
    runtime: Runtime, definition: ModelDefinition<Metrics, Figures>, options: Given<typeof CREATE> = {},
  ): Promise<Model<Metrics, Figures>> {
    check('Model.create', 'runtime', runtime, RUNTIME)
    check('Model.create', 'definition', definition, record)
    for (const [key, r] of Object.entries(DEFINITION)) check('Model.create', `definition.${key}`, definition?.[key as 'train'], r)
    const { seed } = complete('Model.create', options, CREATE)
    const session = await runtime.session(seed)
    const { tensors, metrics, figures } = graphsOf(definition, ROWS)
    session.addVariables(tensors.filter(isVariable))
    return new Model(definition, session, { metrics, figures })
  }

  /**
   * Trains, yielding after every few dozen milliseconds of work. Stop by leaving the loop or by `signal`: what was
   * trained stays, and the next call finishes the epoch. With other data, or the same in a new array, it begins a new
   * epoch instead. The model's memory keeps copies of the last four datasets that it was given.
   *
   * Between two yields, weights may be changed by `loadWeights` and `loadState`, and hyper-parameters by
   * `setHyperparameter`. Other writes to the session are not known to what undoes a bad step: it goes back to a moment
   * before them.
   *
   *     for await (const { epoch, metrics } of model.train(data, { epochs: 3 })) console.log(epoch, metrics.loss)
   *
   * It is a loop: awaited, it rejects, and so an async function must not return it. `fit` is the promise.
   * @throws TypeError, RangeError for data or options that are not as described, or data that the definition cannot read
   * @throws GanglionError while another loop trains the model
   * @throws TrainingError, with the last good weights in place, when a number is no longer finite or a thread is lost
   */
  train(data: ImageDataset | StreamedDataset, options: TrainOptions = {}): Iterated<Progress<Metrics>> {
    return iterated(train(this, data, options), HOW)
  }

  /**
   * Trains to the end, and gives the figures of each epoch: the loop of `train` as a promise, with Keras' callbacks.
   *
   *     const { history, bestEpoch } = await model.fit(data, {
   *       epochs: 20, validation, keepBest: true, earlyStopping: { patience: 3 },
   *       callbacks: { onEpochEnd: (epoch, { loss, val_loss }) => console.log(epoch, loss, val_loss) },
   *     })
   *
   * A signal ends it after the chunk that is running; the promise resolves with what was trained by then.
   * @throws as `train` does; TypeError, RangeError for options that are not as described
   */
  fit(data: ImageDataset | StreamedDataset, options: FitOptions<Metrics, Figures> = {}): Promise<History<Metrics, Figures>> {
    return fit(this, data, options)
  }

  /**
   * The definition's figures as means over all samples of `data`. The same data gives the same figures. The model's memory
   * keeps copies of the last four datasets: to judge often, make the dataset once and give it again.
   * @throws TypeError where the model has no figure of its own (a GAN)
   * @throws TypeError, RangeError where data or options are not as described, or data that the definition cannot read
   */
  evaluate(data: ImageDataset, options: EvaluateOptions = {}): Record<Figures, number> {
    return evaluate(this, data, options)
  }

  /**
   * `count` new images [count, …imageShape] in [-1, 1]; image i depends on the weights, `seed`, its label and i alone.
   * A model with classes takes `{ labels }`, one a row, or `{ label }` for all; without, each class has its turn: 0, 1, 2 …
   * Between classes: `{ classWeights }` [count, classes], of which each row is 1 in all.
   * @throws TypeError, RangeError where count or options are not as described
   */
  sample(count: number, options: RowOptions = {}): Float32Array {
    return this.#inference.sample(count, options)
  }

  /** The `count` codes that `sample` decodes. @throws as `sample` does */
  drawCodes(count: number, options: RowOptions = {}): Float32Array {
    return this.#inference.drawCodes(count, options)
  }

  /**
   * Images from codes [n, …codeShape]. A model with classes wants `{ labels }`, one a row, or `{ label }` for all; or, for
   * images between classes, `{ classWeights }` [n, classes]: a row of 1 and zeros is a label, to the bit. Labels may be left out
   * where its decoder is told none.
   * @throws TypeError for other arrays, RangeError for another number of values, and for labels that are not as described
   */
  decode(codes: Float32Array, options: RowOptions = {}): Float32Array {
    check('decode', 'codes', codes, floats)
    return this.#inference.decode(codes, options)
  }

  /**
   * Codes of images [n, …imageShape] in [-1, 1]; a warning says where they have another range. A model with classes wants
   * `{ labels }`, one a row, or `{ label }` for all, where its encoder is told them.
   * @throws TypeError where the model has no encoder, and for bytes and other arrays
   * @throws RangeError for another number of values, one that is not finite, and for labels that are not as described
   */
  encode(images: Float32Array, options: RowOptions = {}): Float32Array {
    const { kind, encode } = this.definition
    if (!encode) throw new TypeError(`encode: a ${kind} has no encoder; train an autoencoder or a vae to encode images`)
    check('encode', 'images', images, IMAGES)
    return this.#inference.encode(images, options)
  }

  /** Decoded codes of images. @throws as `encode` does */
  reconstruct(images: Float32Array, options: RowOptions = {}): Float32Array {
    return this.decode(this.encode(images, options), options)
  }

  /** Parameters, running statistics and hyper-parameters of the graphs by name, for files: copies. */
  weights(): Map<string, SavedTensor> {
    return new Map(keptBy(this.session).map((v) => [v.attrs.name, { shape: v.shape, data: this.session.read(v) }]))
  }

  /**
   * Takes over weights; all must be there, finite, of the right shape, and no others (but PyTorch's `num_batches_tracked`, which
   * is left out). With `{ strict: false }` those that fit by name and shape are taken, so that one can start from what was
   * trained before; `rename` says what the model calls them:
   * `loadWeights(weights, { strict: false, rename: (name) => name.replace('encoder/', 'features/') })`. Nothing changes where a
   * tensor is refused. It may be called between two yields of `train`.
   * @throws TypeError, RangeError for weights that are not as described, or that hold a NaN or an infinity
   */
  loadWeights(weights: ReadonlyMap<string, SavedTensor>, options: LoadOptions = {}): LoadReport {
    return loadWeights(this.session, this.definition.kind, weights, options)
  }

  /**
   * The learning rates and what `hyperparameter(name, value)` made, by name: `{ 'adam/learningRate': 0.001 }`. A rate that
   * follows a schedule is that of the last step.
   */
  hyperparameters(): Record<string, number> {
    const all = hyperparametersOf(this.definition, this.session)
    return Object.fromEntries(valuesOf(this.session, all).map((value, i) => [all[i]!.name, value]))
  }
  /**
   * Sets one of them, between two chunks of training too: `setHyperparameter('adam/learningRate', 1e-4)`. It is saved with the
   * state.
   * @throws RangeError where there is none of that name, a schedule sets it, or the value is out of its range; TypeError where
   *   the value is no number
   */
  setHyperparameter(name: string, value: number): void {
    setValue(this.session, hyperparametersOf(this.definition, this.session), name, value)
  }

  /** Everything that training changes: weights, optimizer slots, counters. A model with it goes on as this one would. */
  state(): State {
    return readState(this.session)
  }
  /** Takes over a state, all of it finite. Nothing changes when it is not of this model. */
  loadState(state: State): void {
    checkState(this.session, state)
    writeState(this.session, state)
    const status = statusOf(this.session)
    status.loads++
    status.data = undefined
  }

  /** SHA-256, in hex, over all variables and the training counters: equal for equal runs, in every runtime. */
  digest(): Promise<string> {
    return digest(this.session)
  }

  /** @internal The function known as `key` on `data`, compiled on first use. */
  compiled(key: string, data: ImageDataset, spec: () => FunctionSpec, options?: CompileOptions): CompiledFunction {
    return this.#functions.get(key, data, spec, options)
  }
}
