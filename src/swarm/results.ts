// Takes what workers give for the tasks of a stage, and judges it. Invariant: what is added up has the size that the task gives,
// is finite, has its digest where digests are asked for, and, where two did it, the same bits from both or from here.
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { bytesOf } from './arrays.ts'
import { packedBytes, unpack } from './bfloat.ts'
import { NotFinite, Undone } from './crew.ts'
import { encodeMessage, type Request } from './protocol.ts'
import type { Layout } from './reduction.ts'
import type { Roster } from './roster.ts'
import { PLACES, placeOf } from './shared.ts'
import type { Given, OpenStage } from './stage.ts'
import { Uploads } from './uploads.ts'
import type { StepWork } from './work.ts'

/** What the coordinator does about it. */
export interface Verdicts {
  /** The stage that is open just now. */
  stage(): OpenStage | undefined
  /** Ends the stage in an error. */
  fail(error: Error): void
  /** Told that a task was done: the stage may be. */
  counted(): void
  /** Told that a task is to be had again, or that a second worker is wanted for it. */
  freed(): void
  /** Told that a worker is out. */
  lost(worker: string): void
  /** Told what went wrong with a worker. */
  fault(worker: string, what: string): void
}

/** Tasks whose times the length of a lease follows. */
const TIMES_KEPT = 100
/** Who did what the coordinator did itself. */
const HERE = 'coordinator'
const late = (): Uint8Array => encodeMessage({ late: true })

export class Results {
  readonly #work: StepWork
  readonly #roster: Roster
  readonly #verdicts: Verdicts
  readonly #digests: boolean
  /** Whether results may be compared. */
  readonly #compared: boolean
  readonly #uploads = new Uploads()
  /** Where the results of workers lie that share memory. */
  readonly #places = new Map<string, SharedArrayBuffer>()
  #took: number[] = []

  /** @param digests whether results come with their digests @param audit the share that two workers do */
  constructor(work: StepWork, roster: Roster, verdicts: Verdicts, { digests, audit }: { digests: boolean, audit: number }) {
    this.#work = work
    this.#roster = roster
    this.#verdicts = verdicts
    this.#digests = digests
    this.#compared = digests || audit > 0
  }

  /** The median of the seconds that tasks took. */
  get median(): number {
    const sorted = [...this.#took].sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
  /** Floats of parts that are on their way. */
  get floats(): number {
    return this.#uploads.bytes / 4
  }
  /** Told where a worker of this process puts its results. */
  share(worker: string, places: SharedArrayBuffer): void {
    this.#places.set(worker, places)
  }
  /** Whether a worker is one of this process that shares memory. */
  isHere(worker: string): boolean {
    return this.#places.has(worker)
  }
  /** Forgets parts that are on their way. */
  clear(): void {
    this.#uploads.clear()
  }

  /** A part of what a worker gave for a task. @param here whether it is one of this process */
  async take(request: Request & { do: 'result' }, payload: Uint8Array, here: boolean): Promise<Uint8Array> {
    const { worker, version, microBatch: k, part } = request
    const stage = this.#verdicts.stage()
    // Of a step that is over, or a task that another did meanwhile: no fault.
    if (!stage || version !== stage.version || !stage.task(k) || stage.isDone(k)) return late()
    const since = stage.since(k, worker)
    if (since === undefined) return late()
    const layout = this.#work.layout(stage.task(k)!)
    const places = here ? this.#places.get(worker) : undefined
    let values: Float32Array | undefined
    try {
      values = places ? placeOf(places, part % PLACES, layout.floats)
        : this.#whole(`${worker} ${version} ${k}`, part, payload, layout)
    } catch (error) {
      if (!(error instanceof GanglionError)) throw error
      throw this.#fault(worker, k, stage, error.message)
    }
    if (!values) return encodeMessage({ ok: true })
    const hash = this.#compared ? await sha256([bytesOf(values)]) : ''
    if (this.#digests && !places && hash !== request.sha256) {
      throw this.#fault(worker, k, stage, 'its gradient is not what its digest was made of')
    }
    if (stage !== this.#verdicts.stage() || stage.isDone(k)) return late()
    this.#judge(stage, k, { worker, sha256: hash, values, lent: !!places }, (performance.now() - since) / 1000)
    return encodeMessage({ ok: true })
  }
  /** A result, once all of its parts are there. */
  #whole(key: string, part: number, payload: Uint8Array, layout: Layout): Float32Array | undefined {
    const packed = this.#uploads.add(key, part, payload, packedBytes(layout))
    return packed && unpack(packed, layout)
  }

  #judge(stage: OpenStage, k: number, given: Given, seconds: number): void {
    const { worker } = given
    if (!allFinite(given.values)) {
      this.#notFinite(worker, stage, k)
      return
    }
    this.#roster.did(worker, seconds)
    this.#took = [...this.#took.slice(1 - TIMES_KEPT), seconds]
    const taken = stage.take(k, given)
    if (typeof taken === 'object') this.decide(stage, k, taken.other, given)
    else if (taken === 'kept') this.#verdicts.freed()
    else this.#verdicts.counted()
  }

  /** A message that does not hold: the task is another's, and three of them end the worker's part. */
  #fault(worker: string, k: number, stage: OpenStage, what: string): GanglionError {
    stage.releaseOne(k, worker)
    this.#verdicts.fault(worker, what)
    if (this.#roster.fault(worker, what)) this.#verdicts.lost(worker)
    this.#verdicts.freed()
    return new GanglionError(`the worker "${worker}" was refused: ${what}`)
  }

  /** Does a task here and compares: who gave something else is out. */
  decide(stage: OpenStage, k: number, ...given: readonly Given[]): void {
    const right = this.#work.runTask(stage.task(k)!)
    const liars = given.filter(({ values }) => !sameBits(values, right))
    const honest = given.find((each) => !liars.includes(each))
    stage.count(k, { worker: honest?.worker ?? '', sha256: honest?.sha256 ?? '', values: right })
    if (liars.length) this.#expel(liars.map(({ worker }) => worker), 'its gradient is not what the task gives')
    else this.#verdicts.counted()
  }

  /** Does a task here, of which a worker may have given something already. */
  async doHere(stage: OpenStage, k: number, first?: Given): Promise<void> {
    if (first) {
      this.decide(stage, k, first)
      return
    }
    const values = this.#work.runTask(stage.task(k)!)
    const hash = this.#digests ? await sha256([bytesOf(values)]) : ''
    if (stage !== this.#verdicts.stage() || stage.isDone(k)) return
    if (!allFinite(values)) {
      this.#notFinite(HERE, stage, k)
      return
    }
    stage.count(k, { worker: HERE, sha256: hash, values })
    this.#verdicts.counted()
  }

  #notFinite(worker: string, stage: OpenStage, k: number): void {
    const task = stage.task(k)!
    if (allFinite(this.#work.runTask(task))) {
      this.#expel([worker], 'its gradient is not finite, and the task gives a finite one')
      return
    }
    this.#verdicts.fail(new NotFinite(`a gradient of step ${task.words[0]! + 1} is not finite`))
  }

  #expel(liars: readonly string[], what: string): void {
    for (const liar of liars) {
      this.#roster.expel(liar, what)
      this.#verdicts.fault(liar, what)
    }
    this.#verdicts.fail(new Undone(`the worker ${liars.map((liar) => `"${liar}"`).join(' and ')} was found lying: ${what}`))
  }
}

/** Whether two arrays have the same bits. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map((each) => new Int32Array(each.buffer, each.byteOffset, each.length)) as [Int32Array, Int32Array]
  return x.length === y.length && x.every((word, i) => word === y[i])
}

/** x − x is 0 of a finite number, and NaN of others; sums of them, so that nothing branches. */
function allFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0]
  const fours = values.length & ~3
  for (let i = 0; i < fours; i += 4) {
    a += values[i]! - values[i]!
    b += values[i + 1]! - values[i + 1]!
    c += values[i + 2]! - values[i + 2]!
    d += values[i + 3]! - values[i + 3]!
  }
  for (let i = fours; i < values.length; i++) a += values[i]! - values[i]!
  return a + b + c + d === 0
}
