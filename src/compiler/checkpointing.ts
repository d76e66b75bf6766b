// Checkpointing: what is cheap to compute (relu, batch normalization's output) and is read again after a long while is not kept
// until then, but computed again just before. So activations that backward reads are made from what it needs in any case.
// Invariant: an item that is there twice has the same op of the same inputs, whose values have not changed: the same bits.
import { isVariable } from '../graph/leaves.ts'
import { Tensor } from '../graph/tensor.ts'
import { changedBy, memoryOf } from '../graph/walk.ts'
import { type Item, type Schedule, schedule, type Scheduler, type Stage } from './schedule.ts'

/** Operations an element that are cheap: batch normalization takes three, a convolution of 4 × 4 over three channels 96. */
const CHEAP = 128
/** Floats of what is worth it, and how many times as much is made between two of its uses. */
const LEAST_FLOATS = 4096
const LONG = 1
/** How many times smaller an input is that may be kept for longer. */
const SMALLER = 16
/** How many cheap items may have to be computed again for one. */
const DEPTH = 4

interface Editable extends Item {
  readonly inputs: (Item | Tensor)[]
}

const isCheap = ({ node }: Item): boolean => {
  const { op, inputs, size } = node
  return inputs.length > 0 && !op.effect && op.flops(node) <= CHEAP * size
}

/**
 * The stages whose updates' values are computed last to first: gradients of the last layer's weights right after what they are
 * made of, which need not be kept for them.
 */
const backwards = (stages: readonly Stage[]): Stage[] => stages.map((stage) => {
  const values = stage.updates.map(({ inputs }) => inputs.at(-1)!).reverse()
  return { ...stage, order: [...stage.order, ...values] }
})

/**
 * How `compile` orders a step that has to take little memory: `compile(spec, { schedule: checkpointing })`, or
 * `train(data, { checkpointing: true })`. What is cheap (relu, batch normalization's output) is computed again where it is read
 * after a long while, to the same bits.
 * @example
 * compile({ group: 'train', stages }, { schedule: checkpointing })
 */
export const checkpointing: Scheduler = {
  orders: (stages) => [stages, backwards(stages)].map((each) => recompute(schedule(each))),
}

/** The schedule with such items in it twice, of `least` floats. */
export function recompute(given: Schedule, least = LEAST_FLOATS): Schedule {
  const copies = new Map<Item, Editable>()
  const copied = (item: Item | Tensor): Item | Tensor => (item instanceof Tensor ? item : copies.get(item)!)
  const items = given.items.map((item): Editable => {
    const copy = { node: item.node, inputs: item.inputs.map(copied) }
    copies.set(item, copy)
    return copy
  })
  const outputs = given.outputs.map((stage) => new Map([...stage].map(([tensor, item]) => [tensor, copied(item)] as const)))
  const made = new Recomputation(items, new Set(outputs.flatMap((stage) => [...stage.values()])), least)
  items.forEach((item, at) => made.consider(item, at))
  return { items: items.flatMap((item, at) => [...made.before(at), item]), outputs }
}

class Recomputation {
  readonly #items: readonly Editable[]
  readonly #pinned: ReadonlySet<Item | Tensor>
  readonly #least: number
  /** Where an item stands, or before which it is computed again. */
  readonly #positions = new Map<Item, number>()
  /** Where items are read, and what lies in their memory under another shape. */
  readonly #reads = new Map<Item, number[]>()
  readonly #aliases = new Map<Item, Item[]>()
  /** Where variables change. */
  readonly #changes = new Map<Tensor, number[]>()
  /** Items that are there again: by position, and by what they are copies of. */
  readonly #before = new Map<number, Item[]>()
  readonly #again = new Map<Item, Item[]>()
  /** Floats that were made before each position. */
  readonly #made: number[] = [0]

  constructor(items: readonly Editable[], pinned: ReadonlySet<Item | Tensor>, least: number) {
    this.#items = items
    this.#pinned = pinned
    this.#least = least
    items.forEach((item, at) => {
      this.#register(item, at)
      const { op, size } = item.node
      this.#made.push(this.#made[at]! + (op.effect || op.calls === 'alias' ? 0 : size))
      if (op.effect) for (const variable of changedBy(item.node)) append(this.#changes, variable, at)
    })
  }

  before(at: number): readonly Item[] {
    return this.#before.get(at) ?? []
  }

  #register(item: Item, at: number): void {
    this.#positions.set(item, at)
    for (const input of item.inputs) if (!(input instanceof Tensor)) append(this.#reads, input, at)
    const [first] = item.inputs
    if (item.node.op.calls === 'alias' && first && !(first instanceof Tensor)) append(this.#aliases, first, item)
  }

  /** Has an item computed again where it is worth it. Items are considered in order, inputs before readers. */
  consider(item: Item, at: number): void {
    if (item.node.size < this.#least || !isCheap(item) || this.#pinned.has(item)) return
    const reads = [at, ...new Set(this.#reads.get(item))]
    const between = (i: number): number => this.#made[reads[i + 1]!]! - this.#made[reads[i]! + 1]!
    // The first read follows at once, or it would have been scheduled later.
    const gaps = reads.slice(2).map((_, i) => between(i + 1))
    const longest = Math.max(0, ...gaps)
    const late = reads[gaps.indexOf(longest) + 2]!
    if (longest < LONG * item.node.size || !this.#can(item, late, DEPTH)) return
    const again = this.#compute(item, late)
    const moved = reads.filter((read) => read >= late)
    for (const read of moved) {
      const { inputs } = this.#items[read]!
      inputs.forEach((input, i) => { if (input === item) inputs[i] = again })
    }
    this.#reads.set(item, reads.slice(1).filter((read) => read < late))
    this.#reads.set(again, moved)
  }

  /** Whether an item can be computed before a position: from what is there, what is small, or what is cheap itself. */
  #can(item: Item, at: number, depth: number): boolean {
    return depth > 0 && item.inputs.every((input, i) => {
      const memory = memoryOf(item.node.inputs[i]!)
      if (isVariable(memory) && this.#changed(memory, this.#positions.get(item)!, at)) return false
      if (input instanceof Tensor) return true
      const isSmall = input.node.size * SMALLER <= item.node.size
      return isSmall || this.#there(input, at) !== undefined || (isCheap(input) && this.#can(input, at, depth - 1))
    })
  }

  /** The item, computed before a position. */
  #compute(item: Item, at: number): Item {
    const inputs = item.inputs.map((input) => {
      if (input instanceof Tensor) return input
      return this.#there(input, at) ?? (input.node.size * SMALLER <= item.node.size ? input : this.#compute(input, at))
    })
    const again = { node: item.node, inputs }
    this.#register(again, at)
    append(this.#before, at, again)
    append(this.#again, item, again)
    return again
  }

  /** The item, or its copy, whichever is kept until that position. */
  #there(item: Item, at: number): Item | undefined {
    return [item, ...(this.#again.get(item) ?? [])].find((each) => this.#positions.get(each)! <= at && this.#end(each) >= at)
  }

  /** Where an item, or what shares its memory, is read last. */
  #end(item: Item): number {
    if (this.#pinned.has(item)) return Infinity
    return Math.max(-1, ...(this.#reads.get(item) ?? []), ...(this.#aliases.get(item) ?? []).map((alias) => this.#end(alias)))
  }

  #changed(variable: Tensor, from: number, to: number): boolean {
    return (this.#changes.get(variable) ?? []).some((at) => at >= from && at < to)
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
