// Workers of a run on this machine: threads of this process, each with a model of its own, that do the coordinator's tasks.
// Invariant: a thread that ends is noticed at once, and its task is another's; without any, training ends in an error.
import { Worker } from 'node:worker_threads'
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { Precision } from '../runtime/cores.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import { Coordinator } from '../swarm/coordinator.ts'
import type { Crew } from '../swarm/crew.ts'
import type { StepWork } from '../swarm/work.ts'
import { Model } from '../train/model.ts'
import { version } from '../version.generated.ts'
import type { ModelSource } from './model_source.ts'

/** What a thread makes the model of. */
export interface ThreadRecipe {
  readonly name: string
  readonly kind: string
  readonly module?: string
  readonly options: Parameters<typeof loadedOptions>[0]
  readonly classes?: number
  readonly seed: number
  readonly precision: Precision
  readonly wide: boolean
  readonly data: ImageDataset
  readonly batchSize: number
  readonly microBatches: number
}
/** What a thread says: a request and its number, or why it ends. */
export type ThreadMessage = { readonly id: number, readonly message: Uint8Array } | { readonly error: string }

export interface LocalOptions {
  readonly workers: number
  readonly source: ModelSource
  readonly options: ThreadRecipe['options']
  readonly classes?: number
  readonly seed: number
  readonly precision: Precision
  readonly wide: boolean
  readonly batchSize: number
  readonly microBatches: number
}

export interface LocalCrew extends Crew {
  /** Ends the threads. */
  close(): Promise<void>
}

/** Milliseconds that a thread may take for a task before another gets it too: a thread that ended is noticed without. */
const LEASE_MS = 600_000

/** Starts the threads. They load the model while the first task waits for them. */
export async function localCrew(work: StepWork, runtime: Runtime, given: LocalOptions): Promise<LocalCrew> {
  const { workers, source, options, classes, seed, precision, wide, batchSize, microBatches } = given
  const recipe = { options, classes, seed, precision, wide, batchSize, microBatches }
  const { imageShape } = work.model.definition
  const definition = source.define({ imageShape, classes, options: loadedOptions(options) })
  const fresh = await (await Model.create(runtime, definition, { seed })).digest()
  const coordinator = new Coordinator(work, { run: 'local', recipe: {}, ganglion: version, fresh }, {
    leaseMs: LEASE_MS, audit: 0, chance: () => 1, digests: false, pollMs: LEASE_MS,
  })
  const data = shared(work.data)
  const alive = new Map<string, Worker>()
  let why = ''
  for (let i = 1; i <= workers; i++) {
    const name = `thread-${i}`
    const { kind, module } = source
    const workerData: ThreadRecipe = { name, kind, module: module?.path, ...recipe, data }
    const thread = new Worker(new URL('./swarm_thread.js', import.meta.url), { workerData, execArgv: [] })
    alive.set(name, thread)
    thread.on('message', (said: ThreadMessage) => {
      if ('error' in said) why = said.error
      else void coordinator.handle(said.message).then((answer) => {
        thread.postMessage({ id: said.id, answer }, [answer.buffer as ArrayBuffer])
      })
    })
    thread.on('error', (error) => { why = error.message })
    thread.on('exit', () => {
      alive.delete(name)
      coordinator.lost(name)
      if (alive.size) return
      const ended = `${workers === 1 ? 'the worker' : `all ${workers} workers`} ended${why && ` (${why})`}`
      coordinator.abort(new GanglionError(`${ended}; train with fewer --workers, or without`))
    })
  }
  return {
    reduce: (tasks, changed) => coordinator.reduce(tasks, changed),
    async close() {
      coordinator.close()
      await Promise.all([...alive.values()].map((thread) => thread.terminate()))
    },
  }
}

/** The data in memory that threads share: bytes and floats are copied once. */
function shared(data: ImageDataset): ImageDataset {
  const copy = <T extends ArrayBufferView & { set(from: T): void }>(array: T): T => {
    const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T
    const made = new Kind(new SharedArrayBuffer(array.byteLength))
    made.set(array)
    return made
  }
  const { name, images, count, shape, labels, classes, tensors = {} } = data
  return {
    name, count, shape, classes,
    images: copy(images as Uint8Array), ...(labels && { labels: copy(labels as Uint8Array) }),
    tensors: Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, { ...t, data: copy(t.data as Uint8Array) }])),
  }
}
