// Less memory for some more operations: what lies idle while a step's memory is at its most is not kept, but computed again just
// before it is read next. The cheapest way to that goes first, until nothing helps or enough time is spent.
// Invariant: an item that is there twice has the same op of the same inputs, whose values have not changed: the same bits.
import { isVariable } from '../graph/leaves.ts'
import { Tensor } from '../graph/tensor.ts'
import { changedBy, memoryOf } from '../graph/walk.ts'
import { aliveIn, livesOf } from './plan.ts'
import type { Item, Schedule } from './schedule.ts'

/** How much longer a step may take, by what its ops are guessed to take: as many operations, and so many for each float. */
const BUDGET = 0.12
const FLOPS_A_FLOAT = 10
/** Floats of what is worth it. */
const LEAST_FLOATS = 4096
/** An input may be kept for longer where it is so many times smaller than what is made of it. */
const SMALLER = 16
/** The longest chain of items that is computed again for one. */
const DEPTH = 8

interface Editable extends Item {
  readonly inputs: (Item | Tensor)[]
}

/** An item to be computed again, with those of its inputs that have to be, too. */
interface Again {
  readonly item: Item
  readonly inputs: readonly (Item | Tensor | Again)[]
  readonly cost: number
  /** Bytes of inputs that are kept for longer. */
  readonly held: number
}
const isAgain = (x: Item | Tensor | Again): x is Again => !(x instanceof Tensor) && 'item' in x

/** Where things stand between two changes. */
interface Moment {
  readonly positions: ReadonlyMap<Item, number>
  /** The positions that read an item's memory, in order; the last is infinity where it is an output. */
  readonly reads: ReadonlyMap<Item, readonly number[]>
  readonly changes: ReadonlyMap<Tensor, readonly number[]>
  /** The item while which most is in memory, and how much that is. */
  readonly peak: number
  readonly bytes: number
}

/**
 * The schedule, with some items computed twice.
 * @param least floats of such an item at least
 * @param budget how much longer a step may take, as a part of its time
 */
export function recompute(given: Schedule, least = LEAST_FLOATS, budget = BUDGET): Schedule {
  const search = new Recomputation(given, least, budget)
  let best = given
  let { bytes } = search
  for (let times = given.items.length; times > 0 && search.goOn(); times--) {
    if (search.bytes >= bytes) continue
    bytes = search.bytes
    best = search.schedule()
  }
  return best
}

class Recomputation {
  #items: Editable[] = []
  readonly #outputs: Schedule['outputs']
  readonly #pinned: ReadonlySet<Item | Tensor>
  readonly #least: number
  /** What of the time is left to spend. */
  #left: number
  /** All items of one value by the first of them, and the first of each. */
  readonly #same = new Map<Item, Item[]>()
  readonly #first = new Map<Item, Item>()
  readonly #costs = new Map<Tensor, number>()
  readonly #scratch = new Map<Tensor, number>()
  #now: Moment

  constructor(given: Schedule, least: number, budget: number) {
    const { items, outputs } = copyOf(given)
    for (const item of items) this.#add(item, item)
    this.#items = items
    this.#outputs = outputs
    this.#pinned = new Set(outputs.flatMap((stage) => [...stage.values()]))
    this.#least = least
    this.#left = budget * items.reduce((sum, { node }) => sum + this.#costOf(node), 0)
    this.#now = this.#look()
  }

  /** The most that is in memory at once. */
  get bytes(): number {
    return this.#now.bytes
  }
  schedule(): Schedule {
    return copyOf({ items: this.#items, outputs: this.#outputs })
  }

  /** Has one item more computed again; false where nothing is left to gain. */
  goOn(): boolean {
    const { reads, positions, peak } = this.#now
    let best: { again: Again, before: number, gain: number } | undefined
    for (const [item, all] of reads) {
      if (item.node.size < this.#least || !(positions.get(item)! < peak) || all.at(-1) === Infinity) continue
      const before = all.find((at) => at >= peak)
      if (before === undefined || before === peak) continue
      const again = this.#again(item, before, DEPTH)
      if (!again || again.cost > this.#left) continue
      const gain = (4 * item.node.size - again.held) / again.cost
      if (gain > (best?.gain ?? 0)) best = { again, before, gain }
    }
    if (!best) return false
    this.#left -= best.again.cost
    this.#apply(best.again, best.before)
    this.#now = this.#look()
    return true
  }

  #look(): Moment {
    const positions = new Map<Item, number>()
    const reads = new Map<Item, number[]>()
    const changes = new Map<Tensor, number[]>()
    this.#items.forEach((item, at) => {
      positions.set(item, at)
      const { op } = item.node
      if (op.calls === 'alias') return
      for (const owner of new Set(item.inputs.map(ownerOf))) if (owner) append(reads, owner, at)
      if (op.effect) for (const variable of changedBy(item.node)) append(changes, variable, at)
      else if (!reads.has(item)) reads.set(item, [])
    })
    for (const output of this.#pinned) {
      const owner = ownerOf(output)
      if (owner) append(reads, owner, Infinity)
    }
    const alive = aliveIn(livesOf({ items: this.#items, outputs: this.#outputs }, (node) => this.#scratchOf(node)).buffers)
    const bytes = alive.reduce((most, each) => Math.max(most, each), 0)
    return { positions, reads, changes, bytes, peak: alive.indexOf(bytes) }
  }

  /** How an item is computed before a position; undefined where it cannot be. */
  #again(item: Item, before: number, depth: number): Again | undefined {
    const { op, inputs: tensors, size } = item.node
    if (depth === 0 || op.effect || tensors.length === 0) return undefined
    const from = this.#now.positions.get(item)!
    let [cost, held] = [this.#costOf(item.node), 0]
    const inputs: (Item | Tensor | Again)[] = []
    for (const [i, input] of item.inputs.entries()) {
      const memory = memoryOf(tensors[i]!)
      if (isVariable(memory) && this.#now.changes.get(memory)?.some((at) => at >= from && at < before)) return undefined
      const found = input instanceof Tensor ? input : this.#input(input, before, size / SMALLER, depth)
      if (!found) return undefined
      inputs.push(found)
      if (isAgain(found)) {
        cost += found.cost
        held += found.held
      } else if (!(found instanceof Tensor) && !this.#isFree(found)) held += 4 * found.node.size
    }
    return { item, inputs, cost, held }
  }

  /**
   * What an item reads for `input` before a position: one of the same value that is in memory then, or is kept till then at no
   * cost at the peak, or is small; else the input is computed again.
   */
  #input(input: Item, before: number, small: number, depth: number): Item | Again | undefined {
    if (input.node.op.calls === 'alias') return this.#again(input, before, depth - 1)
    const there = this.#same.get(this.#first.get(input)!)!.filter((each) => this.#now.positions.get(each)! < before)
    return there.find((each) => this.#lastRead(each) >= before) ?? there.find((each) => this.#isFree(each)) ??
      (input.node.size <= small ? there.at(-1) : this.#again(there.at(-1)!, before, depth - 1))
  }

  #lastRead(item: Item): number {
    return this.#now.reads.get(item)!.at(-1) ?? -1
  }
  /** Whether to keep an item for longer takes nothing at the peak. */
  #isFree(item: Item): boolean {
    return this.#now.positions.get(item)! > this.#now.peak || this.#lastRead(item) > this.#now.peak
  }

  /** Computes an item again before a position, and has it read from there on. */
  #apply(again: Again, before: number): void {
    const made: Editable[] = []
    const make = ({ item, inputs }: Again): Item => {
      const copy = { node: item.node, inputs: inputs.map((input) => (isAgain(input) ? make(input) : input)) }
      this.#add(copy, this.#first.get(item)!)
      made.push(copy)
      return copy
    }
    const copy = make(again)
    // Its aliases are made again, too.
    const instead = new Map<Item, Item>([[again.item, copy]])
    const newOf = (input: Item | Tensor): Item | Tensor => {
      if (input instanceof Tensor || ownerOf(input) !== again.item) return input
      const known = instead.get(input)
      if (known) return known
      const alias = { node: input.node, inputs: input.inputs.map(newOf) }
      this.#add(alias, this.#first.get(input)!)
      made.push(alias)
      instead.set(input, alias)
      return alias
    }
    const rest = this.#items.slice(before)
    for (const { inputs } of rest) inputs.forEach((input, i) => { inputs[i] = newOf(input) })
    this.#items = [...this.#items.slice(0, before), ...made, ...rest]
  }

  #add(item: Item, first: Item): void {
    this.#first.set(item, first)
    append(this.#same, first, item)
  }

  #costOf(node: Tensor): number {
    const { op, inputs, size } = node
    if (op.calls === 'alias') return 0
    const known = this.#costs.get(node)
    if (known !== undefined) return known
    const cost = op.flops(node) + FLOPS_A_FLOAT * inputs.reduce((sum, input) => sum + input.size, size)
    this.#costs.set(node, cost)
    return cost
  }

  #scratchOf(node: Tensor): number {
    const floats = this.#scratch.get(node) ?? node.op.scratch?.(node, 1) ?? 0
    this.#scratch.set(node, floats)
    return floats
  }
}

/** The item in whose memory one lies; none where that is a leaf's. */
function ownerOf(item: Item | Tensor): Item | undefined {
  if (item instanceof Tensor) return undefined
  return item.node.op.calls === 'alias' ? ownerOf(item.inputs[0]!) : item
}

function copyOf({ items, outputs }: Schedule): { readonly items: Editable[], readonly outputs: Schedule['outputs'] } {
  const copies = new Map<Item, Editable>()
  const copied = (item: Item | Tensor): Item | Tensor => (item instanceof Tensor ? item : copies.get(item)!)
  for (const item of items) copies.set(item, { node: item.node, inputs: item.inputs.map(copied) })
  const held = outputs.map((stage) => new Map([...stage].map(([tensor, item]) => [tensor, copied(item)])))
  return { items: [...copies.values()], outputs: held }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
