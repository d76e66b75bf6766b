// What the page and the trainer's worker say to each other, and how an error and its class cross.
import { GanglionError, ThreadError, TrainingError } from '../errors.ts'
import { isA, isError } from '../tag.ts'
import type { ImageDataset } from '../data/dataset.ts'
import type { Model } from '../train/model.ts'
import type { Progress } from '../train/train.ts'

/** What a call of the page can ask for by name: methods of the model that give a value at once or a promise of it. */
export type Method = 'sample' | 'drawCodes' | 'encode' | 'decode' | 'reconstruct' | 'weights' | 'loadWeights' | 'state' |
  'loadState' | 'hyperparameters' | 'setHyperparameter' | 'digest'
export type Arguments<M extends Method> = Parameters<Model[M]>
export type Value<M extends Method> = Awaited<ReturnType<Model[M]>>

/** What makes the model. */
export interface Creation {
  /** A kind that the worker knows, or the address of a module that makes a model. */
  readonly kind?: string
  readonly module?: string
  /** What the module's model is made for. */
  readonly imageShape?: readonly number[]
  readonly classes?: number
  readonly options: object
  readonly seed: number
  readonly runtime: object
}

/** What the worker made. */
export interface TrainerInfo {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly imageShape: readonly number[]
  readonly codeShape: readonly number[]
  /** Threads that divide a step, and why there are this many. */
  readonly threads: number
  readonly threadsReason: string
}

/** Datasets that the worker keeps, as many as a model's memory does: those that were used last. */
export const MOST_DATASETS = 4

/** What `fit` tells as it goes; `save` is its checkpoint. */
export const EVENTS = ['onTrainBegin', 'onEpochBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd', 'save'] as const
export type Event = readonly [name: (typeof EVENTS)[number], ...args: readonly unknown[]]

/** A training: on data by its number, with options, and whether it was aborted before it began. */
interface Begin {
  readonly id: number
  readonly data: number | undefined
  readonly options: object
  readonly aborted: boolean
}

/** Of a `fit`: what it is judged on, the events that the page waits for, and how often the state is one of them. */
interface Told {
  readonly validation: number | undefined
  readonly told: readonly Event[0][]
  readonly every: number
}

/** From the page. Every one but `data`, `forget`, `ask`, `abort` and `leave` is answered. */
export type Request =
  | { readonly kind: 'create'; readonly id: number; readonly creation: Creation }
  | { readonly kind: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  /** A dataset, sent before it is first named; from then on it goes by its number, until it is forgotten. */
  | { readonly kind: 'data'; readonly data: number; readonly dataset: ImageDataset }
  | { readonly kind: 'forget'; readonly data: number }
  | { readonly kind: 'evaluate'; readonly id: number; readonly data: number | undefined; readonly options: object }
  | { readonly kind: 'pause' | 'resume'; readonly id: number }
  | ({ readonly kind: 'train' } & Begin)
  | ({ readonly kind: 'fit' } & Begin & Told)
  /** About a training: its consumer waits for the next progress or event, aborts it, leaves it. */
  | { readonly kind: 'ask' | 'abort' | 'leave'; readonly id: number }

/** From the worker. A training answers with many a `progress`, then a value. */
export type Reply =
  | { readonly id: number; readonly progress: Progress | Event }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Fault }

/** An error as data. */
export interface Fault {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly step?: number
  readonly op?: string | null
  readonly cause?: Fault
}

export function toFault(error: unknown): Fault {
  if (!isError(error)) return { name: 'Error', message: String(error) }
  const { name, message, stack, step, op, cause } = error as TrainingError
  return { name, message, stack, step, op, ...(isError(cause) && { cause: toFault(cause) }) }
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = { GanglionError, RangeError, TypeError }

/** The error again, of the class it had where it is one of ours or of the language, with the worker's stack and its cause. */
export function fromFault({ name, message, stack, step, op, cause }: Fault): Error {
  const error = name === 'TrainingError' ? new TrainingError(message, step!, op!)
    : name === 'ThreadError' ? new ThreadError('', Promise.resolve()) : new (CLASSES[name] ?? Error)(message)
  return Object.assign(error, { message }, stack && { stack }, cause && { cause: fromFault(cause) })
}

/** The buffers of a value's arrays: a result is given away, not copied. */
export function buffersOf(value: unknown): Transferable[] {
  const buffers = new Set<Transferable>()
  const visit = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      // Shared memory is not given away.
      if (isA('ArrayBuffer', part.buffer)) buffers.add(part.buffer)
    } else if (isA('Map', part)) for (const each of part.values()) visit(each)
    else if (typeof part === 'object' && part !== null) for (const each of Object.values(part)) visit(each)
  }
  visit(value)
  return [...buffers]
}
