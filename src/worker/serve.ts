// The worker's side of a trainer: a model, and a queue of what the page asks of it. Invariant: one thing runs at a time, a
// chunk of training or a call, so a call sees the model between two chunks, as between two yields of Model.train.
import { loadedOptions } from '../checkpoint/options.ts'
import { imageDataset, type ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { defineOwn, ownModel } from '../models/own.ts'
import { anything, check, complete, isFunction, isObject, isRecord, rule } from '../options.ts'
import { RUNTIME } from '../runtime/runtime.ts'
import { builtin } from '../host.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { isA } from '../tag.ts'
import type { FitOptions } from '../train/fit.ts'
import { Model } from '../train/model.ts'
import { statusOf } from '../train/status.ts'
import type { Progress } from '../train/train.ts'
import { TRAINER } from './options.ts'
import {
  buffersOf, type Creation, type Event, EVENTS, type Method, type Reply, type Request, toFault, type TrainerInfo,
} from './protocol.ts'

/** Makers of definitions by the kinds that `createTrainer` names; options arrive as a copy, and schedules as schedules. */
export type ModelMakers = Readonly<Record<string, (options: never) => ModelDefinition>>

const MAKERS = rule('makers of models by their kinds, { mine: (options) => definition }',
  (x): x is ModelMakers => isRecord(x) && Object.values(x).length > 0 && Object.values(x).every(isFunction))

/** Chunks that training may be ahead of who reads its progress. At the end of an epoch it waits: who stops there, stops there. */
const AHEAD = 8

/** What `createTrainer` takes; of it, only what is for the runtime comes here. */
const OPTIONS = { ...TRAINER, model: anything }

/** Requests that no answer is expected to, those that need no model, and all. */
const SILENT: readonly Request['kind'][] = ['data', 'forget', 'ask', 'abort', 'leave']
const BEFORE: readonly Request['kind'][] = [...SILENT, 'create', 'pause', 'resume']
const KINDS: readonly Request['kind'][] = [...BEFORE, 'call', 'evaluate', 'train', 'fit']

/** What may be called by its name. */
const METHODS: Readonly<Record<Method, true>> = {
  sample: true, drawCodes: true, encode: true, decode: true, reconstruct: true, weights: true, loadWeights: true, state: true,
  loadState: true, hyperparameters: true, setHyperparameter: true, digest: true,
}

interface Training {
  /** How many of its answers the page has asked for. */
  asked: number
  left: boolean
  readonly abort: AbortController
}

async function define(creation: Creation, makers: ModelMakers): Promise<ModelDefinition> {
  const { kind = '', module, options: given, ...madeFor } = creation
  const options = loadedOptions(given as ModelDefinition['options'])
  if (module !== undefined) {
    // Bundlers leave it to the worker: the module is there when it runs.
    // eslint-disable-next-line no-restricted-syntax -- the user's module, from which the model is made
    const exported = await import(/* webpackIgnore: true */ /* @vite-ignore */ module).catch((cause: Error) => {
      throw new GanglionError(`createTrainer: cannot load the model "${module}": ${cause.message}; check its address`, { cause })
    }) as { readonly default?: unknown }
    return defineOwn(ownModel(exported, module), { ...madeFor, options }, module)
  }
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined
  if (make) return make(options as never)
  throw new RangeError(`createTrainer: the worker knows no model '${kind}'; it has ${Object.keys(makers).join(', ')}`)
}

/**
 * Serves a trainer from this worker: call it once, in a worker's own file, to train models of your own making.
 * `createTrainer({ worker: new Worker(new URL('./my_worker.js', import.meta.url), { type: 'module' }), model: { kind } })`
 * @throws TypeError where `makers` is no object of functions
 * @example
 * serveTrainer({ mine: (options: { latent?: number }) => vae(options) })
 */
export function serveTrainer(makers: ModelMakers): void {
  check('serveTrainer', 'makers', makers, MAKERS)
  // eslint-disable-next-line ganglion/determinism -- the channel to the page: a thread of Node has it elsewhere
  const port = builtin('worker_threads')?.parentPort ?? (globalThis as unknown as MessagePort)
  const post = (reply: Reply, transfer: Transferable[] = []) => port.postMessage(reply, transfer)
  const datasets = new Map<number, ImageDataset>()
  /** Those that were checked. */
  const numbers = new WeakMap<ImageDataset, number>()
  const trainings = new Map<number, Training>()
  let model: Model
  let paused = false

  let last: Promise<unknown> = Promise.resolve()
  /** Runs `work` when all that came before it is done. */
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  /** A turn for as long as one wants: resolves with what ends it. */
  const turn = () => new Promise<() => void>((begin) => void inTurn(() => new Promise<void>(begin)))
  const waiting: (() => void)[] = []
  const changed = () => waiting.splice(0).forEach((go) => go())
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((go) => waiting.push(go))
  }

  async function create(creation: Creation): Promise<TrainerInfo> {
    const { seed, runtime } = creation
    complete('createTrainer', runtime, OPTIONS, RUNTIME)
    const definition = await define(creation, makers)
    const made = await createRuntime(runtime)
    model = await Model.create(made, definition, { seed })
    const { imageShape, codeShape } = definition
    const { threads, threadsReason } = made
    return { kind: definition.kind, options: definition.options, imageShape, codeShape, threads, threadsReason }
  }

  /** A dataset that the page sent. One that comes again is what it was, for a model that stands in the middle of its epoch. */
  function receive(number: number, dataset: ImageDataset): void {
    const trained = model && statusOf(model.session).data
    datasets.set(number, trained && numbers.get(trained) === number ? trained : dataset)
  }

  /** A dataset that was received, once it is known to be one. */
  function dataOf(number: number | undefined): ImageDataset {
    const given = datasets.get(number!)
    // What is none at all is refused where it is used.
    if (!given || numbers.has(given)) return given!
    const made = imageDataset(given)
    datasets.set(number!, made)
    numbers.set(made, number!)
    return made
  }

  /** Trains by `work`, which is told whether it is to end. */
  async function during<T>(
    { id, aborted }: { id: number, aborted: boolean }, work: (training: Training, over: () => boolean) => Promise<T>,
  ): Promise<T> {
    const about: Training = { asked: 1, left: false, abort: new AbortController() }
    if (aborted) about.abort.abort()
    trainings.set(id, about)
    try {
      return await work(about, () => about.left || about.abort.signal.aborted)
    } finally {
      trainings.delete(id)
    }
  }

  const train = ({ id, data, options, aborted }: Request & { kind: 'train' }) => during({ id, aborted }, async (about, over) => {
    const dataset = dataOf(data)
    const { signal } = about.abort
    // Made when its turn comes: until then nobody would iterate it.
    let steps: ReturnType<Model['train']> | undefined
    try {
      for (let sent = 0, progress: Progress | undefined; ;) {
        const mayGo = () => about.asked > sent || (!progress?.epochDone && sent - about.asked < AHEAD)
        await until(() => over() || (!paused && mayGo()))
        if (about.left) return
        const next = await inTurn(() => (steps ??= model.train(dataset, { ...options, signal })).next())
        if (next.done) return
        progress = next.value
        post({ id, progress })
        sent++
      }
    } finally {
      await inTurn(() => steps?.return())
    }
  })

  /** Its turn ends where the page is told of something, and between two chunks: so calls of a callback see that moment. */
  const fit = ({ id, data, validation, options, told, every, aborted }: Request & { kind: 'fit' }) => (
    during({ id, aborted }, async (about, over) => {
      const dataset = dataOf(data)
      const judged = validation === undefined ? undefined : dataOf(validation)
      let sent = 0
      let end = await turn()
      const tell = (name: Event[0]) => async (...args: unknown[]): Promise<void> => {
        end()
        if (told.includes(name)) {
          post({ id, progress: [name, ...args] }, buffersOf(args))
          sent++
        }
        await until(() => about.left || (about.asked > sent && (!paused || over())))
        end = await turn()
        if (about.left) throw new Error('left')
      }
      try {
        const callbacks = Object.fromEntries(EVENTS.map((name) => [name, tell(name)]))
        const checkpoint = told.includes('save') ? { every, save: tell('save') } as FitOptions['checkpoint'] : undefined
        await model.fit(dataset, { ...options, validation: judged, callbacks, checkpoint, signal: about.abort.signal })
      } finally {
        end()
      }
    })
  )

  const about = (id: number, change: (training: Training) => void) => {
    const training = trainings.get(id)
    if (training) change(training)
    changed()
  }

  function call(method: Method, [given, options, ...rest]: readonly unknown[]): unknown {
    if (!Object.hasOwn(METHODS, method)) throw new RangeError(`the trainer's worker knows no call '${method}'`)
    const { rename } = (options ?? {}) as { rename?: unknown }
    // What a function of the page made of each name.
    const named = isA('Map', rename) ? { ...options!, rename: (name: string) => rename.get(name) } : options
    return (model[method] as (...args: unknown[]) => unknown)(given, named, ...rest)
  }

  function answer(request: Request): unknown {
    if (!model && !BEFORE.includes(request.kind)) throw new GanglionError('the trainer has no model yet')
    switch (request.kind) {
      case 'create': return inTurn(() => create(request.creation))
      case 'call': return inTurn(() => call(request.method, request.args))
      case 'evaluate': {
        const data = dataOf(request.data)
        return inTurn(() => model.evaluate(data, request.options))
      }
      case 'train': return train(request)
      case 'fit': return fit(request)
      case 'pause':
        paused = true
        return inTurn(() => undefined)
      case 'resume':
        paused = false
        return changed()
      case 'data': return receive(request.data, request.dataset)
      case 'forget': return void datasets.delete(request.data)
      case 'ask': return about(request.id, (training) => void training.asked++)
      case 'abort': return about(request.id, ({ abort }) => abort.abort())
      case 'leave': return about(request.id, (training) => void (training.left = true))
    }
  }

  async function handle(request: Request): Promise<void> {
    const { id } = request as Request & { id: number }
    const silent = SILENT.includes(request.kind)
    try {
      const value = await answer(request)
      if (!silent) post({ id, value }, buffersOf(value))
    } catch (error) {
      if (!silent) post({ id, error: toFault(error) })
    }
  }
  // What is no request is not for the trainer.
  port.onmessage = ({ data }) => {
    if (isObject(data) && KINDS.includes((data as Request).kind)) void handle(data as Request)
  }
}
