// A model in memory: a definition's graphs compiled into one session, and what one does with it.
import { input, isVariable, type Variable } from '../graph/leaves.ts'
import { type Shape, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { randomNormal } from '../ops/random.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { tensorsOf, trainingStages } from '../models/stages.ts'
import { Pass } from '../nn/layer.ts'
import type { SavedTensor } from '../formats/safetensors.ts'
import type { FunctionSpec } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import type { Session } from '../runtime/session.ts'
import type { ImageDataset } from '../data/dataset.ts'
import {
  callable, check, checkOptions, count as countRule, floats, isFloats, isObject, rule, seed as seedRule, shape as shapeRule,
} from '../options.ts'
import type { BoundModel } from './bound.ts'
import { evaluate, type EvaluateOptions } from './evaluate.ts'
import { standingOf } from './standing.ts'
import { checkState, checkValues, digest, readState, type State, writeState } from './state.ts'
import { train, type Progress, type TrainOptions } from './train.ts'

/** Rows that encoding, decoding and sampling work on at a time. */
const CHUNK = 64
const RUNTIME = rule('a Runtime, which createRuntime() promises: await it', (x): x is Runtime => isObject(x) && 'session' in x)
/** What every definition must have. */
const DEFINITION = { imageShape: shapeRule, codeShape: shapeRule, train: callable, decode: callable }
const same = (noise: Tensor): Tensor => noise
const WEIGHTS = rule('a Map of tensors by name', (x): x is Map<string, SavedTensor> => x instanceof Map)
const IMAGES = rule('a Float32Array in [-1, 1]; scale bytes by x / 127.5 - 1', isFloats)

export class Model implements BoundModel {
  readonly definition: ModelDefinition
  readonly session: Session
  readonly #functions = new Map<string, CompiledFunction>()
  readonly #onData = new WeakMap<ImageDataset, Map<string, CompiledFunction>>()

  private constructor(definition: ModelDefinition, session: Session) {
    this.definition = definition
    this.session = session
  }

  /**
   * Makes the model with freshly drawn weights: the same for the same seed, everywhere.
   * @throws TypeError, RangeError for a runtime that was not awaited, a definition that lacks something, unknown options
   */
  static async create(runtime: Runtime, definition: ModelDefinition, options: { seed?: number } = {}): Promise<Model> {
    check('Model.create', 'runtime', runtime, RUNTIME)
    for (const [key, r] of Object.entries(DEFINITION)) check('Model.create', `definition.${key}`, definition?.[key as 'train'], r)
    checkOptions('Model.create', options, { seed: seedRule })
    const { seed = 1 } = options
    const model = new Model(definition, await runtime.session(seed))
    // One step on a batch of one makes every variable: the weights, statistics and optimizer slots.
    const stages = trainingStages(definition, { images: input('images', [1, ...definition.imageShape]) })
    model.session.addVariables(tensorsOf(stages).filter(isVariable))
    return model
  }

  /**
   * Trains, yielding after every few dozen milliseconds of work. Stop by leaving the loop or by `signal`: what was
   * trained stays, and the next call finishes the epoch. With other data, or the same in a new array, it begins a new
   * epoch instead. The model's memory keeps a copy of every dataset it is given, for as long as the model lives.
   *
   * Between two yields, weights may be changed by `loadWeights` and `loadState`, and an optimizer's learning rate through
   * `session.values(optimizer.state)`. Other writes through `session.values` are not known to what undoes a bad step: it
   * goes back to a moment before them.
   * @throws TypeError, RangeError for data or options that are not as described
   * @throws GanglionError while another loop trains the model
   * @throws TrainingError, with the last good weights in place, when a number is no longer finite or a thread is lost
   */
  train(data: ImageDataset, options: TrainOptions = {}): AsyncGenerator<Progress, void, void> {
    return train(this, data, options)
  }

  /**
   * The definition's figures as means over all samples of `data`. The same data gives the same figures. The model's memory
   * keeps a copy of every dataset it is given: to judge often, make the dataset once and give it again.
   * @throws TypeError where the model has no figure of its own (a GAN)
   * @throws TypeError, RangeError where data or options are not as described
   */
  evaluate(data: ImageDataset, options: EvaluateOptions = {}): Record<string, number> {
    return evaluate(this, data, options)
  }

  /** `count` new images [count, …imageShape] in [-1, 1]; image i depends on the weights, `seed` and i alone. */
  sample(count: number, options: { seed?: number } = {}): Float32Array {
    return this.decode(this.drawCodes(count, options))
  }

  /** `count` codes to sample from. */
  drawCodes(count: number, options: { seed?: number } = {}): Float32Array {
    checkOptions('sample', options, { seed: seedRule })
    const { seed = this.session.seed } = options
    check('sample', 'count', count, countRule)
    const { codeShape } = this.definition
    const noise = () => randomNormal([CHUNK, ...codeShape], 'sample')
    const draw = this.#function('sample', codeShape, () => (this.definition.sampleCodes ?? same)(noise()))
    this.session.restart('sample', seed)
    return chunks(count, sizeOf(codeShape), () => draw)
  }

  /** Images from codes [n, …codeShape]. @throws TypeError for other arrays, RangeError for another number of values */
  decode(codes: Float32Array): Float32Array {
    check('decode', 'codes', codes, floats)
    const { codeShape, imageShape } = this.definition
    return this.#map('decode', codes, codeShape, imageShape, (x) => this.definition.decode(x, new Pass(false)))
  }

  /**
   * Codes of images [n, …imageShape] in [-1, 1].
   * @throws TypeError where the model has no encoder, and for bytes and other arrays; RangeError for another number of values
   */
  encode(images: Float32Array): Float32Array {
    const { codeShape, imageShape, kind, encode } = this.definition
    if (!encode) throw new TypeError(`encode: a ${kind} has no encoder; train an autoencoder or a vae to encode images`)
    check('encode', 'images', images, IMAGES)
    return this.#map('encode', images, imageShape, codeShape, (x) => encode(x, new Pass(false)))
  }

  /** decode(encode(images)) */
  reconstruct(images: Float32Array): Float32Array {
    return this.decode(this.encode(images))
  }

  /** Parameters and running statistics by name, for files. */
  weights(): Map<string, SavedTensor> {
    return new Map(this.#kept().map((v) => [v.attrs.name, { shape: v.shape, data: this.session.values(v).slice() }]))
  }

  /**
   * Takes over weights; all must be there, finite, of the right shape, and no others. Nothing changes when they are not.
   * It may be called between two yields of `train`.
   */
  loadWeights(weights: ReadonlyMap<string, SavedTensor>): void {
    check('loadWeights', 'weights', weights, WEIGHTS)
    const { kind } = this.definition
    const mend = 'the options must be those it was trained with'
    const kept = this.#kept()
    const extra = [...weights.keys()].find((name) => !kept.some((v) => v.attrs.name === name))
    if (extra !== undefined) throw new RangeError(`weights: '${extra}' is not of this ${kind}; ${mend}`)
    const pairs = kept.map((v) => {
      const { name } = v.attrs
      const given = weights.get(name)
      if (!given) throw new RangeError(`weights: '${name}' is missing; the file is of another model`)
      const { shape, data } = given
      if (shape.join() !== v.shape.join()) {
        throw new RangeError(`weights: '${name}' has shape ${show(shape)}, expected ${show(v.shape)}; ${mend}`)
      }
      if (data?.length !== v.size) {
        throw new RangeError(`weights: '${name}' has ${data?.length ?? 'no'} values, expected ${v.size} for its shape`)
      }
      checkValues('weights', name, data)
      return [v, data] as const
    })
    for (const [v, data] of pairs) this.session.values(v).set(data)
    standingOf(this.session).loads++
  }

  /** Everything that training changes: weights, optimizer slots, counters. A model with it goes on as this one would. */
  state(): State {
    return readState(this.session)
  }
  /** Takes over a state, all of it finite. Nothing changes when it is not of this model. */
  loadState(state: State): void {
    checkState(this.session, state)
    writeState(this.session, state)
    const standing = standingOf(this.session)
    standing.loads++
    standing.data = undefined
  }

  /** SHA-256, in hex, over all variables and the training counters: equal for equal runs, in every runtime. */
  digest(): Promise<string> {
    return digest(this.session)
  }

  /** The function known as `key` on `data`, compiled on first use. */
  compiled(key: string, data: ImageDataset, spec: () => FunctionSpec): CompiledFunction {
    const known = this.#onData.get(data) ?? new Map<string, CompiledFunction>()
    this.#onData.set(data, known)
    const made = known.get(key) ?? this.session.compile(spec())
    known.set(key, made)
    return made
  }

  #kept(): Variable[] {
    return this.session.variables.filter((v) => v.attrs.role !== 'slot')
  }

  /** The function that computes CHUNK rows of `shape`. */
  #function(group: string, shape: Shape, build: () => Tensor): CompiledFunction {
    let made = this.#functions.get(group)
    if (!made) {
      const y = build()
      const [given, wanted] = [show(y.shape), show([CHUNK, ...shape])]
      if (given !== wanted) throw new RangeError(`${group} gives ${given}, expected ${wanted}; reshape what it returns`)
      made = this.session.compile({ group, stages: [{ outputs: { y } }] })
      this.#functions.set(group, made)
    }
    return made
  }

  #map(group: string, values: Float32Array, shape: Shape, result: Shape, build: (x: Tensor) => Tensor): Float32Array {
    const size = sizeOf(shape)
    const count = values.length / size
    if (!Number.isInteger(count) || count < 1) {
      const sample = `${size} (${shape.join(' × ')} a sample)`
      throw new RangeError(`${group}: ${values.length} values given, expected a multiple of ${sample}`)
    }
    const fn = this.#function(group, result, () => build(input('x', [CHUNK, ...shape])))
    const padded = new Float32Array(CHUNK * size)
    return chunks(count, sizeOf(result), (first) => {
      padded.fill(0)
      padded.set(values.subarray(first * size, Math.min(first + CHUNK, count) * size))
      return fn.feed('x', padded)
    })
  }
}

/** Runs `prepare(first)` for every CHUNK rows and joins the outputs. */
function chunks(count: number, size: number, prepare: (first: number) => CompiledFunction): Float32Array {
  const out = new Float32Array(count * size)
  for (let first = 0; first < count; first += CHUNK) {
    const fn = prepare(first)
    fn.run(1)
    out.set(fn.read('y').subarray(0, Math.min(CHUNK, count - first) * size), first * size)
  }
  return out
}
