// A training step taken in micro-batches: one step of the stages that a definition makes for each of them.
// Invariant: numbers of micro-batches are added up in one order, a binary tree over their indices, so that the bits do not depend
// on which of them is computed first, or where. Each stage is done for all of them before the next.
import { input } from '../graph/leaves.ts'
import { Tensor } from '../graph/tensor.ts'
import { rewrite, topological } from '../graph/walk.ts'
import { check, isCount, isFloats, isNumbers, listOf, rule } from '../options.ts'
import { checkStages } from '../compiler/program.ts'
import type { Reduction, Stage } from './definition.ts'
import { isMark, MicroBatches, tree } from './micro_batches.ts'

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)
const PARTS = listOf('stages for each micro-batch', isList)
const ROWS = rule('a list of numbers of rows', isNumbers)
const ARRAYS = listOf('Float32Arrays', isFloats)

/** What one micro-batch gives to a stage, and what the stage makes of all. */
export interface StagePieces {
  /**
   * For each micro-batch, its outputs: `sum j`, to be added up by `treeSum`; `metric …`, whose mean by rows is the step's;
   * `update u`, the value of an update that there is one of for each micro-batch.
   */
  readonly partials: readonly Stage[]
  /** The metrics that are the same in all micro-batches. */
  readonly same: readonly string[]
  /** The stage's updates, with inputs `sum j`, the sums, and `update u of k`, what micro-batch k gave. */
  readonly apply: Stage
}

/**
 * One step from the stages of its micro-batches: what went through `accumulated` is added up over them, and what is made of it is
 * computed once; updates that differ between them (running statistics) are all done, in their order; metrics are means.
 * @param parts the stages that one definition made for each micro-batch
 * @param rows how many rows each has
 * @param reduction what the step's gradients are of those of its micro-batches, the definition's: their mean by rows or their sum
 * @throws RangeError where the stages differ in more than their rows, or an optimizer gets gradients of one micro-batch; where
 * there is no micro-batch, or not a number of rows for each
 * @example
 * const stages = accumulate([firstHalf, secondHalf], [64, 64])
 */
export function accumulate(
  parts: readonly (readonly Stage[])[], rows: readonly number[], reduction: Reduction = 'mean',
): Stage[] {
  checkParts('accumulate', parts, rows)
  if (parts.length === 1) return [...parts[0]!]
  const step = new MicroBatches(parts, rows, reduction)
  const stages = step.stages.map((stage): Required<Omit<Stage, 'outputs'>> => ({
    metrics: Object.fromEntries(stage.metrics.map(([name, values]) => [name, step.mean(values)])),
    updates: stage.updates.flat(),
    order: step.order(stage),
  }))
  // What is put in a mark's place may have marks below it: again, until none is left.
  let roots = stages.flatMap(({ metrics, updates, order }) => [...Object.values(metrics), ...updates, ...order])
  const to = new Map(roots.map((t) => [t, t]))
  for (; topological(roots).some(isMark); roots = [...to.values()]) {
    const made = rewrite(roots, (node, old) => (isMark(old) ? step.total(old) : node))
    for (const [root, now] of to) to.set(root, made.get(now)!)
  }
  const now = (t: Tensor): Tensor => to.get(t)!
  return stages.map(({ metrics, updates, order }) => ({
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, t]) => [name, now(t)])),
    updates: updates.map(now), order: order.map(now),
  }))
}

/**
 * The same step in pieces that may be computed anywhere, in any order: stage by stage, the partials of all micro-batches, their
 * sums by `treeSum`, and the updates. The counters of their group are the host's to set: each piece takes a step of it.
 * @param parts, rows, reduction as `accumulate` takes them
 * @throws RangeError as `accumulate` does, and where a loss depends on what goes through `accumulated`
 * @example
 * const pieces = stepPieces([firstHalf, secondHalf], [64, 64])
 */
export function stepPieces(
  parts: readonly (readonly Stage[])[], rows: readonly number[], reduction: Reduction = 'mean',
): StagePieces[] {
  checkParts('stepPieces', parts, rows)
  const step = new MicroBatches(parts, rows, reduction)
  return step.stages.map((stage) => {
    const partials = parts.map((_, k) => ({
      outputs: Object.fromEntries([
        ...stage.marks.map((j): [string, Tensor] => [`sum ${j}`, step.leaf(j, k)]),
        ...stage.metrics.map(([name, values]): [string, Tensor] => [`metric ${name}`, values[k] ?? values[0]!]),
        ...stage.updates.flatMap((each, u): [string, Tensor][] => (
          each.length > 1 ? [[`update ${u}`, each[k]!.inputs.at(-1)!]] : [])),
      ]),
    }))
    if (topological(partials.flatMap(({ outputs }) => Object.values(outputs))).some(isMark)) {
      throw new RangeError('stepPieces: what a micro-batch gives depends on what goes through accumulated(); ' +
        'take it out of the loss')
    }
    const updates = stage.updates.flatMap((each, u) => (each.length === 1 ? each : each.map((update, k) => {
      const value = update.inputs.at(-1)!
      const inputs = [...update.inputs.slice(0, -1), input(`update ${u} of ${k}`, value.shape)]
      return new Tensor(update.op, inputs, update.attrs, update.shape, update.scope)
    })))
    const sums = new Map(stage.marks.map((j) => [j, input(`sum ${j}`, step.leaf(j, 0).shape)]))
    const made = rewrite(updates, (node, old) => (isMark(old) ? step.reduced(sums.get(step.indexOf(old))!) : node))
    const same = stage.metrics.flatMap(([name, values]) => (values.length === 1 ? [name] : []))
    return { partials, same, apply: { updates: updates.map((update) => made.get(update)!) } }
  })
}

/**
 * The sum of arrays of floats, one a micro-batch, in the order and with the roundings of a step that computes them all.
 * @throws RangeError where there are none, or they are of different lengths
 * @example
 * treeSum([Float32Array.of(1, 2), Float32Array.of(3, 4)]) // [4, 6]
 */
export function treeSum(values: readonly Float32Array[]): Float32Array {
  check('treeSum', 'values', values, ARRAYS)
  const lengths = values.map(({ length }) => length)
  if (!lengths.length || lengths.some((length) => length !== lengths[0])) {
    throw new RangeError(`treeSum: the arrays have the lengths [${lengths.join(', ')}], expected at least one, all equal`)
  }
  return tree(values, (a, b) => a.map((x, i) => x + b[i]!))
}

function checkParts(where: string, parts: readonly (readonly Stage[])[], rows: readonly number[]): void {
  check(where, 'parts', parts, PARTS)
  check(where, 'rows', rows, ROWS)
  for (const stages of parts) checkStages(where, stages)
  if (parts.length && parts.length === rows.length && rows.every(isCount)) return
  throw new RangeError(`${where}: ${parts.length} micro-batches and rows [${rows.join(', ')}] are given, ` +
    'expected at least one micro-batch, and a positive number of rows for each')
}
