// Hands out the tasks of a run's steps, whoever does the work; what comes back is judged by `results.ts`. It answers requests; a
// transport brings them. Invariant: workers decide nothing but how fast it goes: the sums are those of `accumulate`.
import { GanglionError } from '../errors.ts'
import type { Variable } from '../graph/leaves.ts'
import { countersOf } from '../train/state.ts'
import type { Crew } from './crew.ts'
import { decodeMessage, encodeMessage, type Handler, isOfLogin, type Request, requestOf } from './protocol.ts'
import type { StageRecord } from './record.ts'
import type { Reduction } from './reduction.ts'
import { Results } from './results.ts'
import { Roster, type WorkerReport } from './roster.ts'
import type { Shards } from './shards.ts'
import { newPlaces, type SharedMemory, SharedWeights } from './shared.ts'
import { OpenStage } from './stage.ts'
import { weightsFor } from './supply.ts'
import { Alarm, type Asker, Waiting } from './waiting.ts'
import { Weights } from './weights.ts'
import type { StepWork, Task } from './work.ts'

export interface CoordinatorOptions {
  /** Milliseconds that a worker may take for a task before another gets it too; four times the median, where that is more. */
  readonly leaseMs: number
  /** The share of tasks that two workers do, from 0 to 1; above 0, more of a newcomer's (`Roster.share`). */
  readonly audit: number
  /** Numbers from 0 to 1 that a worker cannot foresee: they choose what is audited, and no number of the model. */
  readonly chance: () => number
  /** Whether messages are checked by digests: where they go through a network. */
  readonly digests: boolean
  /** How long a worker's question for a task waits for one, in milliseconds. */
  readonly pollMs: number
  /** Told what went wrong with a worker. */
  readonly onFault?: (worker: string, what: string) => void
  /** Told of each stage that was added up, where messages are checked by digests. */
  readonly onStage?: (record: StageRecord) => void
}

/** A worker that asked nothing for so many leases is not there. */
const AWAY = 3
/** Between two looks at what others do, in milliseconds. */
const LOOK_MS = 20

export class Coordinator implements Crew {
  readonly #work: StepWork
  readonly #weights: Weights
  /** Where workers share memory. */
  #shared: SharedWeights | undefined
  readonly #options: CoordinatorOptions
  /** What a worker is told when it joins, and the run's name. */
  readonly #run: string
  readonly #recipe: object
  readonly #ganglion: string
  readonly #fresh: string
  readonly #shards: Shards | undefined
  readonly #roster = new Roster()
  readonly #results: Results
  readonly #habits = new Map<number, (string | undefined)[]>()
  #stage: OpenStage | undefined
  #ended: { done(reduction: Reduction): void, fail(error: Error): void } | undefined
  readonly #waiting = new Waiting()
  /** Rings when the next lease ends. */
  readonly #alarm = new Alarm(() => this.#wake())
  #closed = false
  /** Whether steps are to be finished without waiting for anybody. */
  #finishing = false
  /** Who has heard that the run is over. */
  readonly #told = new Set<string>()
  #aborted: Error | undefined
  /** Requests answered, and bytes of them and of their answers. */
  readonly traffic = { messages: 0, bytes: 0 }

  /**
   * @param run its name, unlike that of any run before
   * @param recipe what a worker needs to know to make the model
   * @param fresh the digest of the model as it was drawn
   * @param shards the data, for workers that have none
   */
  constructor(
    work: StepWork,
    { run, recipe, ganglion, fresh, shards }: { run: string, recipe: object, ganglion: string, fresh: string, shards?: Shards },
    options: CoordinatorOptions,
  ) {
    this.#work = work
    this.#weights = new Weights(work.model.session, work.read)
    this.#run = run
    this.#recipe = recipe
    this.#ganglion = ganglion
    this.#fresh = fresh
    this.#shards = shards
    this.#options = options
    this.#results = new Results(work, this.#roster, {
      stage: () => this.#stage,
      fail: (error) => this.#fail(error),
      counted: () => this.#end(),
      freed: () => this.#wake(),
      lost: (worker) => this.lost(worker),
      fault: (worker, what) => options.onFault?.(worker, what),
    }, options)
  }

  async reduce(tasks: readonly Task[], changed?: readonly Variable[]): Promise<Reduction> {
    this.#weights.change(this.#weights.version ? changed : undefined)
    this.#shared?.publish()
    const reduction = this.#work.newReduction(tasks[0]!)
    const digest = this.#options.digests ? await this.#weights.digest() : ''
    if (this.#aborted) throw this.#aborted
    const [{ stage }] = tasks as [Task]
    const habits = this.#habits.get(stage) ?? []
    this.#habits.set(stage, habits)
    const step = countersOf(this.#work.model.session).step + this.#work.nextSteps
    return new Promise((done, fail) => {
      this.#ended = { done, fail }
      this.#stage = new OpenStage(tasks, reduction, this.#weights.version, digest, habits, step)
      this.#wake()
      if (this.#finishing) this.finish()
    })
  }

  /** Memory that it shares with a worker of this process, whose requests come without a login. */
  share(worker: string): SharedMemory {
    this.#shared ??= new SharedWeights(this.#weights)
    const results = newPlaces(this.#work.mostFloats)
    this.#results.share(worker, results)
    return { weights: this.#shared.buffer, results }
  }

  /** Answers a worker's request. */
  readonly handle: Handler = async (message, login) => {
    const answer = await this.#answer(message, login).catch((error: unknown) => {
      if (!(error instanceof GanglionError)) throw error
      return encodeMessage({ refused: error.message })
    })
    this.traffic.messages++
    this.traffic.bytes += message.length + answer.length
    return answer
  }

  async #answer(message: Uint8Array, login: string | undefined): Promise<Uint8Array> {
    const decoded = decodeMessage(message)
    const request = requestOf(decoded)
    const { worker } = request
    if (login !== undefined && !isOfLogin(worker, login)) {
      throw new GanglionError(`the name "${worker}" is none of the login "${login}"; work under that login's own address`)
    }
    if (login !== undefined && this.#results.isHere(worker)) {
      throw new GanglionError(`the name "${worker}" is that of a thread of the coordinator; choose another --name`)
    }
    this.#roster.seen(worker, performance.now())
    const out = this.#roster.outOf(worker)
    if (out !== undefined) throw new GanglionError(`the worker "${worker}" is out of the run: ${out}`)
    if (request.do === 'join') return this.#join(request)
    if (request.run !== this.#run) return encodeMessage({ rejoin: true })
    if (request.do === 'next') return this.#next(request)
    if (request.do === 'weights') return weightsFor(this.#weights, request)
    if (request.do === 'data') return this.#shards?.answer(request) ?? encodeMessage({ refused: 'this run sends no data' })
    if (request.do === 'result') return this.#results.take(request, decoded.payload, login === undefined)
    this.lost(worker)
    return encodeMessage({ ok: true })
  }

  #join({ ganglion }: Request & { do: 'join' }): Uint8Array {
    if (ganglion === this.#ganglion) return encodeMessage({ run: this.#run, recipe: this.#recipe })
    throw new GanglionError(`the worker has ganglion ${ganglion} and the run ${this.#ganglion}; ` +
      'install the same version on both')
  }

  #next({ worker, fresh, from }: Request & { do: 'next' }): Promise<Uint8Array> | Uint8Array {
    if (fresh !== this.#fresh) {
      throw new GanglionError("the worker's fresh model has another digest than the run's: its arithmetic, or the model's " +
        'code, is another; run "ganglion verify" on both machines')
    }
    const now = performance.now()
    if (this.#closed) return this.#over(worker)
    const asker = { worker, from }
    const found = this.#offer(asker, now)
    if (found) return found
    const answered = this.#waiting.wait(asker, this.#options.pollMs, () => (
      this.#offer(asker, performance.now()) ?? encodeMessage({ wait: true })))
    this.#watch(now)
    return answered
  }

  /** What a worker is told when the run is over. */
  #over(worker: string): Uint8Array {
    this.#told.add(worker)
    return encodeMessage({ done: true })
  }

  /** A task for a worker, as it is told. */
  #offer({ worker, from }: Asker, now: number): Uint8Array | undefined {
    const stage = this.#stage
    if (!stage) return undefined
    const { audit } = this.#options
    const audits = () => audit > 0 && this.#options.chance() < this.#roster.share(worker, audit)
    const task = stage.next(worker, now, now + this.#lease, audits)
    if (task) {
      const { version, digest } = stage
      return encodeMessage({ task, version, digest, variables: this.#weights.changedSince(from) })
    }
    // Nothing is left but to compare, and perhaps nobody else to compare with.
    const unaudited = stage.unaudited(now)
    if (!unaudited.length || this.#present(now).length > 1) return undefined
    for (const { k, first } of unaudited) if (this.#stage === stage) this.#results.decide(stage, k, first)
    return undefined
  }

  /** Milliseconds that a worker may take: who is much slower than most is not waited for. */
  get #lease(): number {
    return Math.max(this.#options.leaseMs, 4000 * this.#results.median)
  }

  /** Gives tasks to workers that wait for one. */
  #wake(): void {
    const now = performance.now()
    this.#waiting.answer((asker) => (this.#closed ? this.#over(asker.worker)
      : this.#stage?.hasFree(now) ? this.#offer(asker, now) : undefined))
    this.#watch(now)
  }
  /** Rings when a lease ends, because another worker gets the task then. @param now when free tasks were last looked for */
  #watch(now: number): void {
    const ends = this.#stage?.ends(now) ?? Infinity
    if (this.#waiting.any) this.#alarm.set(ends)
  }

  #fail(error: Error): void {
    this.#stage = undefined
    this.#results.clear()
    this.#ended?.fail(error)
  }
  #end(): void {
    if (!this.#stage?.reduction.done) return
    const { reduction, record } = this.#stage
    if (this.#options.digests) this.#options.onStage?.(record)
    this.#stage = undefined
    this.#results.clear()
    this.#ended!.done(reduction)
  }

  /** Told that a worker is gone: its tasks are others' at once. */
  lost(worker: string): void {
    this.#roster.gone(worker)
    this.#stage?.release(worker)
    this.#stage?.forget(worker)
    this.#waiting.answer((asker) => (asker.worker === worker ? encodeMessage({ wait: true }) : undefined))
    this.#wake()
  }

  /** Does here the tasks that nobody has, of this step and later ones: a run that is to stop may have no worker left for them. */
  finish(): void {
    this.#finishing = true
    const stage = this.#stage
    if (stage) void this.#finish(stage)
  }
  async #finish(stage: OpenStage): Promise<void> {
    while (stage === this.#stage) {
      const free = stage.free(performance.now())
      if (free) await this.#results.doHere(stage, free.k, free.first)
      await new Promise((done) => { setTimeout(done, free ? 0 : LOOK_MS) })
    }
  }

  /** Nobody is left who could work: what is being computed ends in an error, and what is asked for later too. */
  abort(error: Error): void {
    this.#aborted = error
    this.#fail(error)
  }
  /** Waits until all that work have heard that it is over, for so many milliseconds at most. */
  async left(ms: number): Promise<void> {
    const until = performance.now() + ms
    while (this.present.some((worker) => !this.#told.has(worker)) && performance.now() < until) {
      await new Promise((done) => { setTimeout(done, LOOK_MS) })
    }
  }

  /** Tells workers that the run is over. */
  close(): void {
    this.#closed = true
    this.#alarm.stop()
    this.#wake()
  }

  /** Who asked for something lately. */
  get present(): string[] {
    return this.#present(performance.now())
  }
  #present(now: number): string[] {
    return this.#roster.present(now - AWAY * this.#lease)
  }
  /** Who works, how fast, and what went wrong. */
  workers(): WorkerReport[] {
    return this.#roster.report()
  }
  /** Floats that it holds for the stage: sums, results that wait for a second worker, parts that are on their way. */
  get floats(): number {
    return (this.#stage?.floats ?? 0) + this.#results.floats
  }
}
