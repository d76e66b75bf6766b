// The functions that a model has compiled for datasets, and so the datasets that its memory holds: the last few that were used.
// Invariant: the dataset that a loop trains on stays.
import type { ImageDataset } from '../data/dataset.ts'
import type { CompileOptions, FunctionSpec } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { statusOf } from './status.ts'

/** Training and validation data, and two others. */
const MOST_DATASETS = 4

export class FunctionCache {
  readonly #session: Session
  /** By dataset, in the order of their last use. */
  readonly #functions = new Map<ImageDataset, Map<string, CompiledFunction>>()

  constructor(session: Session) {
    this.#session = session
  }

  /** The function known as `key` on `data`, compiled on first use. */
  get(key: string, data: ImageDataset, spec: () => FunctionSpec, options?: CompileOptions): CompiledFunction {
    const known = this.#functions.get(data) ?? new Map<string, CompiledFunction>()
    const made = known.get(key) ?? this.#session.compile(spec(), options)
    known.set(key, made)
    this.#functions.delete(data)
    this.#functions.set(data, known)
    this.#forget()
    return made
  }

  /** Releases the functions of the datasets that were used the longest time ago. */
  #forget(): void {
    const { running, data: trained } = statusOf(this.#session)
    for (const [data, functions] of this.#functions) {
      if (this.#functions.size <= MOST_DATASETS) return
      if (running && data === trained) continue
      for (const fn of functions.values()) this.#session.release(fn)
      this.#functions.delete(data)
    }
  }
}
