// The page's side of a trainer: it starts the worker, asks, and hands on what comes back. It computes nothing.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { threadFrom } from '../runtime/threads/connection.ts'
import type { NodeWorker } from '../runtime/host.ts'
import type { CoreSource } from '../runtime/core_source.ts'
import type { Precision } from '../runtime/runtime.ts'
import { check, isObject, rule, signal as signalRule } from '../options.ts'
import { plainOptions } from '../nn/rate.ts'
import { checkData } from '../train/arguments.ts'
import type { EvaluateOptions } from '../train/evaluate.ts'
import type { RowOptions } from '../train/inference.ts'
import { type Iterated, iterated } from '../train/iterated.ts'
import type { Progress, TrainOptions } from '../train/train.ts'
import { Channel } from './channel.ts'
import { type Arguments, buffersOf, type Creation, type Method, type TrainerInfo, type Value } from './protocol.ts'
import { Stream } from './stream.ts'

/** A model that the worker knows. */
export interface NamedModel {
  readonly kind: string
  /** What its maker takes; a schedule may be its JSON, too. */
  readonly options?: object
}

/**
 * A model of one's own: a module whose default export is a definition, or a function that makes one, as for the command
 * line's `--model`. The worker imports it as it is, so a bundled page has a worker of its own instead.
 */
export interface ModuleModel {
  /** Its address: `new URL('./mine.js', import.meta.url)`. */
  readonly module: URL | string
  readonly options?: object
  /** What it is made for, where it asks for that. */
  readonly imageShape?: readonly number[]
  readonly classes?: number
}

export interface TrainerOptions {
  /** A model of the package, or of the worker that is given, by its kind; or one of a module of your own. */
  model: NamedModel | ModuleModel
  /** Default 1. */
  seed?: number
  /** As in `createRuntime`; a page's worker may use several where the page is cross-origin isolated. Default 1. */
  threads?: number | 'auto'
  /** Default `'deterministic'`. */
  precision?: Precision
  /** Vectors of 256 bits, as in `createRuntime`. Default false. */
  wide?: boolean
  /** The core, instead of the inlined one; not a Response, which cannot be sent to a worker. */
  core?: Exclude<CoreSource, Response> | PromiseLike<Exclude<CoreSource, Response>>
  /**
   * The worker: one of your own that calls `serveTrainer`, or where the package's `trainer.js` is, if a bundler left it
   * behind. It is ended with the trainer.
   */
  worker?: Worker | NodeWorker | URL | string
  /** Where the package's `thread.js` is, if a bundler left it behind and there are several threads. */
  threadWorker?: URL | string
}

/** Whether the arrays that are given go to the worker without a copy, and are empty here afterwards. Default false. */
export interface Transfer {
  transfer?: boolean
}

/** A model in a worker. What it does and throws is what `Model` does and throws; the same seed gives the same bits. */
export class Trainer {
  /** What the worker made of the options. */
  readonly info: TrainerInfo
  readonly #channel: Channel
  readonly #sent = new WeakMap<ImageDataset, number>()
  #datasets = 0

  /** See `createTrainer`. */
  constructor(channel: Channel, info: TrainerInfo) {
    this.#channel = channel
    this.info = info
  }

  /**
   * Trains, as `Model.train` does, yielding its progress. The worker goes on while the page is busy, up to eight chunks of
   * some 50 ms, and waits at the end of an epoch: who leaves the loop there has the weights of that moment. The data are
   * sent once, however often they are named.
   */
  train(data: ImageDataset, options: TrainOptions & Transfer = {}): Iterated<Progress> {
    return iterated(this.#train(data, options), 'write for await (const progress of trainer.train(data)) …')
  }

  async *#train(data: ImageDataset, options: TrainOptions & Transfer): AsyncGenerator<Progress, void, void> {
    const { signal, transfer, ...rest } = options
    if (signal !== undefined) check('train', 'signal', signal, signalRule)
    const number = this.#send('train', data, transfer)
    const stream = new Stream<Progress>()
    const id = this.#channel.open(stream)
    const abort = () => this.#channel.post({ kind: 'abort', id })
    signal?.addEventListener('abort', abort)
    try {
      this.#channel.post({ kind: 'train', id, data: number, options: rest, aborted: !!signal?.aborted })
      for (let progress; (progress = await stream.next()); this.#channel.post({ kind: 'ask', id })) yield progress
    } finally {
      signal?.removeEventListener('abort', abort)
      if (!stream.ended) {
        this.#channel.post({ kind: 'leave', id })
        await stream.end()
      }
    }
  }

  /** Resolves when training stands still, between two chunks. Everything else goes on being answered. */
  async pause(): Promise<void> {
    await this.#channel.ask((id) => ({ kind: 'pause', id }))
  }
  /** Goes on with training after `pause`. */
  async resume(): Promise<void> {
    await this.#channel.ask((id) => ({ kind: 'resume', id }))
  }

  /** As `Model.evaluate`; between two chunks of a training. */
  evaluate(data: ImageDataset, { transfer, ...options }: EvaluateOptions & Transfer = {}): Promise<Record<string, number>> {
    const number = this.#send('evaluate', data, transfer)
    return this.#channel.ask((id) => ({ kind: 'evaluate', id, data: number, options })) as Promise<Record<string, number>>
  }

  /** As `Model.sample`; in the middle of a training it shows what has been learned so far. */
  sample(...args: Arguments<'sample'>): Promise<Float32Array> {
    return this.#call('sample', args)
  }
  drawCodes(...args: Arguments<'drawCodes'>): Promise<Float32Array> {
    return this.#call('drawCodes', args)
  }
  decode(codes: Float32Array, { transfer, ...options }: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#call('decode', [codes, options], transfer)
  }
  encode(images: Float32Array, { transfer, ...options }: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#call('encode', [images, options], transfer)
  }
  reconstruct(images: Float32Array, { transfer, ...options }: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#call('reconstruct', [images, options], transfer)
  }
  weights(): Promise<Value<'weights'>> {
    return this.#call('weights', [])
  }
  loadWeights(...args: Arguments<'loadWeights'>): Promise<Value<'loadWeights'>> {
    return this.#call('loadWeights', args)
  }
  state(): Promise<Value<'state'>> {
    return this.#call('state', [])
  }
  hyperparameters(): Promise<Value<'hyperparameters'>> {
    return this.#call('hyperparameters', [])
  }
  setHyperparameter(...args: Arguments<'setHyperparameter'>): Promise<void> {
    return this.#call('setHyperparameter', args)
  }
  loadState(...args: Arguments<'loadState'>): Promise<void> {
    return this.#call('loadState', args)
  }
  digest(): Promise<string> {
    return this.#call('digest', [])
  }

  /** Ends the worker. What was asked and is not answered yet fails; what was trained is gone unless it was fetched before. */
  close(): Promise<void> {
    return this.#channel.close(new GanglionError('the trainer was closed'))
  }

  #call<M extends Method>(method: M, args: Arguments<M>, transfer = false): Promise<Value<M>> {
    const own = args.map(inOwnBuffer)
    const given = transfer ? buffersOf(own) : []
    return this.#channel.ask((id) => ({ kind: 'call', id, method, args: own }), given) as Promise<Value<M>>
  }

  /** The number that the worker knows a dataset by. */
  #send(where: string, data: ImageDataset, transfer = false): number {
    const known = this.#sent.get(data)
    if (known !== undefined) return known
    checkData(where, data)
    const number = ++this.#datasets
    const { name, images, count, shape, labels, classes, tensors = {} } = data
    const parts = Object.entries(tensors).map(([key, tensor]) => [key, { ...tensor, data: inOwnBuffer(tensor.data) }] as const)
    const dataset: ImageDataset = {
      name, images: inOwnBuffer(images), count, shape, labels: inOwnBuffer(labels), classes, tensors: Object.fromEntries(parts),
    }
    this.#channel.post({ kind: 'data', data: number, dataset }, transfer ? buffersOf(dataset) : [])
    this.#sent.set(data, number)
    return number
  }
}

/** A view of a part of a buffer as an array with a buffer of its own, because with a view its whole buffer is sent. */
function inOwnBuffer<T>(value: T): T {
  if (!ArrayBuffer.isView(value) || value.byteLength === value.buffer.byteLength) return value
  return (value as unknown as Uint8Array).slice() as T
}

/** Workers of their users' own that have a trainer: of a second one they would give the first one's answers too. */
const taken = new WeakSet<Worker | NodeWorker>()

function start(worker: TrainerOptions['worker']): Worker | NodeWorker {
  if (worker && typeof worker !== 'string' && !(worker instanceof URL)) {
    if (taken.has(worker)) throw new GanglionError('createTrainer: the worker has a trainer; give each its own')
    taken.add(worker)
    return worker
  }
  const thread = threadFrom(worker ?? new URL('./trainer.js', import.meta.url))
  if (thread) return thread
  // Bundlers know this very expression, and take the file along.
  return worker
    ? new Worker(worker, { type: 'module' })
    : new Worker(new URL('./trainer.js', import.meta.url), { type: 'module' })
}

/** By what a URL has: it may come from another realm. */
const isAddress = (x: unknown): boolean => typeof x === 'string' || typeof (x as URL | null)?.href === 'string'
const isModel = (x: unknown): x is TrainerOptions['model'] =>
  isObject(x) && (typeof (x as NamedModel).kind === 'string' || isAddress((x as ModuleModel).module))
const MODEL = rule("{ kind: 'vae', options: … }, say, or { module: new URL('./mine.js', import.meta.url) }", isModel)

/** A model as data. */
function sent(model: NamedModel | ModuleModel): Pick<Creation, 'kind' | 'module' | 'imageShape' | 'classes' | 'options'> {
  const options = plainOptions(model.options ?? {})
  if ('kind' in model) return { kind: model.kind, options }
  const { module, imageShape, classes } = model
  return { module: String(module), imageShape, classes, options }
}

/**
 * Starts a worker and makes a model in it, with freshly drawn weights: the same for the same seed, everywhere.
 * @throws TypeError, RangeError, GanglionError as the model's maker, `createRuntime` and `Model.create` do, for options that
 * there are not, and where the worker does not start or has a trainer already
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  check('createTrainer', 'model', options?.model, MODEL)
  const { model, seed = 1, core, worker, threadWorker, ...others } = options
  const address = (file: unknown) => (file instanceof URL ? file.href : file)
  const runtime = { ...others, core: address(await core), worker: address(threadWorker) }
  const channel = new Channel(start(worker))
  try {
    const creation = { ...sent(model), seed, runtime }
    return new Trainer(channel, await channel.ask((id) => ({ kind: 'create', id, creation })) as TrainerInfo)
  } catch (error) {
    await channel.close(error as Error)
    throw error
  }
}
