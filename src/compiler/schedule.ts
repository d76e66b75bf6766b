// From stages to one ordered list of work. A stage changes a variable when nothing of it reads the old value any more; what a
// later stage needs is computed again only if it depends on a variable that an earlier stage changed.
import { changedBy, isLeaf, memoryOf, topological } from '../graph/walk.ts'
import { isVariable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'

/** One phase of a step: values to compute, then updates (effect ops) to apply, in order. */
export interface Stage {
  readonly outputs: readonly Tensor[]
  readonly updates: readonly Tensor[]
  /** What is computed first, one with all that it needs after another. */
  readonly order: readonly Tensor[]
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

export interface Scheduler {
  /** Orders that all give the same bits; the compiler takes the one that needs least memory. */
  readonly orders: (stages: readonly Stage[]) => readonly Schedule[]
}

export function schedule(stages: readonly Stage[]): Schedule {
  const items: Item[] = []
  const done = new Map<Tensor, Item>()
  const outputs = stages.map((stage) => {
    const roots = [...stage.order, ...stage.outputs, ...stage.updates.flatMap((u) => u.inputs)]
    const run = (node: Tensor) => {
      const item = { node, inputs: node.inputs.map((i) => (isLeaf(i) ? i : done.get(i)!)) }
      items.push(item)
      return item
    }
    const order = topological(roots).filter((node) => !isLeaf(node) && !done.has(node))
    const due = earliest(order, stage.updates)
    let updated = 0
    for (let at = -1; at < order.length; at++) {
      if (at >= 0) done.set(order[at]!, run(order[at]!))
      while (due[updated]! <= at) run(stage.updates[updated++]!)
    }
    const held = new Map(stage.outputs.map((output) => [output, isLeaf(output) ? output : done.get(output)!]))
    forget(done, new Set(stage.updates.flatMap(changedBy)))
    return held
  })
  return { items, outputs }
}

/**
 * After which node of `order` (-1: none) each update may run, in their order: when its value is there and nobody reads any more
 * what it changes. A gradient's memory is free sooner then: at batch 16 the VAE's arena is 1.5 MB where it was 2.7, the GAN's
 * 4.5 where it was 8.
 */
function earliest(order: readonly Tensor[], updates: readonly Tensor[]): number[] {
  // Where a node is computed, and where a variable is read last.
  const last = new Map<Tensor, number>()
  order.forEach((node, at) => {
    last.set(node, at)
    for (const read of node.inputs.map(memoryOf)) if (isVariable(read)) last.set(read, at)
  })
  let due = -1
  return updates.map(({ inputs }) => (due = Math.max(due, ...inputs.map((input) => last.get(input) ?? -1))))
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
