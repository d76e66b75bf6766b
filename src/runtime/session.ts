// One model's memory: its variables, datasets and compiled functions. Everything a run changes lies in here: variables
// and the counters of each group, so that saving those saves the run.
import { topological } from '../graph/walk.ts'
import type { Stage } from '../compiler/schedule.ts'
import { isConstant, isInput, isVariable, type Variable } from '../graph/leaves.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import { isDataset } from '../ops/batch.ts'
import { assign } from '../ops/assign.ts'
import { check, checkOptions, isObject, list, name, required, rule, seed as seedRule } from '../options.ts'
import { isZero } from '../ops/fill.ts'
import type { Core } from './core.ts'
import { COUNTER_WORDS, CompiledFunction, type FunctionSpec } from './function.ts'

const tensors = rule('tensors by name', isObject)
const STAGE = { outputs: tensors, metrics: tensors, updates: list }
const SPEC = { group: required(name), stages: required(list) }

const SEED_WORDS = 2
/** Bytes of a page of the system's memory, or of a part of one. */
const PAGE = 4096

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

export class Session {
  readonly core: Core
  readonly seed: number
  readonly threads: number
  readonly #variables = new Map<string, { tensor: Variable; address: number }>()
  readonly #leaves = new Map<Tensor | object, number>()
  readonly #groups = new Map<string, number>()
  /** The function that ran last: its outputs are in the arena. */
  lastRun: CompiledFunction | null = null
  #arena = { address: 0, bytes: 0 }
  /** What drew the variables, in order. */
  readonly #draws: CompiledFunction[] = []
  #asDrawn = true

  /** @param threads how many threads plans make room for */
  constructor(core: Core, seed: number, threads = core.team?.size ?? 1) {
    check('session', 'seed', seed, seedRule)
    this.core = core
    this.seed = seed
    this.threads = threads
  }

  /**
   * Plans and writes a function; new variables get memory and their initial values.
   * @throws TypeError, RangeError where the function or a stage has parts that there are not, or of a wrong type
   */
  compile(spec: FunctionSpec): CompiledFunction {
    checkOptions('compile', spec, SPEC)
    for (const stage of spec.stages) checkOptions('compile: a stage', stage, STAGE)
    const stages: Stage[] = spec.stages.map(({ outputs = {}, metrics = {}, updates = [] }) => ({
      outputs: [...Object.values(outputs), ...Object.values(metrics)],
      updates,
    }))
    const roots = stages.flatMap((s) => [...s.outputs, ...s.updates])
    this.addVariables(topological(roots).filter(isVariable))
    return new CompiledFunction(this, spec, stages)
  }

  /** Gives memory and initial values to variables that the session does not hold yet. */
  addVariables(variables: readonly Variable[]): void {
    const names = new Set<string>()
    const fresh = [...new Set(variables)].filter((v) => {
      const { name } = v.attrs
      if (this.#variables.get(name)?.tensor === v) return false
      if (this.#variables.has(name) || names.has(name)) {
        throw new RangeError(`two variables are named '${name}'; give each a name of its own`)
      }
      names.add(name)
      return true
    })
    if (!fresh.length) return
    try {
      this.#add(fresh)
    } catch (error) {
      for (const v of fresh) {
        this.#variables.delete(v.attrs.name)
        this.#leaves.delete(v)
      }
      throw error
    }
  }

  #add(fresh: readonly Variable[]): void {
    const bytes = fresh.reduce((n, v) => n + aligned(v.size * 4), 0)
    let address = this.core.allocate(bytes, "weights and the optimizer's memory")
    for (const tensor of fresh) {
      this.#variables.set(tensor.attrs.name, { tensor, address })
      this.#leaves.set(tensor, address)
      if (isZero(tensor.attrs.initial)) this.#touch(address, tensor.size * 4)
      address += aligned(tensor.size * 4)
    }
    // A stage each, so that a value is drawn where its variable lies (graph/plan.ts). New memory is zero already.
    const drawn = fresh.filter((v) => !isZero(v.attrs.initial))
    const stages = drawn.map((v) => ({ outputs: [], updates: [assign(v, v.attrs.initial)] }))
    if (!stages.length) return
    const fn = new CompiledFunction(this, { group: 'initialise', stages: stages.map(({ updates }) => ({ updates })) }, stages)
    this.#draws.push(fn)
    this.#draw(fn)
  }

  /** Writes to each page of new memory, because one that is read before it is written faults twice. */
  #touch(address: number, bytes: number): void {
    const memory = new Uint8Array(this.core.memory.buffer, address, bytes)
    for (let at = 0; at < bytes; at += PAGE) memory[at] = 0
  }

  #draw(fn: CompiledFunction): void {
    fn.run(1)
    this.restart('initialise')
  }

  /** Whether the variables are as they were drawn: nothing else has run, and no view of one was handed out. */
  get asDrawn(): boolean {
    return this.#asDrawn
  }
  /** Gives all variables their initial values again. */
  redraw(): void {
    for (const v of this.variables) this.values(v).fill(0)
    for (const fn of this.#draws) this.#draw(fn)
  }
  /** Told by a function that begins to run. */
  began(fn: CompiledFunction): void {
    this.lastRun = fn
    if (!this.#draws.includes(fn)) this.#asDrawn = false
  }

  /** All variables, sorted by name. */
  get variables(): Variable[] {
    return [...this.#variables.values()].map((v) => v.tensor).sort((a, b) => (a.attrs.name < b.attrs.name ? -1 : 1))
  }

  /** A view of a variable's values, valid until memory grows: use it at once. */
  values(variable: Tensor): Float32Array {
    if (isVariable(variable)) this.#asDrawn = false
    return this.floats(this.addressOf(variable), variable.size)
  }

  /** A view of a group's counters: step (low, high), position, epoch. */
  counters(group: string): Uint32Array {
    return new Uint32Array(this.core.memory.buffer, this.groupAddress(group), COUNTER_WORDS)
  }
  /** All of a group's words: the counters and the seed. */
  groupWords(group: string): Uint32Array {
    return new Uint32Array(this.core.memory.buffer, this.groupAddress(group), COUNTER_WORDS + SEED_WORDS)
  }
  /** Starts a group anew: step 0 of epoch 0, with a seed of its own if one is given. */
  restart(group: string, seed = this.seed): void {
    check('restart', 'seed', seed, seedRule)
    const words = this.groupWords(group).fill(0)
    words.set([seed % 4294967296, Math.floor(seed / 4294967296)], COUNTER_WORDS)
  }
  /** Where a group's words lie; a new group starts with the session's seed. */
  groupAddress(group: string): number {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    const address = this.core.allocate((COUNTER_WORDS + SEED_WORDS) * 4)
    this.#groups.set(group, address)
    this.restart(group)
    return address
  }

  /** A view of `length` floats at an address. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.core.memory.buffer, address, length)
  }

  /** The address of a leaf; inputs, constants and datasets get memory on first sight. */
  addressOf(leaf: Tensor): number {
    const key = isDataset(leaf) ? leaf.attrs.data : leaf
    const known = this.#leaves.get(key)
    if (known !== undefined) return known
    if (isVariable(leaf)) throw new RangeError(`the variable '${leaf.attrs.name}' is not of this session`)
    if (!(isInput(leaf) || isConstant(leaf) || isDataset(leaf))) {
      throw new TypeError(`'${leaf.op.name}' is computed: make it an output, and read() it`)
    }
    const address = this.core.allocate(isDataset(leaf) ? leaf.attrs.data.byteLength : sizeOf(leaf.shape) * 4)
    this.#leaves.set(key, address)
    if (isConstant(leaf)) this.floats(address, leaf.size).set(leaf.attrs.values)
    else if (isDataset(leaf)) {
      const { data } = leaf.attrs
      new Uint8Array(this.core.memory.buffer, address).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }
    return address
  }

  /** One arena serves all functions: only one runs at a time. A larger plan gets a new, larger one. */
  arena(bytes: number): number {
    if (bytes > this.#arena.bytes) this.#arena = { address: this.core.allocate(bytes, 'the temporaries of a step'), bytes }
    return this.#arena.address
  }
}

