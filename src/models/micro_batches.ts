// The stages of a step's micro-batches, side by side: what they have in common, and what is added up over them.
import type { Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import { isOptimizerUpdate } from '../nn/optimizers.ts'
import { accumulatedOp } from '../ops/accumulated.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { alike } from './alike.ts'
import type { Reduction, Stage } from './definition.ts'

/** Whether a tensor is a mark: in the graph of a micro-batch it stands for what is added up over all. */
export const isMark = (t: Tensor): boolean => t.op === accumulatedOp

/** Adds up items by a binary tree: the first half, the largest power of two of them, and the rest. */
export function tree<T>(items: readonly T[], join: (a: T, b: T, last: number) => T, first = 0): T {
  if (items.length === 1) return items[0]!
  let half = 1
  while (half * 2 < items.length) half *= 2
  return join(tree(items.slice(0, half), join, first), tree(items.slice(half), join, first + half), first + items.length - 1)
}

/** A stage in all micro-batches. */
export interface JoinedStage {
  /** Which of the step's marks it has, by their numbers. */
  readonly marks: readonly number[]
  /** A value for each micro-batch, or one where they are the same. */
  readonly metrics: readonly (readonly [name: string, values: readonly Tensor[]])[]
  readonly updates: readonly (readonly Tensor[])[]
}

export class MicroBatches {
  readonly #rows: readonly number[]
  readonly #reduction: Reduction
  /** The marks of each micro-batch, all in the same order: mark j of each is a part of sum j. */
  readonly #marks: readonly (readonly Tensor[])[]
  readonly #index = new Map<Tensor, number>()
  readonly #totals = new Map<number, Tensor>()
  readonly #sums = new Map<number, { sum: Tensor; finished: readonly (readonly Tensor[])[] }>()
  readonly stages: readonly JoinedStage[]

  constructor(parts: readonly (readonly Stage[])[], rows: readonly number[], reduction: Reduction) {
    this.#rows = rows
    this.#reduction = reduction
    this.#marks = parts.map((stages) => topological(stages.flatMap(rootsOf)).filter(isMark))
    const [first] = parts as [readonly Stage[]]
    const shapes = (stages: readonly Stage[], k: number): string => JSON.stringify([
      stages.map(({ metrics = {}, updates = [] }) => [Object.keys(metrics), updates.map((u) => u.op.name)]),
      this.#marks[k]!.map(({ shape }) => shape),
    ])
    const other = parts.findIndex((stages, k) => shapes(stages, k) !== shapes(first, 0))
    if (other > 0) {
      throw new RangeError(`accumulate: the stages of micro-batch ${other} are not those of the first; ` +
        'make the same graph for each, whatever its rows')
    }
    if (first.some(({ outputs }) => outputs)) throw new RangeError('accumulate: a training stage has outputs, expected metrics')
    for (const marks of this.#marks) marks.forEach((mark, j) => this.#index.set(mark, j))
    const same = alike((a, b) => (isMark(a) && isMark(b) ? this.#index.get(a) === this.#index.get(b) : null))
    /** One where all are the same. */
    const joined = (values: readonly Tensor[]): readonly Tensor[] =>
      (values.every((v) => same(values[0]!, v)) ? values.slice(0, 1) : values)
    this.stages = first.map((stage, s): JoinedStage => ({
      marks: topological(rootsOf(stage)).filter(isMark).map((mark) => this.#index.get(mark)!),
      metrics: Object.keys(stage.metrics ?? {}).map((name) => (
        [name, joined(parts.map((stages) => stages[s]!.metrics![name]!))])),
      updates: (stage.updates ?? []).map((_, u) => joined(parts.map((stages) => stages[s]!.updates![u]!))),
    }))
    const all = this.stages.flatMap(({ updates }) => updates)
    const own = all.find((each) => each.length > 1 && isOptimizerUpdate(each[0]!))
    if (own) {
      const of = String(own[0]!.inputs[0]!.attrs.name)
      throw new RangeError(`accumulate: the optimizer's update of '${of}' takes a gradient of one micro-batch; ` +
        'put gradients through accumulated(), as minimize does')
    }
  }

  indexOf(mark: Tensor): number {
    return this.#index.get(mark)!
  }
  /** What micro-batch k gives to sum j. */
  leaf(j: number, k: number): Tensor {
    const given = this.#marks[k]![j]!.inputs[0]!
    return this.#reduction === 'sum' ? given : this.#weighted(given, k)
  }
  /** What stands for a mark in the step. */
  total(mark: Tensor): Tensor {
    const j = this.indexOf(mark)
    const total = this.#totals.get(j) ?? this.reduced(this.#sum(j).sum)
    this.#totals.set(j, total)
    return total
  }
  /** The step's value from the sum over micro-batches. */
  reduced(sum: Tensor): Tensor {
    return this.#reduction === 'sum' ? sum : this.#meanOf(sum)
  }
  /** The mean by rows. */
  mean(values: readonly Tensor[]): Tensor {
    return values.length === 1 ? values[0]! : this.#meanOf(tree(values.map((v, k) => this.#weighted(v, k)), add))
  }
  /** For one micro-batch after the other, what it gives and the sums that it completes: so its memory is free for the next. */
  order({ marks, metrics, updates }: JoinedStage): Tensor[] {
    return this.#rows.flatMap((_, k) => [
      ...metrics.flatMap(([, values]) => values[k] ?? []),
      ...marks.flatMap((j) => this.#sum(j).finished[k]!),
      ...updates.filter((each) => each.length > 1).map((each) => each[k]!.inputs.at(-1)!),
    ])
  }

  /** A micro-batch of fewer rows than the first counts by their ratio. */
  #weighted(x: Tensor, k: number): Tensor {
    const [first, own] = [this.#rows[0]!, this.#rows[k]!]
    return own === first ? x : mul(x, own / first)
  }
  #meanOf(sum: Tensor): Tensor {
    return mul(sum, this.#rows[0]! / this.#rows.reduce((a, b) => a + b))
  }
  /** Sum j, and for each micro-batch what is finished with it. */
  #sum(j: number): { sum: Tensor; finished: readonly (readonly Tensor[])[] } {
    let made = this.#sums.get(j)
    if (!made) {
      const leaves = this.#rows.map((_, k) => this.leaf(j, k))
      const finished = leaves.map((leaf) => [leaf])
      const sum = tree(leaves, (a, b, last) => {
        const both = add(a, b)
        finished[last]!.push(both)
        return both
      })
      this.#sums.set(j, (made = { sum, finished }))
    }
    return made
  }
}

const rootsOf = ({ metrics = {}, updates = [] }: Stage): Tensor[] => [...Object.values(metrics), ...updates]
