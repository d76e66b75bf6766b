// A training step on so many rows, in pieces: a program for each micro-batch of each stage, whose outputs are one array, and one
// that makes the stage's updates.
import type { ImageDataset } from '../data/dataset.ts'
import { isVariable, type Variable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { changedBy, topological } from '../graph/walk.ts'
import { type StagePieces, stepPieces } from '../models/accumulate.ts'
import { tree } from '../models/micro_batches.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import type { BoundModel } from '../train/bound.ts'
import { checkReads, stepParts } from '../train/stages.ts'
import { TRAIN } from '../train/state.ts'
import { LeastUsed } from './least_used.ts'
import type { Layout, Reduced } from './reduction.ts'

export class Pieces {
  /** The rows of each micro-batch. */
  readonly rows: readonly number[]
  readonly layouts: readonly Layout[]
  readonly #session: Session
  readonly #stages: readonly StagePieces[]
  readonly #partials: LeastUsed
  readonly #applies = new Map<number, CompiledFunction>()

  /** @throws RangeError where the step's pieces depend on each other, or it does not read its batches */
  constructor(
    { definition, session }: BoundModel, data: ImageDataset, size: number, microSize: number, dropRemainder: boolean,
  ) {
    const { parts, rows } = stepParts(definition, data, size, microSize, dropRemainder)
    checkReads(definition, parts.flat(), size)
    this.rows = rows
    this.#session = session
    this.#partials = new LeastUsed(session)
    this.#stages = stepPieces(parts, rows, definition.reduction)
    this.layouts = this.#stages.map(({ partials: [first] }) => {
      const floats = (keep: (name: string) => boolean) => Object.entries(first!.outputs!)
        .reduce((n, [name, { size: length }]) => n + (keep(name) ? length : 0), 0)
      const sums = floats((name) => name.startsWith('sum '))
      return { sums, floats: floats(() => true), rounded: sums }
    })
  }

  /** The variables that micro-batches read, by name. */
  get read(): Variable[] {
    const roots = this.#stages.flatMap(({ partials: [first] }) => Object.values(first!.outputs!))
    return topological(roots).filter(isVariable)
  }
  /** Those that a stage's updates change. */
  changed(stage: number): Variable[] {
    return this.#stages[stage]!.apply.updates!.flatMap(changedBy).filter(isVariable)
  }

  /**
   * What micro-batch `k` gives to a stage, by the variables and counters of the session.
   * @param onStep told of each step before it runs, from 0
   */
  partial(
    stage: number, k: number, values: Float32Array = new Float32Array(this.layouts[stage]!.floats),
    onStep?: (step: number) => void,
  ): Float32Array {
    const fn = this.#partials.get(`${stage} ${k}`, () => ({ group: TRAIN, stages: [this.#stages[stage]!.partials[k]!] }))
    onStep?.(0)
    fn.run()
    let at = 0
    for (const { address, size } of fn.outputs.values()) {
      values.set(this.#session.floats(address, size), at)
      at += size
    }
    return values
  }

  /** Makes a stage's updates; its metrics. */
  apply(stage: number, { sum, own }: Reduced): Record<string, number> {
    const { partials: [first], apply, same } = this.#stages[stage]!
    const fn = this.#applies.get(stage) ?? this.#session.compile({ group: TRAIN, stages: [apply] })
    this.#applies.set(stage, fn)
    const metrics: Record<string, number> = {}
    const [asked, { sums }] = [new Set(fn.inputNames), this.layouts[stage]!]
    let at = 0
    for (const [name, { size }] of Object.entries<Tensor>(first!.outputs!)) {
      const [from, to] = at < sums ? [at, at + size] : [at - sums, at - sums + size]
      if (at < sums) {
        if (asked.has(name)) fn.feed(name, sum.subarray(from, to))
      } else if (name.startsWith('metric ')) {
        const label = name.slice('metric '.length)
        metrics[label] = same.includes(label) ? own[0]![from]! : this.#mean(own.map((values) => values[from]!))
      } else own.forEach((values, k) => fn.feed(`${name} of ${k}`, values.subarray(from, to)))
      at += size
    }
    fn.run()
    return metrics
  }

  /** The mean by rows, with the roundings of a step that computes it. */
  #mean(values: readonly number[]): number {
    const [first] = this.rows as readonly [number]
    const f = Math.fround
    const weighted = values.map((x, k) => (this.rows[k] === first ? x : f(x * f(this.rows[k]! / first))))
    return f(tree(weighted, (a, b) => f(a + b)) * f(first / this.rows.reduce((a, b) => a + b)))
  }

  /** Gives back the memory of its programs. */
  release(): void {
    this.#partials.release()
    for (const fn of this.#applies.values()) this.#session.release(fn)
    this.#applies.clear()
  }
}
