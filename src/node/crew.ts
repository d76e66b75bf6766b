// Who works for a run: threads of this process, and workers that come by a nats-server. All of them do the tasks of one
// coordinator. Invariant: a thread that ends is noticed at once, and its task is another's; without anybody, training ends in an
// error.
import { randomInt, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Worker } from 'node:worker_threads'
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import { Coordinator } from '../swarm/coordinator.ts'
import type { Crew } from '../swarm/crew.ts'
import type { ModelRecipe, RunRecipe } from '../swarm/recipe.ts'
import type { StageRecord } from '../swarm/record.ts'
import type { SharedMemory } from '../swarm/shared.ts'
import { type DataFacts, Shards } from '../swarm/shards.ts'
import type { StepWork } from '../swarm/work.ts'
import { countersOf } from '../train/state.ts'
import { Model } from '../train/model.ts'
import { version } from '../version.generated.ts'
import { filesToKeep } from './kept_files.ts'
import { Keeping, KeptRun } from './kept_run.ts'
import { modelInRounds, type ModelSource } from './model_source.ts'
import { type Hold, Nats } from './nats.ts'

/** What a thread is told. */
export interface ThreadRecipe extends ModelRecipe {
  readonly name: string
  readonly path?: string
  readonly wide: boolean
  readonly images: ImageDataset
  /** Where weights and results go. */
  readonly shared: SharedMemory
}
/** What a thread says: a request and its number, or why it ends. */
export type ThreadMessage = { readonly id: number, readonly message: Uint8Array } | { readonly error: string }

type Chosen = 'options' | 'augment' | 'rounds' | 'classes' | 'seed' | 'precision' | 'batchSize' | 'microBatches' | 'gradients'
export interface CrewOptions extends Pick<ModelRecipe, Chosen> {
  readonly source: ModelSource
  readonly wide: boolean
  /** Threads of this process. */
  readonly workers: number
  /** A nats-server, and the run's name there. */
  readonly nats?: {
    readonly url: string, readonly run: string, readonly data: Omit<RunRecipe['data'], keyof DataFacts>, readonly leaseMs: number,
    /** Where the run is held for it already. */
    readonly hold?: Hold,
  }
  /** The last step, as others are told. */
  readonly lastStep: number
  /** Told what went wrong with a worker. */
  readonly onFault: (worker: string, what: string) => void
  /** Told of each stage that was added up, where workers come by a nats-server. */
  readonly onStage: (record: StageRecord) => void
  /** Told why the nats-server does not keep what the run goes on from. */
  readonly onUnkept?: (why: string) => void
}

export interface RunningCrew extends Crew {
  /** Who works just now. */
  readonly present: readonly string[]
  /** Ends the step that is being computed, and later ones, without waiting for who is not there. */
  finish(): void
  /** Has the nats-server keep what was saved in a run's folder, for another coordinator; training goes on meanwhile. */
  readonly keep?: (folder: string) => Promise<void>
  /** Has it keep that the run has ended. */
  readonly over?: () => Promise<void>
  /** Ends the threads, and tells others that the run is over. */
  close(): Promise<void>
}

/** How long a thread may take before another gets its task too: a thread that ended is noticed without. In milliseconds. */
const THREAD_MS = 600_000
/** How long a question for a task waits for one. */
const POLL_MS = 2_000
/** The share of tasks that two workers do, where they come by a network. */
const AUDIT = 0.05

/** Starts the threads, which load the model while the first task waits for them; opens the run to others. */
export async function startCrew(work: StepWork, runtime: Runtime, given: CrewOptions): Promise<RunningCrew> {
  const { workers, source, wide, nats, onFault, onStage, onUnkept = () => {}, lastStep, ...rest } = given
  const { options, augment, rounds, classes, seed, precision, batchSize, microBatches, gradients } = rest
  const { imageShape } = work.model.definition
  const recipe: ModelRecipe = {
    kind: source.kind, options, augment, rounds, imageShape, classes, seed, precision, batchSize, microBatches, gradients,
    module: source.module?.sha256,
  }
  const definition = modelInRounds(source, rounds).define({ imageShape, classes, options: loadedOptions(options) })
  const fresh = await (await Model.create(runtime, definition, { seed })).digest()
  const id = nats?.hold?.owner ?? randomUUID()
  const shards = nats && await Shards.of(work.model.definition, work.data)
  const data = nats && { ...nats.data, ...shards!.facts }
  const coordinator = new Coordinator(work, { run: id, recipe: { ...recipe, data }, ganglion: version, fresh, shards }, {
    leaseMs: nats?.leaseMs ?? THREAD_MS, audit: nats ? AUDIT : 0, chance: () => randomInt(1e9) / 1e9, digests: !!nats,
    pollMs: nats ? POLL_MS : THREAD_MS, onFault, onStage,
  })
  const server = nats && await Nats.connect(nats.url)
  const began = performance.now()
  const facts = () => ({
    model: source.kind, host: hostname(), pid: process.pid, step: countersOf(work.model.session).step, lastStep,
    seconds: Math.round((performance.now() - began) / 1000), present: coordinator.present.length,
    workers: coordinator.workers().slice(-MOST_SHOWN),
  })
  const lost = (error: GanglionError) => coordinator.abort(error)
  nats?.hold?.pass(facts, lost)
  const hold = nats?.hold ?? await server?.hold(nats!.run, id, facts, lost).catch(async (error: Error) => {
    await server.close()
    throw error
  })
  server?.serve(nats!.run, coordinator.handle)
  const bucket = await server?.kept().catch((error: Error) => void onUnkept(error.message))
  const kept = bucket && new KeptRun(bucket, nats!.run, id)
  const keeping = kept && new Keeping(kept, onUnkept)
  const threads = startThreads(coordinator, workers, !server, { ...recipe, wide, path: source.module?.path, images: work.data })
  return {
    reduce: (tasks, changed) => coordinator.reduce(tasks, changed),
    get present() { return coordinator.present },
    finish: () => coordinator.finish(),
    ...(kept && keeping && {
      keep: async (folder: string) => { keeping.keep(await filesToKeep(folder)) },
      over: async () => {
        await keeping.done()
        await kept.over().catch((error: Error) => onUnkept(error.message))
      },
    }),
    async close() {
      coordinator.close()
      await Promise.all([...threads].map((thread) => thread.terminate()))
      if (!server) return
      // Those that compute now ask once more, and hear that it is over.
      await coordinator.left(POLL_MS)
      await keeping?.done()
      await hold!.release()
      await server.close()
    },
  }
}

/** Workers that a status shows. */
const MOST_SHOWN = 100

function startThreads(
  coordinator: Coordinator, count: number, alone: boolean, recipe: Omit<ThreadRecipe, 'name' | 'shared'>,
): Set<Worker> {
  const alive = new Set<Worker>()
  const images = count ? shared(recipe.images) : recipe.images
  let why = ''
  for (let i = 1; i <= count; i++) {
    const name = `thread-${i}`
    const workerData: ThreadRecipe = { ...recipe, name, images, shared: coordinator.share(name) }
    const thread = new Worker(new URL('./swarm_thread.js', import.meta.url), { workerData, execArgv: [] })
    alive.add(thread)
    thread.on('message', (said: ThreadMessage) => {
      if ('error' in said) why = said.error
      else void coordinator.handle(said.message).then((answer) => {
        thread.postMessage({ id: said.id, answer }, [answer.buffer as ArrayBuffer])
      })
    })
    thread.on('error', (error: unknown) => { why = (error as Error).message })
    thread.on('exit', () => {
      alive.delete(thread)
      coordinator.lost(name)
      if (alive.size || !alone) return
      const ended = `${count === 1 ? 'the worker' : `all ${count} workers`} ended${why && ` (${why})`}`
      coordinator.abort(new GanglionError(`${ended}; train with fewer --workers, or without`))
    })
  }
  return alive
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
