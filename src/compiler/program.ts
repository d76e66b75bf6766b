// The compiler: from a function's stages to a program, which any session of the same number of threads can load.
// Pure: it allocates no memory of a core, needs no WebAssembly and keeps nothing, so that planning, profiling, exporting and
// tests do without a session.
import { advance, COUNTER_WORDS, metric_f32 } from '../graph/contract.generated.ts'
import { isInput, isVariable, type Variable } from '../graph/leaves.ts'
import { call, type KernelCall } from '../graph/kernel_call.ts'
import { namedTensors, type Shape, show, type Tensor, tensors } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import { epochOf, isBatch } from '../ops/batch.ts'
import { checkStreams } from '../ops/random.ts'
import {
  check, complete, count, type Given, isFunction, isObject, isRecord, listOf, name, option, required, rule,
} from '../options.ts'
import { type Addresses, addressOf, emit, type Tape } from './emit.ts'
import { fuseEpilogues } from './fuse.ts'
import { keepValues } from './keep.ts'
import { mark } from './marks.ts'
import { plan, type Plan } from './plan.ts'
import { offsetOf, type Region, regionOf, Regions } from './regions.ts'
import { schedule, type Schedule, type Scheduler, type Stage } from './schedule.ts'
import { shareEqual } from './simplify.ts'

/** One phase of a step; a later one sees the variables as the earlier ones left them. */
interface StageSpec {
  /** Values that the host can read after a run. */
  readonly outputs?: Readonly<Record<string, Tensor>>
  /** Scalars, summed over steps in the core (`metrics()`) and checked: a NaN or infinity stops the run after its step. */
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** Changes of variables: optimizers' updates, running statistics, assignments. */
  readonly updates?: readonly Tensor[]
  /**
   * Some of what outputs, metrics and updates need, to be computed first, one with all that it needs after another: it bounds
   * what is in memory at once, and changes no number.
   */
  readonly order?: readonly Tensor[]
}

/** What a function computes, stage by stage. */
export interface FunctionSpec {
  /** Functions of one group share a step counter and a place in the dataset (a step with a smaller last batch, say). */
  readonly group: string
  readonly stages: readonly StageSpec[]
}

type NamesIn<S extends FunctionSpec, K extends 'outputs' | 'metrics'> =
  S['stages'][number] extends infer T ? T extends { readonly [P in K]: infer R } ? keyof R & string : never : never
type OrAny<N extends string> = [N] extends [never] ? string : N
/** The names of a function's outputs, and of its metrics: any where the spec's type does not tell. */
export type OutputName<S extends FunctionSpec> = FunctionSpec extends S ? string : OrAny<NamesIn<S, 'outputs'>>
export type MetricName<S extends FunctionSpec> = FunctionSpec extends S ? string : OrAny<NamesIn<S, 'metrics'>>

/** Numbers in a region: where a run leaves an output. */
export interface Place {
  readonly region: Region
  /** Bytes from the region's beginning. */
  readonly offset: number
  readonly shape: Shape
}

export interface Program<S extends FunctionSpec = FunctionSpec> {
  readonly spec: S
  /** How many threads its plan makes room for and its tape is written for. */
  readonly threads: number
  /** What the host feeds, what it reads, and what is summed, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Place>
  readonly metrics: readonly string[]
  readonly variables: readonly Variable[]
  readonly schedule: Schedule
  readonly plan: Plan
  /** Relocatable: its addresses are offsets in `regions`. */
  readonly tape: Tape
  readonly regions: readonly Region[]
  /** Floating point operations of a step, and of its largest op. */
  readonly flops: number
  readonly largestFlops: number
}

const STAGE = { outputs: namedTensors, metrics: namedTensors, updates: tensors, order: tensors }
const stagesRule = listOf('stages', isRecord)
const SPEC = { group: required(name), stages: required(stagesRule) }
const scheduler = rule("'checkpointing' of this package",
  (x): x is Scheduler => isObject(x) && isFunction((x as Partial<Scheduler>).orders))
const OPTIONS = {
  /** How many threads it is for; its results are the same for any number. Default 1. */
  threads: option(count, 1),
  /** How a step's ops are ordered: `checkpointing` takes less memory for a little more time, to the same bits. */
  schedule: scheduler,
}
export type CompileOptions = Given<typeof OPTIONS>

/**
 * The program of a function.
 * @throws TypeError, RangeError where the spec or a stage has parts that there are not, of a wrong type or in the wrong place
 * @example
 * const x = input('x', [2])
 * compile({ group: 'double', stages: [{ outputs: { y: ops.mul(x, 2) } }] }).plan.peakBytes
 */
export function compile<const S extends FunctionSpec>(spec: S, options: CompileOptions = {}): Program<S> {
  checkSpec(spec)
  const { threads, schedule: { orders } = inOrder } = complete('compile', options, OPTIONS)
  const given = spec.stages.map(({ outputs = {}, metrics = {}, updates = [], order = [] }: StageSpec): Stage => ({
    outputs: [...Object.values(outputs), ...Object.values(metrics)], updates, order,
  }))
  checkStreams(rootsOf(given))
  const stages = optimize(given)
  const leaves = topological(rootsOf(stages))
  const { scheduled, planned } = orders(stages).map((each) => ({ scheduled: each, planned: plan(each, threads) }))
    .reduce((best, each) => (each.planned.peakBytes < best.planned.peakBytes ? each : best))

  const regions = new Regions()
  const counter = regions.add({ kind: 'group' })
  const at: Addresses = {
    regions, threads, counter, seed: counter + COUNTER_WORDS * 4,
    control: regions.add({ kind: 'control' }), arena: regions.add({ kind: 'arena' }),
    tape: regions.add({ kind: 'tape' }), tables: regions.add({ kind: 'tables' }),
  }
  const outputs = new Map<string, Place>()
  const metrics: string[] = []
  const after: KernelCall[] = []
  spec.stages.forEach((stage: StageSpec, s) => {
    const held = stages[s]!.outputs
    const names = Object.keys(stage.outputs ?? {})
    const where = (i: number) => addressOf(scheduled.outputs[s]!.get(held[i]!)!, planned, at)
    names.forEach((each, i) => outputs.set(each, placeOf(where(i), held[i]!.shape, regions)))
    Object.keys(stage.metrics ?? {}).forEach((each, i) => {
      metrics.push(each)
      const cell = regions.add({ kind: 'metric', name: each })
      after.push(call(metric_f32, { x: where(names.length + i), cell, control: at.control }))
    })
  })
  after.push(call(advance, { counter: at.counter, ...batchLimits(leaves) }))
  const tape = emit(scheduled, planned, at, after)
  if (threads > 1) mark(tape, threads)
  const flops = scheduled.items.map(({ node }) => node.op.flops(node))
  return {
    spec, threads, outputs, metrics, tape, schedule: scheduled, plan: planned, regions: regions.list,
    inputs: inputsOf(leaves), variables: topological(rootsOf(given)).filter(isVariable),
    flops: flops.reduce((n, x) => n + x, 0), largestFlops: Math.max(0, ...flops),
  }
}

const inOrder: Scheduler = { orders: (stages) => [schedule(stages)] }

const rootsOf = (stages: readonly Stage[]): Tensor[] =>
  stages.flatMap(({ outputs, updates, order }) => [...order, ...outputs, ...updates])

const placeOf = (address: number, shape: Shape, { list: regions }: Regions): Place =>
  ({ region: regions[regionOf(address)]!, offset: offsetOf(address), shape })

/** The graph passes, over all stages at once. */
function optimize(stages: readonly Stage[]): Stage[] {
  let now = stages
  for (const pass of [shareEqual, fuseEpilogues]) {
    const made = pass(rootsOf(now))
    const to = (t: Tensor) => made.get(t)!
    now = now.map((s) => ({ outputs: s.outputs.map(to), updates: s.updates.map(to), order: s.order.map(to) }))
  }
  return keepValues(now)
}

function inputsOf(all: readonly Tensor[]): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>()
  for (const t of all.filter(isInput)) {
    const { name: label } = t.attrs
    if (inputs.has(label)) throw new RangeError(`two inputs are named '${label}'; give each a name of its own`)
    inputs.set(label, t)
  }
  return inputs
}

/** Refuses what cannot be meant: see the messages. */
function checkSpec(spec: FunctionSpec): void {
  complete('compile', spec as never, SPEC)
  checkStages('compile', spec.stages)
}

/** @throws TypeError, RangeError where stages have parts that there are not, of a wrong type or in the wrong place */
export function checkStages(where: string, stages: readonly StageSpec[]): void {
  check(where, 'stages', stages, stagesRule)
  const seen = new Set<string>()
  stages.forEach((stage) => {
    complete(`${where}: a stage`, stage, STAGE)
    const { outputs = {}, metrics = {}, updates = [] } = stage
    for (const [label, t] of [...Object.entries(outputs), ...Object.entries(metrics)]) {
      if (seen.has(label)) throw new RangeError(`two outputs are named '${label}'; give each a name of its own`)
      seen.add(label)
      if (t.op.effect) throw new TypeError(`the output '${label}' is the update '${t.op.name}'; put it under updates`)
    }
    for (const [label, { shape, size }] of Object.entries(metrics)) {
      if (size === 1) continue
      throw new RangeError(`the metric '${label}' has shape ${show(shape)}, expected one number; take its sum or mean`)
    }
    updates.forEach(checkUpdate)
  })
}

function checkUpdate({ op, inputs }: Tensor): void {
  if (!op.effect) throw new TypeError(`'${op.name}' is no update; put it under outputs, or assign() it to a variable`)
  if (isVariable(inputs[0]!)) return
  const changed = `the result of '${inputs[0]!.op.name}'`
  throw new TypeError(`the update '${op.name}' would change ${changed}; its first input must be a variable`)
}

/** The samples of a step and of an epoch, for the counters to move on; 0 where the step reads no dataset. */
function batchLimits(nodes: readonly Tensor[]): { batch: number, count: number } {
  const { rows, count: samples } = epochOf(nodes.filter(isBatch))
  return { batch: rows, count: samples }
}
