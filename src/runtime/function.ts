// A compiled step: its tape in memory, its inputs and outputs. `run(k)` does k steps inside the core.
import { topological } from '../graph/walk.ts'
import type { KernelCall } from '../graph/kernel_call.ts'
import { emit, addressOf, type Addresses, type Tape } from '../compiler/emit.ts'
import { fuseEpilogues } from '../compiler/fuse.ts'
import { keepValues } from '../compiler/keep.ts'
import { isInput, isVariable } from '../graph/leaves.ts'
import { plan, type Plan } from '../compiler/plan.ts'
import { schedule, type Schedule, type Stage } from '../compiler/schedule.ts'
import { shareEqual } from '../compiler/simplify.ts'
import { show, type Tensor } from '../graph/tensor.ts'
import { epochOf, isBatch } from '../ops/batch.ts'
import { checkStreams } from '../ops/random.ts'
import { check, isNumber, rule } from '../options.ts'
import type { Session } from './session.ts'

/** What a function computes, stage by stage; a later stage sees the variables as the earlier ones left them. */
export interface FunctionSpec {
  /** Functions of one group share a step counter and a place in the dataset (a step with a smaller last batch, say). */
  readonly group: string
  readonly stages: readonly {
    /** Values that the host can read after a run. */
    readonly outputs?: Readonly<Record<string, Tensor>>
    /** Scalars, summed over steps in the core (`metrics()`) and checked: a NaN or infinity stops the run after its step. */
    readonly metrics?: Readonly<Record<string, Tensor>>
    /** Changes of variables: optimizers' updates, running statistics, assignments. */
    readonly updates?: readonly Tensor[]
  }[]
}

/** Words that a group begins with: step (low, high), position in the dataset, epoch. Its seed (low, high) follows. */
export const COUNTER_WORDS = 4

/** A metric over some steps. */
export interface Mean {
  readonly sum: number
  readonly count: number
}

/** Bytes of the control block: five words, and one place a thread, 64 bytes apart (assembly/threads.ts). */
const controlBytes = (threads: number): number => 64 * (5 + threads)
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

export class CompiledFunction {
  readonly session: Session
  readonly schedule: Schedule
  readonly plan: Plan
  readonly tape: Tape
  readonly group: string
  /** Floating point operations of one step. */
  readonly flops: number
  readonly #inputs = new Map<string, Tensor>()
  /** Where a run leaves its outputs, and each metric's sum and count (f64). */
  readonly outputs = new Map<string, { address: number; size: number }>()
  readonly accumulators = new Map<string, number>()
  readonly #control: number
  readonly #address: number
  readonly #patience: number
  #ran = false
  /** The address that the plan's offsets count from. */
  readonly arena: number

  constructor(session: Session, spec: FunctionSpec, stages: readonly Stage[]) {
    this.session = session
    this.group = spec.group
    checkSpec(spec)
    checkStreams(stages.flatMap((s) => [...s.outputs, ...s.updates]))
    const rebuilt = optimize(stages)
    const roots = rebuilt.flatMap((s) => [...s.outputs, ...s.updates])
    this.schedule = schedule(rebuilt)
    this.plan = plan(this.schedule, session.threads)
    const flops = this.schedule.items.map(({ node }) => node.op.flops(node))
    this.flops = flops.reduce((n, x) => n + x, 0)
    this.#patience = PATIENCE + Math.ceil(Math.max(0, ...flops) / FLOPS_A_TENTH)
    const { core } = session
    this.#control = core.allocate(controlBytes(session.threads))
    this.arena = session.arena(this.plan.peakBytes)
    const at: Addresses = {
      control: this.#control,
      arena: this.arena,
      leaf: (leaf) => session.addressOf(leaf),
      kernel: (name) => core.kernel(name),
      counter: session.groupAddress(spec.group),
      seed: session.groupAddress(spec.group) + COUNTER_WORDS * 4,
      threads: session.threads,
    }
    for (const t of topological(roots).filter(isInput)) {
      const { name } = t.attrs
      if (this.#inputs.has(name)) throw new RangeError(`two inputs are named '${name}'; give each a name of its own`)
      this.#inputs.set(name, t)
    }
    const after: KernelCall[] = []
    spec.stages.forEach(({ outputs = {}, metrics = {} }, s) => {
      const tensors = rebuilt[s]!.outputs
      const where = (i: number) => addressOf(this.schedule.outputs[s]!.get(tensors[i]!)!, this.plan, at)
      const names = Object.keys(outputs)
      names.forEach((name, i) => this.outputs.set(name, { address: where(i), size: tensors[i]!.size }))
      Object.keys(metrics).forEach((name, i) => {
        const accumulator = core.allocate(METRIC_BYTES)
        this.accumulators.set(name, accumulator)
        after.push(['metric_f32', where(names.length + i), accumulator, this.#control])
      })
    })
    after.push(['advance', at.counter, ...batchLimits(roots)])
    this.tape = emit(this.schedule, this.plan, at, after)
    core.team?.mark(this.tape)
    this.#address = core.allocate(this.tape.words.byteLength)
    new Int32Array(core.memory.buffer, this.#address, this.tape.words.length).set(this.tape.words)
  }

  get inputNames(): string[] {
    return [...this.#inputs.keys()]
  }

  /** Copies values into the input `name`. */
  feed(name: string, values: ArrayLike<number>): this {
    const tensor = this.#inputs.get(name)
    if (!tensor) {
      throw new RangeError(`no input is named '${name}'; the function has: ${[...this.#inputs.keys()].join(', ') || 'none'}`)
    }
    if (values.length !== tensor.size) {
      const wanted = `expected ${tensor.size} for the shape ${show(tensor.shape)}`
      throw new RangeError(`input '${name}': ${values.length} values given, ${wanted}`)
    }
    this.session.values(tensor).set(values)
    return this
  }

  /**
   * Runs `steps` steps; returns how many ended well (fewer: a metric was not finite in the next one).
   * @throws RangeError where `steps` is no integer from 0 to 2³¹ − 1
   * @throws ThreadError where a worker thread is gone; variables that the function changes are then undefined
   */
  run(steps = 1): number {
    check('run', 'steps', steps, STEPS)
    const { core } = this.session
    this.session.began(this)
    this.#ran = true
    new Int32Array(core.memory.buffer, this.#control, 1)[0] = 0
    if (core.team?.ready && this.flops >= SHARED_FLOPS) return core.team.run(this.#address, steps, this.#patience)
    return core.run(this.#address, steps)
  }

  /**
   * A copy of the output `name` as the last step left it. All functions of a session compute in the same memory, so
   * outputs are there until another of them runs.
   * @throws RangeError where there is no such output, or the function was not the last to run
   */
  read(name: string): Float32Array {
    const output = this.outputs.get(name)
    if (!output) {
      throw new RangeError(`no output is named '${name}'; the function has: ${[...this.outputs.keys()].join(', ') || 'none'}`)
    }
    if (this.session.lastRun !== this) {
      const why = this.#ran ? 'another function of the session ran since' : 'the function has not run'
      throw new RangeError(`the output '${name}' is not there: ${why}; read() right after run()`)
    }
    return this.session.floats(output.address, output.size).slice()
  }

  /** Each metric's sum over the steps since `clearMetrics`, and how many steps there were. */
  metrics(): Record<string, Mean> {
    const entries = [...this.accumulators].map(([name, address]) => {
      const [sum, count] = new Float64Array(this.session.core.memory.buffer, address, 2) as unknown as [number, number]
      return [name, { sum, count }] as const
    })
    return Object.fromEntries(entries)
  }
  clearMetrics(): void {
    for (const address of this.accumulators.values()) new Float64Array(this.session.core.memory.buffer, address, 2).fill(0)
  }

  /** The address of the word `index` of the tape. */
  wordAddress(index: number): number {
    return this.#address + index * 4
  }
}

/** The graph passes, over all stages at once. */
function optimize(stages: readonly Stage[]): Stage[] {
  let now = stages
  for (const pass of [shareEqual, fuseEpilogues]) {
    const made = pass(now.flatMap((s) => [...s.outputs, ...s.updates]))
    const to = (t: Tensor) => made.get(t)!
    now = now.map((s) => ({ outputs: s.outputs.map(to), updates: s.updates.map(to) }))
  }
  return keepValues(now)
}

/** Refuses what cannot be meant: see the messages. */
function checkSpec({ stages }: FunctionSpec): void {
  const seen = new Set<string>()
  for (const { outputs = {}, metrics = {}, updates = [] } of stages) {
    for (const [name, t] of [...Object.entries(outputs), ...Object.entries(metrics)]) {
      if (seen.has(name)) throw new RangeError(`two outputs are named '${name}'; give each a name of its own`)
      seen.add(name)
      if (t.op.effect) {
        throw new TypeError(`the output '${name}' is the update '${t.op.name}'; put it under updates`)
      }
    }
    for (const [name, { shape, size }] of Object.entries(metrics)) {
      if (size === 1) continue
      throw new RangeError(`the metric '${name}' has shape ${show(shape)}, expected one number; take its sum or mean`)
    }
    for (const { op, inputs } of updates) {
      const { name } = op
      if (!op.effect) throw new TypeError(`'${name}' is no update; put it under outputs, or assign() it to a variable`)
      if (isVariable(inputs[0]!)) continue
      const changed = `the result of '${inputs[0]!.op.name}'`
      throw new TypeError(`the update '${name}' would change ${changed}; its first input must be a variable`)
    }
  }
}

/** The samples of a step and of an epoch, for the counters to move on; 0 where the step reads no dataset. */
function batchLimits(roots: readonly Tensor[]): [rows: number, count: number] {
  const { rows, count } = epochOf(topological(roots).filter(isBatch))
  return [rows, count]
}
