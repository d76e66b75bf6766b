// A worker of a run: asks for a task, gets the weights that it is to be computed under, computes it and sends what it gave, until
// the run is over; it asks for the next one before it sends. What a message has that is not expected is an error; a connection
// that fails is tried again. Invariant: one result at most is on its way.
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { isRecord } from '../options.ts'
import { bytesOf } from './arrays.ts'
import { pack } from './bfloat.ts'
import type { FetchShards } from './fetched.ts'
import {
  type Channel, decodeMessage, encodeMessage, type Message, partBytes, PART_BYTES, partOf, partsOf, type Request,
} from './protocol.ts'
import { placeOf, PLACES, type SharedMemory, takeShared } from './shared.ts'
import { Weights } from './weights.ts'
import type { StepWork, Task } from './work.ts'

export interface WorkerSettings {
  /** Its name among the workers. */
  readonly name: string
  readonly ganglion: string
  /** Makes the model that a run trains, with its data, as a coordinator describes it. */
  readonly make: (recipe: unknown, fetched: FetchShards) => Promise<StepWork>
  /** Memory that the coordinator shares with it. */
  readonly shared?: SharedMemory
  /** Ends the work after the task that is being computed. */
  readonly signal?: AbortSignal
  /** Waited for before each question for a task. */
  readonly between?: () => Promise<void>
  /** Told of each task that was computed. */
  readonly onTask?: (task: Task, seconds: number) => void
  /** Told of a request that had no answer, before it is tried again; false ends the work: nobody will answer. */
  readonly onRetry?: (why: string) => boolean | Promise<boolean>
  /** Told that there was nothing to do for a while; false ends the work. */
  readonly onIdle?: () => boolean | Promise<boolean>
  /** Milliseconds between two tries. Default 500. */
  readonly retryMs?: number
}

/** Parts that are on their way at a time. */
const AT_ONCE = 4

/** The end of the work where a request had no answer. */
class NobodyAnswers extends Error {}
/** The end of the work for a run that another coordinator has by now. */
class AnotherRun extends Error {}

type Ask<R extends Request = Request> = R extends Request ? Omit<R, 'worker'> : never

/** @throws GanglionError where the coordinator refuses the worker, or says what is no answer */
export async function serve(channel: Channel, settings: WorkerSettings): Promise<void> {
  const stopped = (): boolean => !!settings.signal?.aborted
  while (!stopped()) {
    const worker = new RunWorker(channel, settings)
    const end = await worker.run(stopped).catch((error: unknown) => {
      if (error instanceof NobodyAnswers) return 'done'
      if (error instanceof AnotherRun) return 'again'
      throw error
    })
    if (end === 'done') return
  }
}

class RunWorker {
  readonly #channel: Channel
  readonly #settings: WorkerSettings
  #run = ''
  #work!: StepWork
  #weights!: Weights
  #fresh = ''
  /** The version of the weights that the model has; 0 for none. */
  #version = 0
  /** Whether nothing is asked any more. */
  #over = false
  /** The result that is on its way. */
  #sending: Promise<void> = Promise.resolve()
  /** Where the next result goes, in shared memory. */
  #place = 0

  constructor(channel: Channel, settings: WorkerSettings) {
    this.#channel = channel
    this.#settings = settings
  }

  async run(stopped: () => boolean): Promise<'done' | 'again'> {
    const { name, ganglion, make } = this.#settings
    const { header: { run, recipe } } = await this.#ask({ do: 'join', ganglion })
    if (typeof run !== 'string') throw unexpected('join')
    this.#run = run
    this.#work = await make(recipe, async (shards, part) => {
      const { header, payload } = await this.#ask({ do: 'data', run, shards, part })
      if (header['rejoin']) throw new AnotherRun()
      return payload
    })
    this.#fresh = await this.#work.model.digest()
    this.#weights = new Weights(this.#work.model.session, this.#work.read)
    try {
      let asked = this.#next(stopped)
      for (let header = await asked; header; header = await asked) {
        if (header['done']) return 'done'
        if (header['rejoin']) return 'again'
        const result = isRecord(header['task']) && await this.#do(header as { task: unknown } as TaskAnswer)
        await this.#sending
        if (header['wait'] && await this.#settings.onIdle?.() === false) break
        asked = this.#next(stopped)
        if (result) this.#sending = this.#send(result)
        // It is told of when the next one is sent.
        this.#sending.catch(() => {})
      }
      await this.#sending
      await this.#channel.request(encodeMessage({ do: 'leave', worker: name, run })).catch(() => {})
      return 'done'
    } finally {
      this.#over = true
      this.#work.release()
    }
  }

  /** What there is to do; undefined where the work ends. */
  async #next(stopped: () => boolean): Promise<Message['header'] | undefined> {
    const { between } = this.#settings
    if (between) await between()
    if (stopped()) return undefined
    return (await this.#ask({ do: 'next', run: this.#run, fresh: this.#fresh, from: this.#version })).header
  }

  /** Computes a task; nothing, where the run has gone on meanwhile. */
  async #do(answer: TaskAnswer): Promise<Result | undefined> {
    const { task, version, digest } = answer
    this.#work.checkTask('a task', task)
    if (version !== this.#version && !(await this.#update(answer))) return undefined
    await this.#work.bring(task)
    const { shared, onTask } = this.#settings
    const layout = this.#work.layout(task)
    const place = this.#place
    const began = performance.now()
    const values = this.#work.runTask(task, shared && placeOf(shared.results, place, layout.floats))
    onTask?.(task, (performance.now() - began) / 1000)
    const about = { do: 'result', run: this.#run, version, microBatch: task.microBatch } as const
    if (shared) {
      this.#place = (place + 1) % PLACES
      return { about: { ...about, sha256: '' }, place }
    }
    return { about: { ...about, sha256: digest ? await sha256([bytesOf(values)]) : '' }, packed: pack(values, layout) }
  }

  /** Sends what a task gave. */
  async #send(result: Result): Promise<void> {
    const { about } = result
    if ('place' in result) {
      await this.#ask({ ...about, part: result.place })
      return
    }
    const { packed } = result
    await this.#parts(packed.length, async (part) => {
      const { header } = await this.#ask({ ...about, part }, partOf(packed, part))
      return !header['late'] && !header['rejoin']
    })
  }

  /** Does something for each part of so many bytes, some at a time, until one fails; whether none did. */
  async #parts(bytes: number, each: (part: number) => Promise<boolean>): Promise<boolean> {
    const parts = partsOf(bytes)
    for (let part = 0; part < parts; part += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, parts - part) }, (_, i) => each(part + i))
      if ((await Promise.all(some)).includes(false)) return false
    }
    return true
  }

  /** Brings the weights to those of a task; false where the run has gone on meanwhile. */
  async #update({ version, digest, variables }: TaskAnswer): Promise<boolean> {
    const known = this.#weights.variables
    if (!Array.isArray(variables) || variables.some((i) => !known[i as number])) throw unexpected('next')
    const from = this.#version
    // Of parts of another version all are asked for the next time.
    this.#version = 0
    const { shared } = this.#settings
    const there = shared ? takeShared(shared.weights, version, this.#weights, variables)
      : await this.#fetch(variables, from, version)
    if (!there || (digest && !shared && await this.#weights.digest() !== digest)) return false
    this.#version = version
    return true
  }

  /** Has what changed from one version to another sent. */
  #fetch(variables: readonly number[], from: number, to: number): Promise<boolean> | true {
    const bytes = this.#weights.bytesOf(variables)
    return !bytes || this.#parts(bytes, async (part) => {
      const { header, payload } = await this.#ask({ do: 'weights', run: this.#run, from, to, part })
      if (header['stale'] || header['rejoin']) return false
      if (payload.length !== partBytes(bytes, part)) throw unexpected('weights')
      this.#weights.write(variables, part * PART_BYTES, payload)
      return true
    })
  }

  /** Asks until there is an answer. */
  async #ask(request: Ask, values?: Uint8Array): Promise<Message> {
    const { name, signal, onRetry, retryMs = 500 } = this.#settings
    const message = encodeMessage({ ...request, worker: name }, values)
    for (;;) {
      let answer: Uint8Array
      try {
        answer = await this.#channel.request(message)
      } catch (error) {
        if (this.#over || signal?.aborted || await onRetry?.((error as Error).message) === false) throw new NobodyAnswers()
        await new Promise((done) => { setTimeout(done, retryMs) })
        continue
      }
      const decoded = decodeMessage(answer)
      if (typeof decoded.header['refused'] === 'string') throw new GanglionError(decoded.header['refused'])
      return decoded
    }
  }
}

interface TaskAnswer {
  readonly task: Task
  readonly version: number
  readonly digest: string
  readonly variables: readonly number[]
}

/** What a task gave: bytes, or the place in shared memory where it lies. */
type Result = { readonly about: Omit<Ask<Request & { do: 'result' }>, 'part'> } &
  ({ readonly packed: Uint8Array } | { readonly place: number })

const unexpected = (what: string): GanglionError => new GanglionError(
  `the coordinator's answer to "${what}" is not what was expected; run the same version of ganglion on both sides`)
