// From a schedule and a plan to the tape: the words that the core walks. It is relocatable: where a word is an address, the
// tape holds the offset in its region, and says which region that is (regions.ts).
import type { Apart, KernelCall } from '../graph/kernel_call.ts'
import { Tensor } from '../graph/tensor.ts'
import type { Plan } from './plan.ts'
import { isAddress, offsetOf, regionOf, type Regions } from './regions.ts'
import type { Item, Schedule } from './schedule.ts'

/** A kernel call on the tape: the word where it starts, the item it belongs to (none for bookkeeping), how threads share it. */
export interface Call {
  readonly at: number
  readonly item: Item | null
  readonly how: Apart
}

export interface Tape {
  /** Addresses are offsets, kernels' numbers 0, until the tape is loaded. */
  readonly words: Int32Array
  readonly calls: readonly Call[]
  /** The words that are addresses, and the region of each. */
  readonly addresses: { readonly at: Int32Array; readonly region: Int32Array }
}

/** Where a program's regions begin. */
export interface Addresses {
  readonly regions: Regions
  readonly control: number
  readonly arena: number
  readonly seed: number
  readonly counter: number
  readonly threads: number
}

/** The address of what `item` computed, aliases resolved. */
export function addressOf(item: Item | Tensor, plan: Plan, at: Addresses): number {
  if (item instanceof Tensor) return at.regions.leaf(item)
  const variable = plan.placed.get(item)
  if (variable) return at.regions.leaf(variable)
  const buffer = plan.result.get(item)
  return buffer ? at.arena + buffer.offset : addressOf(item.inputs[0]!, plan, at)
}

/** Writes the tape of one step; `after` are bookkeeping calls at its end. */
export function emit({ items }: Schedule, plan: Plan, at: Addresses, after: readonly KernelCall[]): Tape {
  const words: number[] = []
  const calls: Call[] = []
  const positions: number[] = []
  const regions: number[] = []
  const write = (word: number) => {
    if (!isAddress(word)) return words.push(word)
    positions.push(words.length)
    regions.push(regionOf(word))
    return words.push(offsetOf(word))
  }
  const push = (call: KernelCall, item: Item | null) => {
    const [first] = call
    const how: Apart = typeof first === 'string' ? { kernel: first } : first
    calls.push({ at: words.length, item, how })
    words.push(0, call.length + 1)
    for (let i = 1; i < call.length; i++) write(call[i] as number)
  }
  write(at.control)
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
  return {
    words: Int32Array.from(words), calls,
    addresses: { at: Int32Array.from(positions), region: Int32Array.from(regions) },
  }
}
