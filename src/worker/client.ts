// The page's side of a trainer: it starts the worker, asks, and hands on what comes back. It computes nothing.
import type { ImageDataset } from '../data/dataset.ts'
import { changed, isOther, marksOf } from '../data/mark.ts'
import { GanglionError } from '../errors.ts'
import { started, threadFrom } from '../runtime/threads/connection.ts'
import type { NodeWorker } from '../host.ts'
import { check, isObject, isRecord, record, rule, signal as signalRule } from '../options.ts'
import { plainOptions } from '../nn/rate.ts'
import { isA, isAddress } from '../tag.ts'
import type { EvaluateOptions } from '../train/evaluate.ts'
import type { FitOptions, History } from '../train/fit.ts'
import type { RowOptions } from '../train/inference.ts'
import { type Iterated, iterated } from '../train/iterated.ts'
import type { Progress, TrainOptions } from '../train/train.ts'
import type { LoadOptions } from '../train/weights.ts'
import { Channel } from './channel.ts'
import { isWorker, MODEL, type ModuleModel, type NamedModel, type TrainerOptions, WORKER } from './options.ts'
import {
  type Arguments, buffersOf, type Creation, type Event, EVENTS, type Method, MOST_DATASETS, type Request, type TrainerInfo,
  type Value,
} from './protocol.ts'
import { Stream } from './stream.ts'

/** Whether the arrays that are given go to the worker without a copy, and are empty here afterwards. Default false. */
export interface Transfer {
  transfer?: boolean
}

/** A dataset as the worker knows it. */
interface Sent {
  readonly number: number
  /** Of what it held; none where it was given away, and is empty here. */
  readonly marks: ReadonlyMap<ArrayBufferView, number>
}

const CALLBACKS = rule('an object of callbacks, or a list of them', isRecord)
const CHECKPOINT = rule('a function, or { every, save }', (x): x is object => typeof x === 'function')
/** The event that says how a `fit` ended. */
const END = 'onTrainEnd'

/** Options, if they are any. The worker knows which there are. */
function optionsOf<O extends object>(where: string, options: O): O {
  check(where, 'options', options, record)
  return options
}

/** A model in a worker. What it does and throws is what `Model` does and throws; the same seed gives the same bits. */
export class Trainer {
  /** What the worker made of the options. */
  readonly info: TrainerInfo
  readonly #channel: Channel
  readonly #sent = new WeakMap<ImageDataset, Sent>()
  /** The numbers of the datasets that the worker has, in the order of their last use. */
  readonly #kept: number[] = []
  #datasets = 0

  /** @internal See `createTrainer`. */
  constructor(channel: Channel, info: TrainerInfo) {
    this.#channel = channel
    this.info = info
  }

  /**
   * Trains, as `Model.train` does, yielding its progress. The worker goes on while the page is busy, up to eight chunks of
   * some 50 ms, and waits at the end of an epoch: who leaves the loop there has the weights of that moment. Data are sent
   * when they are first named, and again only if four other datasets were named since.
   */
  train(data: ImageDataset, options: TrainOptions & Transfer = {}): Iterated<Progress> {
    return iterated(this.#steps('train', data, options), 'write for await (… of trainer.train(data)), or await trainer.fit(data)')
  }

  /**
   * Trains to the end, as `Model.fit` does, and gives the figures of each epoch. `validation`, `earlyStopping` and `keepBest`
   * are the worker's work; callbacks and `checkpoint` are called here. The worker waits for those that there are, so what they
   * ask the trainer sees the model of that moment.
   */
  async fit(data: ImageDataset, options: FitOptions & Transfer = {}): Promise<History> {
    const { callbacks = [], checkpoint, ...rest } = optionsOf('fit', options)
    const all = [callbacks].flat() as Partial<Record<Event[0], (...args: unknown[]) => unknown>>[]
    for (const each of all) check('fit', 'callbacks', each, CALLBACKS)
    if (checkpoint !== undefined) {
      const save = (checkpoint as { save?: unknown } | null)?.save ?? checkpoint
      check('fit', 'checkpoint', save, CHECKPOINT)
      all.push({ save: save as () => unknown })
    }
    const every = typeof checkpoint === 'object' ? checkpoint.every : 1
    const told = EVENTS.filter((name) => name === END || all.some((each) => each[name]))
    let history: unknown
    for await (const [name, ...args] of this.#steps<Event>('fit', data, rest, { told, every })) {
      if (name === END) [history] = args
      for (const each of all) await each[name]?.(...args)
    }
    return history as History
  }

  /** What a training tells, one by one: the worker is asked for the next when the last was taken in. */
  async *#steps<T>(
    kind: 'train' | 'fit', data: ImageDataset, options: FitOptions & Transfer, more = {},
  ): AsyncGenerator<T, void, void> {
    const { signal, transfer, validation, ...rest } = optionsOf(kind, options)
    if (signal !== undefined) check(kind, 'signal', signal, signalRule)
    const number = this.#send(kind, data, transfer)
    const judged = validation && this.#send(kind, validation, transfer)
    const stream = new Stream<T>()
    const aborted = !!signal?.aborted
    const id = this.#channel.begin(stream, (id) => (
      { kind, id, data: number, validation: judged, options: rest, aborted, ...more } as Request))
    const abort = () => this.#channel.post({ kind: 'abort', id })
    signal?.addEventListener('abort', abort)
    try {
      for (let item; (item = await stream.next()); this.#channel.post({ kind: 'ask', id })) yield item
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
  async evaluate(data: ImageDataset, options: EvaluateOptions & Transfer = {}): Promise<Record<string, number>> {
    const { transfer, ...rest } = optionsOf('evaluate', options)
    const number = this.#send('evaluate', data, transfer)
    return this.#channel.ask((id) => ({ kind: 'evaluate', id, data: number, options: rest })) as Promise<Record<string, number>>
  }

  /** As `Model.sample`; in the middle of a training it shows what has been learned so far. */
  sample(...args: Arguments<'sample'>): Promise<Float32Array> {
    return this.#call('sample', args)
  }
  drawCodes(...args: Arguments<'drawCodes'>): Promise<Float32Array> {
    return this.#call('drawCodes', args)
  }
  decode(codes: Float32Array, options: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#rows('decode', codes, options)
  }
  encode(images: Float32Array, options: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#rows('encode', images, options)
  }
  reconstruct(images: Float32Array, options: RowOptions & Transfer = {}): Promise<Float32Array> {
    return this.#rows('reconstruct', images, options)
  }
  weights(): Promise<Value<'weights'>> {
    return this.#call('weights', [])
  }
  /** As `Model.loadWeights`; `rename` is called here. */
  async loadWeights(weights: Arguments<'loadWeights'>[0], options: LoadOptions = {}): Promise<Value<'loadWeights'>> {
    const { rename } = optionsOf('loadWeights', options)
    // A function cannot be sent; what it makes of each name can.
    const names = () => new Map([...weights?.keys?.() ?? []].map((name) => [name, rename!(name)]))
    const sent = typeof rename === 'function' ? { ...options, rename: names() as never } : options
    return this.#call('loadWeights', [weights, sent])
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

  async #rows(
    method: 'decode' | 'encode' | 'reconstruct', rows: Float32Array, options: RowOptions & Transfer,
  ): Promise<Float32Array> {
    const { transfer, ...rest } = optionsOf(method, options)
    return this.#call(method, [rows, rest], transfer)
  }

  #call<M extends Method>(method: M, args: Arguments<M>, transfer = false): Promise<Value<M>> {
    const own = args.map(inOwnBuffers)
    const given = transfer ? buffersOf(own) : []
    return this.#channel.ask((id) => ({ kind: 'call', id, method, args: own }), given) as Promise<Value<M>>
  }

  /**
   * The number that the worker knows a dataset by. It has those that were named last; what is sent anew keeps its number.
   * What is no object has none, and the worker refuses that.
   */
  #send(where: string, data: ImageDataset, transfer = false): number | undefined {
    if (!isObject(data)) return undefined
    const known = this.#sent.get(data)
    if (known && isOther(data, known.marks)) throw changed(where, data)
    const number = known?.number ?? ++this.#datasets
    const at = this.#kept.indexOf(number)
    if (at < 0) {
      const dataset = inOwnBuffers(data)
      this.#sent.set(data, { number, marks: transfer ? new Map() : marksOf(data) })
      this.#channel.post({ kind: 'data', data: number, dataset }, transfer ? buffersOf(dataset) : [])
    } else this.#kept.splice(at, 1)
    this.#kept.push(number)
    if (this.#kept.length > MOST_DATASETS) this.#channel.post({ kind: 'forget', data: this.#kept.shift()! })
    return number
  }
}

/** With a buffer of its own for each view of a part of one, because with a view its whole buffer is sent. */
function inOwnBuffers<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    if (!value.byteLength) {
      throw new TypeError('an array is empty: where it was given away (transfer), make it anew, or do not transfer it')
    }
    return value.byteLength === value.buffer.byteLength ? value : (value as unknown as Uint8Array).slice() as T
  }
  if (!isA('Object', value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inOwnBuffers(each)])) as T
}

/** Workers of their users' own that have a trainer: of a second one they would give the first one's answers too. */
const taken = new WeakSet<Worker | NodeWorker>()

function start(worker: TrainerOptions['worker']): Worker | NodeWorker {
  if (isWorker(worker)) {
    if (taken.has(worker)) throw new GanglionError('createTrainer: the worker has a trainer; give each its own')
    taken.add(worker)
    return worker
  }
  return started("createTrainer's `worker`", () => (
    threadFrom(worker ?? new URL('./trainer.js', import.meta.url)) ?? (worker
      ? new Worker(worker, { type: 'module' })
      // Bundlers know this very expression, and take the file along.
      : new Worker(new URL('./trainer.js', import.meta.url), { type: 'module' }))))
}

/** A model as data. */
function sent(model: NamedModel | ModuleModel): Pick<Creation, 'kind' | 'module' | 'imageShape' | 'classes' | 'options'> {
  const options = plainOptions(optionsOf('createTrainer', model.options ?? {}))
  if ('kind' in model) return { kind: model.kind, options }
  const { module, imageShape, classes } = model
  return { module: String(module), imageShape, classes, options }
}

/**
 * Starts a worker and makes a model in it, with freshly drawn weights: the same for the same seed, everywhere.
 * @throws TypeError, RangeError, GanglionError as the model's maker, `createRuntime` and `Model.create` do, for options that
 * there are not, and where the worker does not start or has a trainer already
 * @example
 * const trainer = await createTrainer({ model: { kind: 'vae', options: { latent: 20 } }, seed: 1 })
 * for await (const { metrics } of trainer.train(digits, { epochs: 3 })) console.log(metrics.loss)
 * await trainer.close()
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { model, seed = 1, core, worker, threadWorker, ...others } = optionsOf('createTrainer', options)
  check('createTrainer', 'model', model, MODEL)
  if (worker !== undefined) check('createTrainer', 'worker', worker, WORKER)
  const address = (file: unknown) => (isAddress(file) ? String(file) : file)
  const given = await core
  // A Response can be read once, and cannot be sent.
  if (isA('Response', given)) {
    throw new TypeError('createTrainer: core is a Response, expected its bytes: await response.arrayBuffer()')
  }
  const runtime = { ...others, core: address(given), worker: address(threadWorker) }
  const channel = new Channel(start(worker))
  try {
    const creation = { ...sent(model), seed, runtime }
    return new Trainer(channel, await channel.ask((id) => ({ kind: 'create', id, creation })) as TrainerInfo)
  } catch (error) {
    await channel.close(error as Error)
    throw error
  }
}
