// What `createTrainer` takes. The page checks what it needs itself, the worker all that it is sent (serve.ts).
import type { CoreSource } from '../runtime/core_source.ts'
import type { NodeWorker } from '../host.ts'
import type { RuntimeOptions } from '../runtime/runtime.ts'
import { anything, type Given, isObject, option, required, rule, type Rule, seed } from '../options.ts'
import { isAddress } from '../tag.ts'

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

type Sendable = Exclude<CoreSource, Response>

export const isWorker = (x: unknown): x is Worker | NodeWorker => isObject(x) && 'postMessage' in x
const isModel = (x: unknown): x is NamedModel | ModuleModel =>
  isObject(x) && (typeof (x as NamedModel).kind === 'string' || isAddress((x as ModuleModel).module))
export const MODEL = rule("{ kind: 'vae', options: … }, say, or { module: new URL('./mine.js', import.meta.url) }", isModel)
export const WORKER = rule('a Worker or the address of its file',
  (x): x is Worker | NodeWorker | URL | string => isAddress(x) || isWorker(x))

/** What it takes beside `threads`, `precision` and `wide`, which are as in `createRuntime`. */
export const TRAINER = {
  /** A model of the package, or of the worker that is given, by its kind; or one of a module of your own. */
  model: required(MODEL),
  /** Default 1. */
  seed: option(seed, 1),
  /** The core, instead of the inlined one; not a Response, which cannot be sent to a worker. */
  core: anything as Rule<Sendable | PromiseLike<Sendable>>,
  /**
   * The worker: one of your own that calls `serveTrainer`, or where the package's `trainer.js` is, if a bundler left it
   * behind. It is ended with the trainer.
   */
  worker: WORKER,
  /** Where the package's `thread.js` is, if a bundler left it behind and there are several threads. */
  threadWorker: anything as Rule<URL | string>,
}
/** A page's worker may use several threads where the page is cross-origin isolated. */
export type TrainerOptions = Given<typeof TRAINER> & Pick<RuntimeOptions, 'threads' | 'precision' | 'wide'>
