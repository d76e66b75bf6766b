// From stages to one ordered list of work. A stage computes its outputs, then changes variables; what a later stage
// needs is computed again only if it depends on a variable that an earlier stage changed.
import { isVariable } from './leaves.ts'
import type { Tensor } from './tensor.ts'
import { topological } from './gradients.ts'

/** One phase of a step: values to compute, then updates (effect ops) to apply, in order. */
export interface Stage {
  readonly outputs: readonly Tensor[]
  readonly updates: readonly Tensor[]
}

/** One op to run. Leaves are not scheduled: an item's `inputs` hold the item that computes it, or the leaf itself. */
export interface Item {
  readonly node: Tensor
  readonly inputs: readonly (Item | Tensor)[]
}

export interface Schedule {
  readonly items: readonly Item[]
  /** For each stage, what holds its outputs at the end of the step: an item, or a leaf, which later stages may change. */
  readonly outputs: readonly ReadonlyMap<Tensor, Item | Tensor>[]
}

export const isLeaf = (t: Tensor): boolean => t.op.calls === 'leaf'

/** The variables that an effect op may change: all of its inputs but the last, which is the value, if there are more. */
export const changedBy = ({ inputs }: Tensor): Tensor[] =>
  (inputs.length > 1 ? inputs.slice(0, -1) : inputs).filter(isVariable)

export function schedule(stages: readonly Stage[]): Schedule {
  const items: Item[] = []
  const done = new Map<Tensor, Item>()
  const outputs = stages.map((stage) => {
    const roots = [...stage.outputs, ...stage.updates.flatMap((u) => u.inputs)]
    const run = (node: Tensor) => {
      const item = { node, inputs: node.inputs.map((i) => (isLeaf(i) ? i : done.get(i)!)) }
      items.push(item)
      return item
    }
    for (const node of topological(roots)) if (!isLeaf(node) && !done.has(node)) done.set(node, run(node))
    const held = new Map(stage.outputs.map((output) => [output, isLeaf(output) ? output : done.get(output)!]))
    for (const update of stage.updates) run(update)
    forget(done, new Set(stage.updates.flatMap(changedBy)))
    return held
  })
  return { items, outputs }
}

/** Drops what depends on a changed variable. */
function forget(done: Map<Tensor, Item>, changed: ReadonlySet<Tensor>): void {
  const stale = new Set<Tensor>(changed)
  for (const node of topological([...done.keys()])) {
    if (!node.inputs.some((i) => stale.has(i))) continue
    stale.add(node)
    done.delete(node)
  }
}
