// The worker's side of a trainer: a model, and a queue of what the page asks of it. Invariant: one thing runs at a time, a
// chunk of training or a call, so a call sees the model between two chunks, as between two yields of Model.train.
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { defineOwn, ownModel } from '../models/own.ts'
import { anything, checkOptions } from '../options.ts'
import { RUNTIME } from '../runtime/runtime.ts'
import { builtin } from '../runtime/host.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import type { Progress } from '../train/train.ts'
import { buffersOf, type Creation, type Reply, type Request, toFault, type TrainerInfo } from './protocol.ts'

/** Makers of definitions by the kinds that `createTrainer` names; options arrive as a copy, and schedules as schedules. */
export type ModelMakers = Readonly<Record<string, (options: never) => ModelDefinition>>

/** Chunks that training may be ahead of who reads its progress. At the end of an epoch it waits: who stops there, stops there. */
const AHEAD = 8

/** What `createTrainer` takes; of it, only what is for the runtime comes here. */
const OPTIONS = { model: anything, seed: anything, ...RUNTIME, threadWorker: anything }

interface Training {
  asked: number
  left: boolean
  readonly abort: AbortController
}

async function define(creation: Creation, makers: ModelMakers): Promise<ModelDefinition> {
  const { kind = '', module, options: given, ...madeFor } = creation
  const options = loadedOptions(given as ModelDefinition['options'])
  if (module !== undefined) {
    // Bundlers leave it to the worker: the module is there when it runs.
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
 */
export function serveTrainer(makers: ModelMakers): void {
  // eslint-disable-next-line ganglion/determinism -- the channel to the page: a thread of Node has it elsewhere
  const port = builtin('worker_threads')?.parentPort ?? (globalThis as unknown as MessagePort)
  const post = (reply: Reply, transfer: Transferable[] = []) => port.postMessage(reply, transfer)
  const datasets = new Map<number, ImageDataset>()
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
  const waiting: (() => void)[] = []
  const changed = () => waiting.splice(0).forEach((go) => go())
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((go) => waiting.push(go))
  }

  async function create(creation: Creation): Promise<TrainerInfo> {
    const { seed, runtime } = creation
    checkOptions('createTrainer', runtime, OPTIONS)
    const definition = await define(creation, makers)
    const made = await createRuntime(runtime)
    model = await Model.create(made, definition, { seed })
    const { imageShape, codeShape } = definition
    const { threads, threadsReason } = made
    return { kind: definition.kind, options: definition.options, imageShape, codeShape, threads, threadsReason }
  }

  async function train({ id, data, options, aborted }: Request & { kind: 'train' }): Promise<void> {
    const training: Training = { asked: 1, left: false, abort: new AbortController() }
    if (aborted) training.abort.abort()
    trainings.set(id, training)
    const { signal } = training.abort
    // Made when its turn comes: until then nobody would iterate it.
    let steps: ReturnType<Model['train']> | undefined
    const over = () => training.left || signal.aborted
    try {
      for (let sent = 0, progress: Progress | undefined; ;) {
        const mayGo = () => training.asked > sent || (!progress?.epochDone && sent - training.asked < AHEAD)
        await until(() => over() || (!paused && mayGo()))
        if (training.left) return
        const next = await inTurn(() => (steps ??= model.train(datasets.get(data)!, { ...options, signal })).next())
        if (next.done) return
        progress = next.value
        post({ id, progress })
        sent++
      }
    } finally {
      trainings.delete(id)
      await inTurn(() => steps?.return())
    }
  }

  const about = (id: number, change: (training: Training) => void) => {
    const training = trainings.get(id)
    if (training) change(training)
    changed()
  }

  function answer(request: Request): unknown {
    switch (request.kind) {
      case 'create': return inTurn(() => create(request.creation))
      case 'call': return inTurn(() => (model[request.method] as (...args: unknown[]) => unknown)(...request.args))
      case 'evaluate': return inTurn(() => model.evaluate(datasets.get(request.data)!, request.options))
      case 'train': return train(request)
      case 'pause':
        paused = true
        return inTurn(() => undefined)
      case 'resume':
        paused = false
        return changed()
      case 'data': return void datasets.set(request.data, request.dataset)
      case 'ask': return about(request.id, (training) => void training.asked++)
      case 'abort': return about(request.id, ({ abort }) => abort.abort())
      case 'leave': return about(request.id, (training) => void (training.left = true))
    }
  }

  const SILENT: readonly Request['kind'][] = ['data', 'ask', 'abort', 'leave']
  async function handle(request: Request): Promise<void> {
    if (SILENT.includes(request.kind)) return void answer(request)
    const { id } = request as Request & { id: number }
    try {
      const value = await answer(request)
      post({ id, value }, buffersOf(value))
    } catch (error) {
      post({ id, error: toFault(error) })
    }
  }
  port.onmessage = ({ data }) => void handle(data as Request)
}
