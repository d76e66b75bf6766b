// A round of local steps, in pieces: a program for each micro-batch, which takes steps of its own, and one that makes the next
// weights of all their changes. Invariant: a task leaves the variables as they were, so that what it gives depends on it alone.
import type { ImageDataset } from '../data/dataset.ts'
import { EPOCH, POSITION, STEP } from '../graph/contract.generated.ts'
import { input, isVariable, type Variable } from '../graph/leaves.ts'
import { topological } from '../graph/walk.ts'
import type { Rounds, Stage } from '../models/definition.ts'
import { changedInRound } from '../models/rounds.ts'
import { mul } from '../ops/arithmetic.ts'
import { assign } from '../ops/assign.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import type { BoundModel } from '../train/bound.ts'
import type { EpochPlan } from '../train/epoch.ts'
import { checkReads, stepParts } from '../train/stages.ts'
import { countersOf, TRAIN } from '../train/state.ts'
import { LeastUsed } from './least_used.ts'
import type { Layout, Reduced } from './reduction.ts'

export class RoundPieces {
  readonly rows: readonly number[]
  readonly layouts: readonly Layout[]
  readonly #session: Session
  readonly #plan: EpochPlan
  readonly #rounds: Rounds
  readonly #parts: readonly Stage[][]
  readonly #parameters: readonly Variable[]
  /** What becomes the mean of what it is in each, as parameters do of their changes. */
  readonly #means: readonly Variable[]
  /** Optimizers' scalars, which are the same in each: a mean would round them. */
  readonly #same: readonly Variable[]
  readonly #metrics: readonly string[]
  readonly #programs: LeastUsed
  #apply: CompiledFunction | undefined
  /** What a task's steps change, as it was before them. */
  #before: Float32Array[] | undefined

  /** @throws RangeError where a step does not read its batches */
  constructor(
    { definition, session }: BoundModel, data: ImageDataset, size: number, microSize: number, plan: EpochPlan, rounds: Rounds,
  ) {
    const { parts, rows } = stepParts(definition, data, size, microSize, true)
    checkReads(definition, parts.flat(), size)
    this.rows = rows
    this.#session = session
    this.#plan = plan
    this.#rounds = rounds
    this.#parts = parts
    this.#programs = new LeastUsed(session)
    const { parameters, others } = changedInRound(parts[0]!)
    const scalars = new Set<Variable>(definition.optimizers.map(({ state }) => state))
    this.#parameters = parameters
    this.#means = others.filter((v) => !scalars.has(v))
    this.#same = others.filter((v) => scalars.has(v))
    this.#metrics = parts[0]!.flatMap(({ metrics = {} }) => Object.keys(metrics))
    const sizeOf = (all: readonly Variable[]): number => all.reduce((n, v) => n + v.size, 0)
    const sums = sizeOf(this.#parameters) + sizeOf(this.#means)
    // Of the rest a mean of few bits would be kept.
    this.layouts = [{ sums, floats: sums + sizeOf(this.#same) + this.#metrics.length, rounded: sizeOf(this.#parameters) }]
  }

  /** The variables that the steps read or change. */
  get read(): Variable[] {
    const roots = this.#parts[0]!.flatMap(({ metrics = {}, updates = [] }) => [...Object.values(metrics), ...updates])
    return topological(roots).filter(isVariable)
  }
  changed(): Variable[] {
    return [...this.#parameters, ...this.#means, ...this.#same]
  }

  /**
   * What micro-batch `k` makes of a round that begins where the counters stand: by how much parameters went down, what else
   * became, the means of its metrics.
   * @param onStep told of each step before it runs, from 0
   */
  partial(
    _stage: number, k: number, values: Float32Array = new Float32Array(this.layouts[0]!.floats), onStep?: (step: number) => void,
  ): Float32Array {
    const session = this.#session
    const before = this.#before ??= this.changed().map(({ size }) => new Float32Array(size))
    this.changed().forEach((v, i) => before[i]!.set(session.floats(session.addressOf(v), v.size)))
    const fn = this.#programs.get(`${k}`, () => ({ group: TRAIN, stages: this.#parts[k]! }))
    fn.clearMetrics()
    const good = this.#run(fn, onStep)
    let at = 0
    this.changed().forEach((v, i) => {
      const now = session.floats(session.addressOf(v), v.size)
      const own = values.subarray(at, at += v.size)
      if (i < this.#parameters.length) subtract(own, before[i]!, now)
      else own.set(now)
    })
    const metrics = fn.metrics() as Record<string, { sum: number, count: number }>
    values.set(this.#metrics.map((name) => metrics[name]!.sum / metrics[name]!.count), at)
    if (!good) values[values.length - 1] = NaN
    this.changed().forEach((v, i) => session.write(v, before[i]!))
    return values
  }

  /** The round's steps, one at a time: a micro-batch's program knows its own rows, and not how many a step takes. */
  #run(fn: CompiledFunction, onStep?: (step: number) => void): boolean {
    const { step, position, epoch } = countersOf(this.#session)
    const words = this.#session.groupWords(TRAIN)
    const steps = Math.min(this.#rounds.localSteps, this.#plan.steps(position))
    for (let h = 0; h < steps; h++) {
      words[STEP] = (step + h) % 4294967296
      words[STEP + 1] = Math.floor((step + h) / 4294967296)
      words[POSITION] = position + h * this.#plan.rows
      words[EPOCH] = epoch
      onStep?.(h)
      if (fn.run(1) < 1) return false
    }
    return true
  }

  /** Makes the next weights of all micro-batches' sums; the means of their metrics. */
  apply(_stage: number, { sum, own }: Reduced): Record<string, number> {
    const fn = this.#apply ??= this.#session.compile({ group: TRAIN, stages: [{ updates: this.#updates() }] })
    let at = 0
    for (const v of [...this.#parameters, ...this.#means]) fn.feed(`sum ${v.attrs.name}`, sum.subarray(at, at += v.size))
    at = 0
    for (const v of this.#same) this.#session.write(v, own[0]!.subarray(at, at += v.size))
    fn.run()
    const mean = (i: number): number => own.reduce((n, values) => n + values[at + i]!, 0) / own.length
    return Object.fromEntries(this.#metrics.map((name, i) => [name, mean(i)]))
  }

  #updates() {
    const mean = (v: Variable) => mul(input(`sum ${v.attrs.name}`, v.shape), 1 / this.rows.length)
    return [
      ...this.#parameters.flatMap((v) => this.#rounds.updates(v, mean(v))),
      ...this.#means.map((v) => assign(v, mean(v))),
    ]
  }

  /** Gives back the memory of its programs. */
  release(): void {
    this.#programs.release()
    if (this.#apply) this.#session.release(this.#apply)
    this.#apply = undefined
  }
}

/** to = a − b */
function subtract(to: Float32Array, a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = a[i]! - b[i]!
}
