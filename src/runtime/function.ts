// A loaded program: its tape in a session's memory, its inputs and outputs. `run(k)` does k steps inside the core.
import type { Tape } from '../compiler/emit.ts'
import type { Plan } from '../compiler/plan.ts'
import type { FunctionSpec, MetricName, OutputName, Place, Program } from '../compiler/program.ts'
import type { Region } from '../compiler/regions.ts'
import type { Schedule } from '../compiler/schedule.ts'
import { CONTROL_STEP, CONTROL_WORDS } from '../graph/contract.generated.ts'
import { isVariable } from '../graph/leaves.ts'
import { show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { check, isNumber, numbers, rule, shown } from '../options.ts'
import { keyOf, type SessionMemory } from './memory.ts'

/** A metric over some steps. */
export interface Mean {
  readonly sum: number
  readonly count: number
}

/** Bytes of the control block (assembly/lib/layout.ts). */
const controlBytes = (threads: number): number => CONTROL_STEP * (CONTROL_WORDS + threads)
/** A step of fewer floating point operations is done sooner by one thread. The bits are the same. */
const SHARED_FLOPS = 2e6
/**
 * How long to wait for a thread that does not come to the end of an op, in tenths of a second: for none, and more for
 * the largest op by a speed that no machine is below.
 */
const PATIENCE = 50
const FLOPS_A_TENTH = 1e7

const STEPS = rule('an integer from 0 to 2^31 - 1', isNumber, (x) => x >= 0 && x === (x | 0))

/** Bytes of a metric's accumulator: an f64 sum and an f64 count. */
const METRIC_BYTES = 16

/** What a loaded program has of a session's memory: blocks of its own, and leaves that it shares with others. */
export interface Holding {
  readonly blocks: number[]
  readonly leaves: object[]
}

/** Gives back what a program had. */
export function giveBack(memory: SessionMemory, { blocks, leaves }: Holding): void {
  for (const address of blocks.splice(0)) memory.heap.free(address)
  for (const key of leaves.splice(0)) memory.drop(key)
}

export class CompiledFunction<S extends FunctionSpec = FunctionSpec> {
  /** @internal */
  readonly session: SessionMemory
  readonly program: Program<S>
  /** @internal */
  readonly holding: Holding = { blocks: [], leaves: [] }
  readonly #regions = new Map<Region, number>()
  readonly #control: number
  readonly #address: number
  readonly #patience: number
  /** The arena's address in the tape as it lies in memory. */
  #arena = -1
  #ran = false
  #released = false

  /** @internal Loads `program`, whose variables the memory holds already. Nothing is reserved where that fails. */
  constructor(memory: SessionMemory, program: Program<S>) {
    this.session = memory
    this.program = program
    const own = (bytes: number, what?: string): number => {
      const address = memory.heap.allocate(bytes, what)
      this.holding.blocks.push(address)
      return address
    }
    try {
      memory.growArena(program.plan.peakBytes)
      this.#control = own(controlBytes(program.threads))
      for (const region of program.regions) {
        if (region.kind === 'metric') this.#regions.set(region, own(METRIC_BYTES))
        else if (region.kind === 'control') this.#regions.set(region, this.#control)
        else if (region.kind === 'group') this.#regions.set(region, memory.groupAddress(program.spec.group))
        else if (region.kind === 'leaf') this.#regions.set(region, this.#hold(region.leaf))
      }
      this.#address = own(program.tape.words.byteLength, 'a tape')
      for (const region of program.regions) {
        if (region.kind === 'tape') this.#regions.set(region, this.#address)
        else if (region.kind === 'tables') this.#regions.set(region, this.#address + 4 * program.tape.tables)
      }
    } catch (error) {
      giveBack(memory, this.holding)
      throw error
    }
    this.#patience = PATIENCE + Math.ceil(program.largestFlops / FLOPS_A_TENTH)
    this.#write()
  }

  /** The address of a leaf, which is there until the program is released. */
  #hold(leaf: Tensor): number {
    if (!isVariable(leaf)) {
      this.session.hold(leaf)
      this.holding.leaves.push(keyOf(leaf))
    }
    return this.session.addressOf(leaf)
  }

  /** Writes the tape with its addresses in place. */
  #write(): void {
    const { tape: { words, calls, addresses: { at, region } }, regions } = this.program
    const { core } = this.session
    const bases = regions.map((each) => this.addressOf(each))
    const loaded = new Int32Array(core.memory.buffer, this.#address, words.length)
    loaded.set(words)
    at.forEach((word, i) => { loaded[word]! += bases[region[i]!]! })
    const kernels = new Map<string, number>()
    for (const { at: word, kernel } of calls) {
      let index = kernels.get(kernel)
      if (index === undefined) kernels.set(kernel, (index = core.kernel(kernel)))
      loaded[word] = index
    }
    this.#arena = this.session.arena
  }

  /** @internal The address of a region of the program. */
  addressOf(region: Region): number {
    return region.kind === 'arena' ? this.session.arena : this.#regions.get(region)!
  }

  /** @internal Where a run leaves its outputs, and each metric's sum and count (f64). */
  get outputs(): Map<string, { address: number; size: number }> {
    const at = ({ region, offset, shape }: Place) => ({ address: this.addressOf(region) + offset, size: sizeOf(shape) })
    return new Map([...this.program.outputs].map(([name, place]) => [name, at(place)]))
  }
  /** @internal */
  get accumulators(): Map<string, number> {
    const found = this.program.regions.flatMap((r) => (r.kind === 'metric' ? [[r.name, this.#regions.get(r)!] as const] : []))
    return new Map(found)
  }

  /** Floating point operations of one step. */
  get flops(): number {
    return this.program.flops
  }
  get schedule(): Schedule {
    return this.program.schedule
  }
  get plan(): Plan {
    return this.program.plan
  }
  get tape(): Tape {
    return this.program.tape
  }

  get inputNames(): string[] {
    return [...this.program.inputs.keys()]
  }
  /** Whether it was given to `session.release`. */
  get released(): boolean {
    return this.#released
  }

  /** Copies values into the input `name`. */
  feed(name: string, values: ArrayLike<number>): this {
    this.#alive()
    const tensor = this.program.inputs.get(name)
    if (!tensor) {
      throw new RangeError(`no input is named ${shown(name)}; the function has: ${this.inputNames.join(', ') || 'none'}`)
    }
    check('feed', name, values, numbers)
    if (values.length !== tensor.size) {
      const wanted = `expected ${tensor.size} for the shape ${show(tensor.shape)}`
      throw new RangeError(`input '${name}': ${values.length} values given, ${wanted}`)
    }
    this.session.feed(tensor, values)
    return this
  }

  /**
   * Runs `steps` steps; returns how many ended well (fewer: a metric was not finite in the next one).
   * @throws RangeError where `steps` is no integer from 0 to 2³¹ − 1, or an input was never fed
   * @throws ThreadError where a worker thread is gone; variables that the function changes are then undefined
   */
  run(steps = 1): number {
    check('run', 'steps', steps, STEPS)
    this.#alive()
    for (const [name, tensor] of this.program.inputs) {
      if (!this.session.isFed(tensor)) throw new RangeError(`run: the input '${name}' has no values; give it some with feed()`)
    }
    const { core } = this.session
    if (this.#arena !== this.session.arena) this.#write()
    this.session.began(this)
    this.#ran = true
    new Int32Array(core.memory.buffer, this.#control, 1)[0] = 0
    if (core.team?.ready && this.program.flops >= SHARED_FLOPS) return core.team.run(this.#address, steps, this.#patience)
    return core.run(this.#address, steps)
  }

  /**
   * A copy of the output `name` as the last step left it. All functions of a session compute in the same memory, so
   * outputs are there until another of them runs, or a larger one is loaded.
   * @throws RangeError where there is no such output, or the function was not the last to run
   */
  read(name: OutputName<S>): Float32Array {
    const output = this.outputs.get(name)
    if (!output) {
      const names = [...this.outputs.keys()].join(', ') || 'none'
      throw new RangeError(`no output is named ${shown(name)}; the function has: ${names}`)
    }
    if (this.session.lastRun !== this) {
      const why = this.#ran ? 'another function of the session ran or was compiled since' : 'the function has not run'
      throw new RangeError(`the output '${name}' is not there: ${why}; read() right after run()`)
    }
    return this.session.floats(output.address, output.size).slice()
  }

  /** Each metric's sum over the steps since `clearMetrics`, and how many steps there were. */
  metrics(): Record<MetricName<S>, Mean> {
    this.#alive()
    const entries = [...this.accumulators].map(([name, address]) => {
      const [sum, count] = new Float64Array(this.session.core.memory.buffer, address, 2) as unknown as [number, number]
      return [name, { sum, count }] as const
    })
    return Object.fromEntries(entries) as Record<MetricName<S>, Mean>
  }
  clearMetrics(): void {
    this.#alive()
    for (const address of this.accumulators.values()) new Float64Array(this.session.core.memory.buffer, address, 2).fill(0)
  }

  /** @internal The address of the word `index` of the tape. */
  wordAddress(index: number): number {
    if (this.#arena !== this.session.arena) this.#write()
    return this.#address + index * 4
  }

  /** @internal Gives its memory back: see `Session.release`. */
  release(): void {
    this.#released = true
    if (this.session.lastRun === this) this.session.lastRun = null
    giveBack(this.session, this.holding)
  }

  #alive(): void {
    if (this.#released) throw new RangeError('the function was released; compile or load it again')
  }
}
