// What the page and the trainer's worker say to each other, and how an error and its class cross.
import { GanglionError, TrainingError } from '../errors.ts'
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

/** From the page. Every one but `data`, `ask`, `abort` and `leave` is answered. */
export type Request =
  | { readonly kind: 'create'; readonly id: number; readonly creation: Creation }
  | { readonly kind: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  /** A dataset, sent once; later it goes by its number. */
  | { readonly kind: 'data'; readonly data: number; readonly dataset: ImageDataset }
  | { readonly kind: 'evaluate'; readonly id: number; readonly data: number; readonly options: object }
  | { readonly kind: 'pause' | 'resume'; readonly id: number }
  | { readonly kind: 'train'; readonly id: number; readonly data: number; readonly options: object; readonly aborted: boolean }
  /** About a training: its consumer waits for the next progress, aborts it, leaves it. */
  | { readonly kind: 'ask' | 'abort' | 'leave'; readonly id: number }

/** From the worker. A training answers with many a `progress`, then a value. */
export type Reply =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Fault }

/** An error as data. */
export interface Fault {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly step?: number
  readonly op?: string | null
}

export function toFault(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined }
  const { name, message, stack } = error
  return error instanceof TrainingError ? { name, message, stack, step: error.step, op: error.op } : { name, message, stack }
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = { GanglionError, RangeError, TypeError, SyntaxError }

/** The error again, of the class it had where it is one of ours or of the language; the worker's stack is its cause's. */
export function fromFault({ name, message, stack, step, op }: Fault): Error {
  const error = name === 'TrainingError' ? new TrainingError(message, step!, op!) : new (CLASSES[name] ?? Error)(message)
  const cause = new Error(message)
  cause.name = name
  if (stack) cause.stack = stack
  error.cause = cause
  return error
}

/** The buffers of a value's arrays: a result is given away, not copied. */
export function buffersOf(value: unknown): Transferable[] {
  const buffers = new Set<Transferable>()
  const visit = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) buffers.add(part.buffer)
    } else if (part instanceof Map) for (const each of part.values()) visit(each)
    else if (typeof part === 'object' && part !== null) for (const each of Object.values(part)) visit(each)
  }
  visit(value)
  return [...buffers]
}
