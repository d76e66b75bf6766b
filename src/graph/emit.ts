// From a schedule and a plan to the tape: the words that the core walks. Every address is final.
import type { Plan } from './plan.ts'
import type { Item, Schedule } from './schedule.ts'
import { type Apart, type KernelCall, Tensor } from './tensor.ts'

export interface Tape {
  readonly words: Int32Array
  /** For each kernel call: the word where it starts, and the item it belongs to (none for bookkeeping calls). */
  readonly calls: readonly { readonly at: number; readonly item: Item | null }[]
}

export interface Addresses {
  /** Word 0 of the control block. */
  readonly control: number
  readonly arena: number
  readonly leaf: (leaf: Tensor) => number
  readonly kernel: (name: string) => number
  readonly seed: number
  readonly counter: number
  readonly threads: number
}

/** The address of what `item` computed, aliases resolved. */
export function addressOf(item: Item | Tensor, plan: Plan, at: Addresses): number {
  if (item instanceof Tensor) return at.leaf(item)
  const variable = plan.placed.get(item)
  if (variable) return at.leaf(variable)
  const buffer = plan.result.get(item)
  return buffer ? at.arena + buffer.offset : addressOf(item.inputs[0]!, plan, at)
}

/** Marks an op that threads do not share (assembly/tape.ts). */
const SMALL = 1 << 31
/** Marks a call after which threads do not meet. */
export const ALONE = 1 << 30
/** One of these more than its number marks the thread whose call it is. */
const OWNER = 1 << 23
/** One of these for each doubling of the shares a thread that calls are cut in, from one meeting to the next. */
const HALVED = 1 << 20
/** Floats read and written, and operations, up to which meeting other threads takes longer than doing it alone. */
const SMALL_WORK = 4096

const isSmall = (item: Item | null): boolean =>
  !item || item.node.op.flops(item.node) + item.node.inputs.reduce((n, { size }) => n + size, item.node.size) <= SMALL_WORK

/** Microseconds of a share that is worth taking. */
const SHARE_TIME = 30
/** Most doublings of a thread's shares. */
const MOST_HALVED = 3

/** About the microseconds that one thread takes for an item: a guess for shares, which do not change the bits. */
function timeOf({ node }: Item): number {
  const floats = node.inputs.reduce((n, { size }) => n + size, node.size)
  return node.op.flops(node) / 1e5 + floats / 1e4
}

interface Written {
  readonly at: number
  readonly item: Item | null
  readonly how: Apart
}

/** Marks from the first of the calls between two meetings on in how many shares threads take them. */
function markShares(words: number[], stretch: readonly Written[], threads: number): void {
  if (stretch.some(({ item }) => isSmall(item))) return
  const owners = new Set(stretch.map(({ how }) => how.on))
  if (!owners.has(undefined)) {
    // As many shares as owners.
    words[stretch[0]!.at + 1]! |= (31 - Math.clz32(owners.size / threads)) * HALVED
    return
  }
  if (owners.size > 1 || stretch.some(({ how }) => how.even)) return
  const time = [...new Set(stretch.map(({ item }) => item!))].reduce((sum, item) => sum + timeOf(item), 0)
  const halved = Math.min(MOST_HALVED, 31 - Math.clz32(time / threads / SHARE_TIME))
  if (halved > 0) words[stretch[0]!.at + 1]! |= halved * HALVED
}

/** Writes the tape of one step; `after` are bookkeeping calls at its end. */
export function emit({ items }: Schedule, plan: Plan, at: Addresses, after: readonly KernelCall[]): Tape {
  const words: number[] = [at.control]
  const calls: { at: number; item: Item | null }[] = []
  let stretch: Written[] = []
  const push = (call: KernelCall, item: Item | null) => {
    calls.push({ at: words.length, item })
    const kernel = call[0]
    const how: Apart = typeof kernel === 'string' ? { kernel, alone: false } : kernel
    stretch.push({ at: words.length, item, how })
    const small = isSmall(item)
    const marks = (small ? SMALL : 0) | (how.alone ? ALONE : 0) | (((how.on ?? -1) + 1) * OWNER)
    words.push(at.kernel(how.kernel), (call.length + 1) | marks)
    for (let i = 1; i < call.length; i++) words.push(call[i] as number)
    if (how.alone && !small) return
    if (at.threads > 1) markShares(words, stretch, at.threads)
    stretch = []
  }
  for (const item of items) {
    const { op } = item.node
    if (typeof op.calls === 'string' || (op.assigns && plan.placed.has(item.inputs[1] as Item))) continue
    const scratch = plan.scratch.get(item)
    const places = {
      inputs: item.inputs.map((i) => addressOf(i, plan, at)),
      output: op.effect ? 0 : addressOf(item, plan, at),
      scratch: scratch ? at.arena + scratch.offset : 0,
      threads: at.threads,
      seed: at.seed,
      counter: at.counter,
    }
    for (const call of op.calls(item.node, places)) push(call, item)
  }
  for (const call of after) push(call, null)
  words.push(0)
  return { words: Int32Array.from(words), calls }
}
