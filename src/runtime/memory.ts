// What a session's linear memory holds: variables, leaves that programs read, the counters of each group, one arena.
// Invariant: a leaf is there as long as a loaded program reads it; a variable, as long as the session.
import { COUNTER_WORDS, SEED_WORDS } from '../graph/contract.generated.ts'
import { isConstant, isInput, isVariable, type Variable, variableRule } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { isDataset } from '../ops/batch.ts'
import { check, numbers, seed as seedRule } from '../options.ts'
import type { Core } from './core.ts'
import { Heap } from './heap.ts'

interface HeldLeaf {
  readonly address: number
  /** How many loaded programs read it. */
  users: number
  /** Whether it has values: an input has none until it is fed. */
  fed: boolean
}

export class SessionMemory {
  /** @internal */
  readonly core: Core
  /** @internal */
  readonly heap: Heap
  readonly seed: number
  /** How many threads plans make room for. */
  readonly threads: number
  /** @internal The function that ran last, whose outputs are in the arena; null where they are gone. */
  lastRun: object | null = null
  /** @internal */
  protected readonly variablesByName = new Map<string, { readonly tensor: Variable; readonly address: number }>()
  readonly #leaves = new Map<object, HeldLeaf>()
  readonly #groups = new Map<string, number>()
  #arena = { address: 0, bytes: 0 }
  /** Whether the variables are as they were drawn: nothing else has run, and no view of one was handed out. */
  #asDrawn = true

  /** @internal */
  constructor(core: Core, seed: number, threads: number) {
    check('session', 'seed', seed, seedRule)
    this.core = core
    this.heap = new Heap(core)
    this.seed = seed
    this.threads = threads
  }

  /** @internal */
  get asDrawn(): boolean {
    return this.#asDrawn
  }
  /** @internal Runs `draw`, after which the variables are as they were drawn if they were so before. */
  protected drawing(draw: () => void): void {
    const before = this.#asDrawn
    draw()
    this.#asDrawn = before
  }
  /** @internal Told by a function that begins to run. */
  began(fn: object): void {
    this.lastRun = fn
    this.#asDrawn = false
  }

  /** All variables, sorted by name. */
  get variables(): Variable[] {
    return [...this.variablesByName.values()].map((v) => v.tensor).sort((a, b) => (a.attrs.name < b.attrs.name ? -1 : 1))
  }

  /**
   * A copy of a variable's values.
   * @throws RangeError where the variable is not of this session
   */
  read(variable: Variable): Float32Array {
    check('read', 'the variable', variable, variableRule)
    return this.floats(this.addressOf(variable), variable.size).slice()
  }

  /**
   * Replaces a variable's values.
   * @throws RangeError where the variable is not of this session, or there is another number of values
   */
  write(variable: Variable, values: ArrayLike<number>): void {
    check('write', 'the variable', variable, variableRule)
    check('write', 'the values', values, numbers)
    if (values.length !== variable.size) {
      throw new RangeError(`write: ${values.length} values given for '${variable.attrs.name}', expected ${variable.size}`)
    }
    this.values(variable).set(values)
  }

  /** @internal The first variable, by name, that holds a NaN or an infinity. */
  get notFinite(): Variable | undefined {
    return this.variables.find((v) => !this.isFinite(v))
  }
  /** @internal Whether a variable holds neither a NaN nor an infinity. */
  isFinite(variable: Tensor): boolean {
    return this.core.allFinite(this.addressOf(variable), variable.size)
  }

  /** @internal A view of a leaf's values, for the library itself: it is gone when memory grows, so it is used at once. */
  values(leaf: Tensor): Float32Array {
    if (isVariable(leaf)) this.#asDrawn = false
    return this.floats(this.addressOf(leaf), leaf.size)
  }

  /** @internal A view of a group's counters: step (low, high), position, epoch. */
  counters(group: string): Uint32Array {
    return this.groupWords(group).subarray(0, COUNTER_WORDS)
  }
  /** @internal A view of all of a group's words: the counters and the seed. */
  groupWords(group: string): Uint32Array {
    // First of all: a new group may let memory grow, and the buffer of before is then gone.
    const address = this.groupAddress(group)
    return new Uint32Array(this.core.memory.buffer, address, COUNTER_WORDS + SEED_WORDS)
  }
  /** @internal Starts a group anew: step 0 of epoch 0, with a seed of its own if one is given. */
  restart(group: string, seed = this.seed): void {
    check('restart', 'seed', seed, seedRule)
    const words = this.groupWords(group).fill(0)
    words.set([seed % 4294967296, Math.floor(seed / 4294967296)], COUNTER_WORDS)
  }
  /** @internal Where a group's words lie; a new group starts with the session's seed. */
  groupAddress(group: string): number {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    const address = this.heap.allocate((COUNTER_WORDS + SEED_WORDS) * 4)
    this.#groups.set(group, address)
    this.restart(group)
    return address
  }

  /** @internal A view of `length` floats at an address. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.core.memory.buffer, address, length)
  }

  /** @internal The address of a variable, or of a leaf that a loaded program reads. */
  addressOf(leaf: Tensor): number {
    if (isVariable(leaf)) {
      const known = this.variablesByName.get(leaf.attrs.name)
      if (known?.tensor === leaf) return known.address
      throw new RangeError(`the variable '${leaf.attrs.name}' is not of this session`)
    }
    const known = this.#leaves.get(keyOf(leaf))
    if (known) return known.address
    const leafless = isInput(leaf) || isConstant(leaf) || isDataset(leaf)
    throw new TypeError(leafless ? `no function that reads this ${leaf.op.name} is loaded; compile one`
      : `'${leaf.op.name}' is computed: make it an output, and read() it`)
  }

  /** @internal Whether a loaded program reads an input, a constant or a dataset. */
  holds(leaf: Tensor): boolean {
    return this.#leaves.has(keyOf(leaf))
  }

  /** @internal Brings an input, a constant or a dataset into memory for one more program. */
  hold(leaf: Tensor): void {
    const key = keyOf(leaf)
    const known = this.#leaves.get(key)
    if (known) known.users++
    else this.#leaves.set(key, { address: this.#place(leaf), users: 1, fed: !isInput(leaf) })
  }

  /** @internal Gives an input its values, for all programs that read it. */
  feed(leaf: Tensor, values: ArrayLike<number>): void {
    this.values(leaf).set(values)
    this.#leaves.get(keyOf(leaf))!.fed = true
  }
  /** @internal Whether an input has values. */
  isFed(leaf: Tensor): boolean {
    return this.#leaves.get(keyOf(leaf))!.fed
  }

  /** @internal One program less reads the leaf that has this key; its memory is free after the last. */
  drop(key: object): void {
    const leaf = this.#leaves.get(key)
    if (!leaf || --leaf.users) return
    this.#leaves.delete(key)
    this.heap.free(leaf.address)
  }

  #place(leaf: Tensor): number {
    if (isDataset(leaf)) {
      const { data } = leaf.attrs
      const address = this.heap.allocate(data.byteLength, 'a dataset')
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      new Uint8Array(this.core.memory.buffer, address).set(bytes)
      return address
    }
    if (!(isInput(leaf) || isConstant(leaf))) throw new TypeError(`'${leaf.op.name}' is no leaf`)
    const address = this.heap.allocate(leaf.size * 4)
    if (isConstant(leaf)) this.floats(address, leaf.size).set(leaf.attrs.values)
    return address
  }

  /**
   * Where the temporaries lie. One arena serves all functions, since one runs at a time; one that was outgrown is given back.
   * @internal
   */
  get arena(): number {
    return this.#arena.address
  }
  /** @internal Makes the arena at least so large. What the last run left in it is gone where it moves. */
  growArena(bytes: number): void {
    if (bytes <= this.#arena.bytes) return
    const address = this.heap.allocate(bytes, 'the temporaries of a step')
    if (this.#arena.bytes) this.heap.free(this.#arena.address)
    this.#arena = { address, bytes }
    this.lastRun = null
  }
}

/** Two leaves of one dataset are one. */
export const keyOf = (leaf: Tensor): object => (isDataset(leaf) ? leaf.attrs.data : leaf)
