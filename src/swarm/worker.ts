// A worker of a run: asks for a task, gets the weights that it is to be computed under, computes it and sends what it gave, until
// the run is over. What a message has that is not expected is an error; a connection that fails is tried again.
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { isRecord } from '../options.ts'
import type { FetchArray } from './arrays.ts'
import { pack } from './bfloat.ts'
import {
  type Channel, decodeMessage, encodeMessage, floatsOf, type Message, PART_BYTES, partOf, partsOf, type Request,
} from './protocol.ts'
import { Weights } from './weights.ts'
import type { StepWork, Task } from './work.ts'

export interface WorkerSettings {
  /** Its name among the workers. */
  readonly name: string
  readonly ganglion: string
  /** Makes the model that a run trains, with its data, as a coordinator describes it. */
  readonly make: (recipe: unknown, fetched: FetchArray) => Promise<StepWork>
  /** Ends the work after the task that is being computed. */
  readonly signal?: AbortSignal
  /** Waited for before each question for a task. */
  readonly between?: () => Promise<void>
  /** Told of each task that was done. */
  readonly onTask?: (task: Task, seconds: number) => void
  /** Told of a request that had no answer, before it is tried again; false ends the work: nobody will answer. */
  readonly onRetry?: (why: string) => boolean | Promise<boolean>
  /** Milliseconds between two tries. Default 500. */
  readonly retryMs?: number
}

/** Bytes of an array of data that are fetched: what a core can hold. */
const MOST_DATA = 4e9
/** Parts of a result that are on their way at a time. */
const AT_ONCE = 4

/** The end of the work where a request had no answer. */
class NobodyAnswers extends Error {}

type Ask<R extends Request = Request> = R extends Request ? Omit<R, 'worker'> : never

/** @throws GanglionError where the coordinator refuses the worker, or says what is no answer */
export async function serve(channel: Channel, settings: WorkerSettings): Promise<void> {
  const stopped = (): boolean => !!settings.signal?.aborted
  while (!stopped()) {
    const worker = new RunWorker(channel, settings)
    const end = await worker.run(stopped).catch((error: unknown) => {
      if (error instanceof NobodyAnswers) return 'done'
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

  constructor(channel: Channel, settings: WorkerSettings) {
    this.#channel = channel
    this.#settings = settings
  }

  async run(stopped: () => boolean): Promise<'done' | 'again'> {
    const { name, ganglion, make } = this.#settings
    const { header: { run, recipe } } = await this.#ask({ do: 'join', ganglion })
    if (typeof run !== 'string') throw unexpected('join')
    this.#run = run
    this.#work = await make(recipe, (array, bytes) => this.#data(array, bytes))
    this.#fresh = await this.#work.model.digest()
    this.#weights = new Weights(this.#work.model.session, this.#work.read)
    try {
      while (!stopped()) {
        await this.#settings.between?.()
        if (stopped()) break
        const { header } = await this.#ask({ do: 'next', run, fresh: this.#fresh })
        if (header['done']) return 'done'
        if (header['rejoin']) return 'again'
        if (isRecord(header['task'])) await this.#do(header as { task: unknown } as TaskAnswer)
      }
      await this.#channel.request(encodeMessage({ do: 'leave', worker: name, run })).catch(() => {})
      return 'done'
    } finally {
      this.#work.release()
    }
  }

  async #do({ task, version, digest }: TaskAnswer): Promise<void> {
    this.#work.checkTask('a task', task)
    if (version !== this.#version && !(await this.#update(version, digest))) return
    const began = performance.now()
    const values = this.#work.runTask(task)
    const { buffer, byteOffset, byteLength } = values
    const hash = digest ? await sha256([new Uint8Array(buffer, byteOffset, byteLength)]) : ''
    const packed = pack(values, this.#work.layout(task))
    const parts = partsOf(packed.length)
    const send = (part: number) => this.#ask({
      do: 'result', run: this.#run, version, microBatch: task.microBatch, part, sha256: hash,
    }, partOf(packed, part))
    for (let part = 0; part < parts; part += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, parts - part) }, (_, i) => send(part + i))
      const answers = await Promise.all(some)
      if (answers.some(({ header }) => header['late'] || header['rejoin'])) break
    }
    this.#settings.onTask?.(task, (performance.now() - began) / 1000)
  }

  /** Brings the weights to a version; false where the run has gone on meanwhile. */
  async #update(version: number, digest: string): Promise<boolean> {
    const known = this.#weights.variables
    let whole: { readonly variables: readonly number[], readonly values: Float32Array } | undefined
    for (let part = 0; part === 0 || part < partsOf(whole!.values.byteLength); part++) {
      const { header, payload } = await this.#ask({ do: 'weights', run: this.#run, from: this.#version, to: version, part })
      if (header['stale'] || header['rejoin']) return false
      const { variables, floats } = header as { variables: unknown, floats: unknown }
      if (!Array.isArray(variables) || variables.some((i) => !known[i as number])) throw unexpected('weights')
      const length = variables.reduce<number>((n, i) => n + known[i as number]!.size, 0)
      if (floats !== length) throw unexpected('weights')
      whole ??= { variables: variables as number[], values: new Float32Array(length) }
      const values = floatsOf(payload)
      const [from, most] = [(part * PART_BYTES) / 4, PART_BYTES / 4]
      if (values.length !== Math.min(most, length - from)) throw unexpected('weights')
      whole.values.set(values, from)
    }
    this.#weights.write(whole!.variables, whole!.values)
    this.#version = version
    if (!digest || await this.#weights.digest() === digest) return true
    // All of them, the next time.
    this.#version = 0
    return false
  }

  /** An array of the run's data. */
  async #data(array: number, bytes: number): Promise<Uint8Array> {
    if (bytes > MOST_DATA) {
      throw new GanglionError(`the run's data have an array of ${bytes} bytes, expected at most ${MOST_DATA}; work with --data`)
    }
    const all = new Uint8Array(bytes)
    for (let at = 0, part = 0; at < bytes; part++) {
      const { payload } = await this.#ask({ do: 'data', run: this.#run, array, part })
      if (!payload.length || at + payload.length > bytes) throw unexpected('data')
      all.set(payload, at)
      at += payload.length
    }
    return all
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
        if (signal?.aborted || await onRetry?.((error as Error).message) === false) throw new NobodyAnswers()
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
}

const unexpected = (what: string): GanglionError => new GanglionError(
  `the coordinator's answer to "${what}" is not what was expected; run the same version of ganglion on both sides`)
