// `Model.fit`: the training loop as a promise, with Keras' callbacks. Invariant: it trains as `train` does, to the bit; what it
// adds looks on between two chunks, and puts back weights of an earlier epoch at the end where that is asked for.
import type { ImageDataset } from '../data/dataset.ts'
import {
  anything, callable, check, complete, count, type Given, isFunction, isListOf, isObject, isRecord, rule, type Rule,
} from '../options.ts'
import { checkData } from '../data/dataset.ts'
import { checkFits } from './batches.ts'
import type { BoundModel } from './bound.ts'
import { evaluateInTurns } from './evaluate.ts'
import { type BestOptions, checkBest, checkEarly, type EarlyStoppingOptions, Monitor } from './monitor.ts'
import { readState, type State } from './state.ts'
import { type Progress, train, TRAIN_OPTIONS, type TrainOptions } from './train.ts'
import type { StreamedDataset } from './streamed.ts'
import { copyKept } from './weights.ts'

/** The figures of an epoch: those of training, and those of `validation` as `val_NAME`. */
export type Logs<M extends string = string, F extends string = string> =
  Readonly<Record<M, number>> & { readonly [N in F as `val_${N}`]?: number }

/** What is told as training goes; a promise is waited for. Epochs count from 1, over all of the model's life. */
export interface FitCallback<M extends string = string, F extends string = string> {
  onTrainBegin?(): unknown
  onEpochBegin?(epoch: number): unknown
  /** After a chunk of steps, of some 50 ms: `step` is the last of them, `logs` the epoch's means so far. */
  onBatchEnd?(step: number, logs: Readonly<Record<M, number>>): unknown
  onEpochEnd?(epoch: number, logs: Logs<M, F>): unknown
  onTrainEnd?(history: History<M, F>): unknown
}

/** Takes a state, to keep it; a promise is waited for. A method type, so that a model of some names is a model of any. */
export type Save<M extends string = string, F extends string = string> =
  { save(state: State, epoch: number, logs: Logs<M, F>): unknown }['save']

/** What became of a `fit`. */
export interface History<M extends string = string, F extends string = string> {
  /** The epochs that were finished. */
  readonly epoch: readonly number[]
  /** Each figure, epoch by epoch. */
  readonly history: Readonly<Record<M, readonly number[]>> & { readonly [N in F as `val_${N}`]?: readonly number[] }
  /** What ended training before its last epoch, if anything did. */
  readonly stopped: 'earlyStopping' | 'signal' | null
  /** The epoch whose weights were put back, or null where that was not asked for. */
  readonly bestEpoch: number | null
}

const isSave = (x: unknown): x is object => isFunction(x) || (isObject(x) && isFunction((x as { save?: unknown }).save))
const isCallbacks = (x: unknown): x is object => isRecord(x) || isListOf(x, isRecord)
/** What `fit` takes beside what `train` does. A function, because its type has the names of the model's figures. */
/* @__NO_SIDE_EFFECTS__ */
function fitting<M extends string, F extends string>() {
  return {
    /** Judged after each epoch, as by `evaluate`. */
    validation: anything as Rule<ImageDataset>,
    /** Told as training goes. */
    callbacks: rule('an object of callbacks, or a list of them', isCallbacks) as
      Rule<FitCallback<M, F> | readonly FitCallback<M, F>[]>,
    /** Ends training when a figure has not become better for `patience` epochs. */
    earlyStopping: anything as Rule<EarlyStoppingOptions<M | `val_${F}`>>,
    /** Puts the weights of the best epoch into the model at the end. `true`: by 'val_loss', or 'loss' without validation. */
    keepBest: anything as Rule<boolean | BestOptions<M | `val_${F}`>>,
    /** Called with the state after each epoch; as `{ every, save }`, after every so many, and after the last. */
    checkpoint: rule('a function, or { every, save }', isSave) as Rule<Save<M, F> | { every: number; save: Save<M, F> }>,
  }
}
const FIT = fitting<string, string>()
export type FitOptions<M extends string = string, F extends string = string> =
  TrainOptions & Given<ReturnType<typeof fitting<M, F>>>

export async function fit(model: BoundModel, data: ImageDataset | StreamedDataset, options: FitOptions): Promise<History> {
  complete('fit', options, TRAIN_OPTIONS, FIT)
  const { validation, callbacks = [], checkpoint, signal } = options
  const watching = watch(model, options)
  const save = checkpoint && checkpointOf(checkpoint)
  const all: readonly FitCallback[] = Array.isArray(callbacks) ? callbacks : [callbacks as FitCallback]
  const tell = async (about: (callback: FitCallback) => unknown) => {
    for (const each of all) await about(each)
  }
  const epochs: number[] = []
  const history: Record<string, number[]> = {}
  let stopped: History['stopped'] = null
  let last: Progress | undefined

  await tell((c) => c.onTrainBegin?.())
  for await (last of train(model, data, trainingOf(options), (epoch) => tell((c) => c.onEpochBegin?.(epoch)))) {
    const { epoch, step, metrics, epochDone } = last
    await tell((c) => c.onBatchEnd?.(step, metrics))
    if (!epochDone) continue
    const logs = { ...metrics, ...(validation && await judged(model, validation)) }
    epochs.push(epoch)
    for (const [name, value] of Object.entries(logs)) (history[name] ??= []).push(value)
    if (watching.ends(epoch, logs)) stopped = 'earlyStopping'
    const isLast = stopped !== null || step === last.lastStep || !!signal?.aborted
    await save?.(epochs.length, isLast, () => readState(model.session), epoch, logs)
    await tell((c) => c.onEpochEnd?.(epoch, logs))
    if (stopped) break
  }
  if (!stopped && !(last && last.step === last.lastStep)) stopped = 'signal'
  const result: History = { epoch: epochs, history, stopped, bestEpoch: watching.restore() }
  await tell((c) => c.onTrainEnd?.(result))
  return result
}

const trainingOf = ({ epochs, batchSize, accumulate, checkpointing, steps, every, signal }: FitOptions): TrainOptions => (
  { epochs, batchSize, accumulate, checkpointing, steps, every, signal }
)

async function judged(model: BoundModel, validation: ImageDataset): Promise<Record<string, number>> {
  const figures = await evaluateInTurns(model, validation)
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`val_${name}`, value]))
}

/** When training ends early, and which weights are in the model at the end. All that is wrong with the options shows here. */
function watch(model: BoundModel, { validation, earlyStopping, keepBest = false }: FitOptions) {
  const { definition, names, session } = model
  if (validation !== undefined) {
    checkData('fit', validation, 'validation')
    if (!definition.evaluate) {
      throw new TypeError(`fit: a ${definition.kind} has no figure of its own on a dataset; leave out validation`)
    }
    checkFits(validation, definition)
  }
  const known = [...names.metrics, ...(validation ? names.figures.map((name) => `val_${name}`) : [])]
  if (earlyStopping !== undefined) checkEarly(earlyStopping)
  if (typeof keepBest !== 'boolean') checkBest(keepBest)
  if (keepBest && earlyStopping?.restoreBest) {
    throw new RangeError('fit: keepBest and earlyStopping.restoreBest both say which weights stay, expected one of them')
  }
  const stopping = earlyStopping && new Monitor('earlyStopping', earlyStopping, known)
  const keeping = keepBest ? new Monitor('keepBest', keepBest === true ? {} : keepBest, known) : undefined
  let best: { epoch: number; restore: () => void } | null = null
  return {
    /** Takes the figures of an epoch; whether it is the last. */
    ends(epoch: number, logs: Readonly<Record<string, number>>): boolean {
      const better = stopping?.better(logs)
      if (keeping ? keeping.better(logs) : better && earlyStopping?.restoreBest) best = { epoch, restore: copyKept(session) }
      return !!stopping && stopping.waited >= Math.max(1, earlyStopping?.patience ?? 0)
    },
    /** Puts back the best weights, where that was asked for; gives their epoch. */
    restore(): number | null {
      best?.restore()
      return best?.epoch ?? null
    },
  }
}

function checkpointOf(checkpoint: NonNullable<FitOptions['checkpoint']>) {
  const { every, save } = typeof checkpoint === 'function' ? { every: 1, save: checkpoint } : checkpoint
  check('fit', 'checkpoint.every', every, count)
  check('fit', 'checkpoint.save', save, callable)
  return async (done: number, isLast: boolean, state: () => State, epoch: number, logs: Logs): Promise<void> => {
    if (isLast || done % every === 0) await save(state(), epoch, logs)
  }
}
