// Checkpointing: a step in less memory, to the same bits. Gradients are computed in the order in which least has to be kept for
// them, and what lies idle where memory is at its most is computed again (recompute.ts).
import { isVariable } from '../graph/leaves.ts'
import { sameShape, type Tensor } from '../graph/tensor.ts'
import { memoryOf } from '../graph/walk.ts'
import { recompute } from './recompute.ts'
import { schedule, type Scheduler, type Stage } from './schedule.ts'

const valueOf = ({ inputs }: Tensor): Tensor => inputs.at(-1)!

/** Updates that follow each other and may come in any order, last to first: the last layer's gradient is there first. */
function lastFirst(updates: readonly Tensor[]): Tensor[] {
  const ordered: Tensor[] = []
  let start = 0
  for (const update of updates) {
    if (!update.op.unordered || isVariable(memoryOf(valueOf(update)))) start = ordered.push(update)
    else ordered.splice(start, 0, update)
  }
  return ordered
}

/** Each layer's gradient right after what it is made of, which need not be kept for it. */
const backwards = (stages: readonly Stage[]): Stage[] => stages.map((stage) => {
  const updates = lastFirst(stage.updates)
  return { ...stage, updates, order: [...stage.order, ...gradientsOf(updates)] }
})

/** What updates are made of, that of the last layer first. */
const gradientsOf = (updates: readonly Tensor[]): Tensor[] => [
  ...updates.filter(({ op }) => op.unordered), ...updates.filter(({ op }) => !op.unordered).reverse(),
].map(valueOf)

/**
 * The same, use by use: a layer that is applied to true images and to made ones has a gradient of each, which are added up.
 * All gradients of the first come before those of the last, so that what one is made of need not be kept beside the other's.
 */
const useByUse = (stages: readonly Stage[]): Stage[] => backwards(stages).map((stage) => {
  const terms = gradientsOf(stage.updates).map(termsOf).filter(({ length }) => length > 1)
  const most = terms.reduce((n, { length }) => Math.max(n, length), 1)
  const uses = Array.from({ length: most - 1 }, (_, use) => terms.flatMap((each) => each.slice(0, -1).slice(use, use + 1)))
  return { ...stage, order: [...uses.flat(), ...stage.order] }
})

/** What a value is the sum of. */
function termsOf(value: Tensor): Tensor[] {
  const { op: { name, calls }, inputs, shape } = value
  if (calls === 'alias') return termsOf(inputs[0]!)
  return name === 'add' && inputs.every((x) => sameShape(x.shape, shape)) ? inputs.flatMap(termsOf) : [value]
}

/**
 * How `compile` orders a step that has to take little memory: `compile(spec, { schedule: checkpointing })`, or
 * `train(data, { checkpointing: true })`. What is cheap for the memory that it takes is computed again where it is read next, to
 * the same bits.
 * @example
 * compile({ group: 'train', stages }, { schedule: checkpointing })
 */
export const checkpointing: Scheduler = {
  orders: (stages) => [stages, backwards(stages), useByUse(stages)].map((each) => recompute(schedule(each))),
}
