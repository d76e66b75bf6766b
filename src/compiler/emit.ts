// From a schedule and a plan to the tape: the words that the core walks. It is relocatable: where a word is an address, the
// tape holds the offset in its region, and says which region that is (regions.ts).
import { AGAIN, OP_WORDS, WORDS_MASK } from '../graph/contract.generated.ts'
import { type CallOptions, encode, type FieldType, type KernelCall } from '../graph/kernel_call.ts'
import { Tensor } from '../graph/tensor.ts'
import type { Plan } from './plan.ts'
import { isAddress, offsetOf, regionOf, type Regions } from './regions.ts'
import type { Item, Schedule } from './schedule.ts'

/** A kernel call on the tape. */
export interface Call {
  /** The word where it starts, and that where its arguments do: of an earlier call, where they are the same. */
  readonly at: number
  readonly args: number
  /** Its kernel's name. */
  readonly kernel: string
  /** What it belongs to; none for bookkeeping. */
  readonly item: Item | null
  readonly options: CallOptions
}

export interface Tape {
  /** Addresses are offsets, kernels' numbers 0, until the tape is loaded. */
  readonly words: Int32Array
  readonly calls: readonly Call[]
  /** The word where the tables begin: records, each of which many calls may point to. */
  readonly tables: number
  /** The words that are addresses, and the region of each. */
  readonly addresses: { readonly at: Int32Array; readonly region: Int32Array }
}

/** Where a program's regions begin. */
export interface Addresses {
  readonly regions: Regions
  readonly control: number
  readonly arena: number
  readonly tape: number
  readonly tables: number
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

/** Types of fields that are addresses. */
const POINTERS: readonly FieldType[] = ['address', 'table']

/** The tables of a tape, each once. */
class Tables {
  readonly words: number[] = []
  readonly #start: number
  readonly #known = new Map<object | string, number>()

  constructor(start: number) {
    this.#start = start
  }

  /** The address of a table: of one that was there before where its records, or its words, are the same. */
  readonly place = (records: object, wordsOf: () => readonly number[]): number => {
    let address = this.#known.get(records)
    if (address !== undefined) return address
    const words = wordsOf()
    const text = words.join()
    address = this.#known.get(text)
    if (address === undefined) {
      address = this.#start + 4 * this.words.length
      for (const word of words) this.words.push(word)
      this.#known.set(text, address)
    }
    this.#known.set(records, address)
    return address
  }
}

/** Writes the tape of one step; `after` are bookkeeping calls at its end. */
export function emit({ items }: Schedule, plan: Plan, at: Addresses, after: readonly KernelCall[]): Tape {
  const words: number[] = []
  const calls: Call[] = []
  const positions: number[] = []
  const regions: number[] = []
  const put = (word: number, type: FieldType) => {
    if (!isAddress(word)) return words.push(word)
    if (!POINTERS.includes(type)) throw new Error(`${calls.at(-1)?.kernel} has an address in a field of type ${type}`)
    positions.push(words.length)
    regions.push(regionOf(word))
    return words.push(offsetOf(word))
  }
  const tables = new Tables(at.tables)
  // Of one item, by the object: products of a convolution are the same for all groups of its images.
  const written = new Map<object, Call>()
  const push = (call: KernelCall, item: Item | null) => {
    const { kernel: { name: kernel }, args, options } = call
    const first = words.length
    const earlier = written.get(args)
    const isAgain = earlier?.kernel === kernel
    const made = { at: first, args: isAgain ? earlier.args : first + OP_WORDS, kernel, item, options }
    calls.push(made)
    words.push(0, 0)
    if (isAgain) put(at.tape + 4 * earlier.args, 'address')
    else {
      encode(call, put, tables.place)
      written.set(args, made)
    }
    const count = words.length - first
    if (count > WORDS_MASK) throw new Error(`${kernel} has ${count} words, a call at most ${WORDS_MASK}`)
    words[first + 1] = isAgain ? count | AGAIN : count
  }
  put(at.control, 'address')
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
    written.clear()
  }
  for (const call of after) push(call, null)
  words.push(0)
  const all = new Int32Array(words.length + tables.words.length)
  all.set(words)
  all.set(tables.words, words.length)
  return {
    words: all, calls, tables: words.length,
    addresses: { at: Int32Array.from(positions), region: Int32Array.from(regions) },
  }
}
