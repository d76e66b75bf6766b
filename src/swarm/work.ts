// A model's training as tasks. A task is a pure function of what it says and of the weights: anybody computes it to the same
// bits. Invariant: a step whose tasks are added up by `Reduction` and applied is, to the bit, the step that `Model.train`
// takes with `accumulate`, whoever computed them and in whatever order they came. Of a model that is trained in rounds
// (`inRounds`) a task is a micro-batch of a round, which counts as one step of several.
import { checkData, type ImageDataset } from '../data/dataset.ts'
import { COUNTER_WORDS, EPOCH, POSITION } from '../graph/contract.generated.ts'
import type { Variable } from '../graph/leaves.ts'
import { check, complete, count, type Given, isListOf, isObject, oneOf, option, record, rule } from '../options.ts'
import type { Model } from '../train/model.ts'
import { EpochPlan, enterEpoch } from '../train/epoch.ts'
import { turn } from '../runtime/turn.ts'
import { countersOf, TRAIN } from '../train/state.ts'
import { behind } from '../train/streamed.ts'
import { trainSettings } from '../train/train.ts'
import { roundToBfloat } from './bfloat.ts'
import { feedOf, type Span, wordsAt } from './feed.ts'
import { Pieces } from './pieces.ts'
import { RoundPieces } from './round_pieces.ts'
import { type Layout, type Reduced, Reduction } from './reduction.ts'

/** One micro-batch of one stage of a step, or of a round of steps. */
export interface Task {
  /** Where training stands, and the seed: the words of the training counters. */
  readonly words: readonly number[]
  /** Rows of each of the step's batches. */
  readonly size: number
  readonly stage: number
  readonly microBatch: number
}

const WORK = {
  /** Samples of a micro-batch. Default 128. */
  batchSize: option(count, 128),
  /** Micro-batches of a step. Default 1. */
  microBatches: option(count, 1),
  /** How gradients, or changes of a round, are given: as they are, or in 16 bits by stochastic rounding. Default 'f32'. */
  gradients: option(oneOf('f32', 'bf16'), 'f32'),
}
export type WorkOptions = Given<typeof WORK>

const MODEL = rule('a Model, which Model.create() promises: await it',
  (x): x is Model => isObject(x) && 'session' in x && 'definition' in x)
const isWhole = (x: unknown, below: number): x is number => Number.isInteger(x) && (x as number) >= 0 && (x as number) < below
const isWord = (x: unknown): x is number => isWhole(x, 4294967296)
const REDUCTION = rule('a Reduction, such as newReduction() gives', (x): x is Reduction => isObject(x) && 'result' in x)

export class StepWork {
  readonly model: Model
  readonly data: ImageDataset
  /** @internal */
  readonly plan: EpochPlan
  readonly batchSize: number
  readonly gradients: 'f32' | 'bf16'
  /** Rows of each batch of a whole step. */
  readonly size: number
  readonly #pieces = new Map<number, Pieces | RoundPieces>()

  /** @internal: `createWork` makes one. */
  constructor(model: Model, data: ImageDataset, options: WorkOptions) {
    check('createWork', 'model', model, MODEL)
    checkData('createWork', data)
    const { batchSize, microBatches, gradients } = complete('createWork', options, WORK)
    const { dropRemainder = false, batchesPerStep = 1, rounds } = model.definition
    this.model = model
    this.data = data
    this.batchSize = batchSize
    this.gradients = gradients
    this.size = trainSettings(model, data, { batchSize, accumulate: microBatches }).size
    const rows = behind(data)?.count ?? data.count
    this.plan = new EpochPlan(rows, this.size * batchesPerStep, dropRemainder || batchesPerStep > 1 || !!rounds)
    this.#of(this.size)
  }

  /** The variables that tasks read: what a worker needs of the model. */
  get read(): Variable[] {
    return this.#of(this.size).read
  }
  /** The rows of each batch of the next step: fewer at an epoch's end. */
  get nextSize(): number {
    return this.#sizeAt(enterEpoch(this.model.session, this.plan).position)
  }
  #sizeAt(position: number): number {
    const left = this.plan.left(position)
    return left < this.plan.rows ? left : this.size
  }
  /** How many steps the next tasks are of: one, or as many as a round takes that begins now. */
  get nextSteps(): number {
    return this.#stepsAt(enterEpoch(this.model.session, this.plan).position)
  }
  #stepsAt(position: number): number {
    const { rounds } = this.model.definition
    return rounds ? Math.min(rounds.localSteps, this.plan.steps(position)) : 1
  }
  /** How many stages a step of `size` rows has, and micro-batches. */
  stages(size: number): number {
    return this.#of(size).layouts.length
  }
  microBatches(size: number): number {
    return this.#of(size).rows.length
  }
  /** The length of what a task gives; 0 for a stage that needs no tasks. */
  layout({ size, stage }: Pick<Task, 'size' | 'stage'>): Layout {
    const layout = this.#of(size).layouts[stage]!
    return this.gradients === 'bf16' ? layout : { ...layout, rounded: 0 }
  }
  /** @internal The most floats that a task gives. */
  get mostFloats(): number {
    return Math.max(...this.#of(this.size).layouts.map(({ floats }) => floats))
  }
  /** The variables that a stage changes. */
  changed({ size, stage }: Pick<Task, 'size' | 'stage'>): Variable[] {
    return this.#of(size).changed(stage)
  }

  /** The tasks of a stage of the next step, in order: the earlier stages of it must have been applied. */
  createTasks(stage: number): Task[] {
    const size = this.nextSize
    const words = [...this.model.session.groupWords(TRAIN)]
    if (!isWhole(stage, this.stages(size))) {
      throw new RangeError(`createTasks: stage is ${stage}, expected an integer from 0 to ${this.stages(size) - 1}`)
    }
    if (!this.layout({ size, stage }).floats) return []
    return Array.from({ length: this.microBatches(size) }, (_, microBatch) => ({ words, size, stage, microBatch }))
  }

  /**
   * What a task gives under the model's weights: the micro-batch's part of each sum, then what is its own. The model's counters
   * stay as they are.
   * @param into where it is to be written, of as many floats as `layout` says
   * @throws RangeError where it is no task of this work
   */
  runTask(task: Task, into?: Float32Array): Float32Array {
    this.checkTask('runTask', task)
    const { words, size, stage, microBatch } = task
    const group = () => this.model.session.groupWords(TRAIN)
    const before = group().slice()
    group().set(words)
    const values = this.#of(size).partial(stage, microBatch, into, (step) => this.#put(task, step))
    group().set(before)
    roundToBfloat(values.subarray(0, this.layout(task).rounded), words, stage, microBatch)
    return values
  }

  /** @internal Has the rows brought that a task reads, where data are fetched as tasks need them, and begins with the next. */
  async bring(task: Task): Promise<void> {
    const feed = feedOf(this.data)
    if (!feed) return
    await feed.bring(task.words, this.#spans(task))
    const { words, microBatch } = task
    const position = words[POSITION]! + this.#stepsAt(words[POSITION]!) * this.plan.rows
    const next = this.plan.left(position) ? wordsAt(words, position, words[EPOCH]!) : wordsAt(words, 0, words[EPOCH]! + 1)
    // Who did a micro-batch is likely to do it in the next step.
    const size = this.#sizeAt(next[POSITION]!)
    if (microBatch < this.microBatches(size)) feed.bringAhead(next, this.#spans({ ...task, words: next, size }))
    await turn()
  }
  /** Where in the epoch the rows are that a task reads: of each of its steps, those of each batch. */
  #spans({ words, size, microBatch }: Task): Span[] {
    const { batchesPerStep = 1 } = this.model.definition
    const first = microBatch * this.batchSize
    return Array.from({ length: this.#stepsAt(words[POSITION]!) * batchesPerStep }, (_, i) => {
      const [step, batch] = [Math.floor(i / batchesPerStep), i % batchesPerStep]
      const from = words[POSITION]! + step * this.plan.rows + batch * size + first
      return { from, rows: Math.min(this.batchSize, size - first) }
    })
  }
  /** Puts the rows of a task's step where its program reads them. */
  #put(task: Task, step: number): void {
    const feed = feedOf(this.data)
    if (!feed) return
    const { batchesPerStep = 1 } = this.model.definition
    for (const span of this.#spans(task).slice(step * batchesPerStep, (step + 1) * batchesPerStep)) {
      feed.put(this.model.session, this.data, task.words, span)
    }
  }

  /** What adds up the tasks of a stage. */
  newReduction({ size, stage }: Pick<Task, 'size' | 'stage'>): Reduction {
    return new Reduction(this.microBatches(size), this.layout({ size, stage }))
  }

  /**
   * Makes a stage's updates from all that its tasks gave; its metrics. After the last stage of the next step the step is done.
   * @param reduction of all tasks; left out for a stage without tasks
   */
  applyGradients(stage: number, reduction?: Reduction): Record<string, number> {
    if (reduction) check('applyGradients', 'reduction', reduction, REDUCTION)
    const size = this.nextSize
    const { session } = this.model
    const nothing: Reduced = { sum: new Float32Array(0), own: [] }
    const counters = session.counters(TRAIN).slice()
    const metrics = this.#of(size).apply(stage, reduction?.result() ?? nothing)
    session.counters(TRAIN).set(counters)
    if (stage === this.stages(size) - 1) this.#advance(size)
    return metrics
  }

  /** As the core does after steps on so many rows of each batch. */
  #advance(size: number): void {
    const counters = this.model.session.counters(TRAIN)
    const { step, position } = countersOf(this.model.session)
    const steps = this.nextSteps
    const next = step + steps
    const rows = size * (this.model.definition.batchesPerStep ?? 1)
    counters.set([next % 4294967296, Math.floor(next / 4294967296), position + steps * rows])
    enterEpoch(this.model.session, this.plan)
  }

  /** @internal @throws RangeError, TypeError where it is no task of this work */
  checkTask(where: string, task: Task): void {
    check(where, 'task', task, record)
    const { words, size, stage, microBatch } = task
    const length = COUNTER_WORDS + 2
    check(where, 'task.words', words, rule(`${length} words`, (x): x is readonly number[] => (
      isListOf(x, isWord) && x.length === length)))
    const rest = this.plan.dropRemainder ? 0 : this.plan.count % this.plan.rows
    if (size !== this.size && !(rest && size === rest)) {
      throw new RangeError(`${where}: task.size is ${size}, expected ${[this.size, ...(rest ? [rest] : [])].join(' or ')}`)
    }
    const [stages, parts] = [this.stages(size), this.microBatches(size)]
    if (isWhole(stage, stages) && isWhole(microBatch, parts)) return
    throw new RangeError(`${where}: the task is micro-batch ${microBatch} of stage ${stage}, ` +
      `expected one of ${parts} of ${stages}`)
  }

  /** Gives back the memory of its programs. */
  release(): void {
    for (const pieces of this.#pieces.values()) pieces.release()
    this.#pieces.clear()
  }

  #of(size: number): Pieces | RoundPieces {
    const known = this.#pieces.get(size) ?? this.#newPieces(size)
    this.#pieces.set(size, known)
    return known
  }
  #newPieces(size: number): Pieces | RoundPieces {
    const { model, data, batchSize, plan } = this
    const { rounds } = model.definition
    return rounds ? new RoundPieces(model, data, size, batchSize, plan, rounds)
      : new Pieces(model, data, size, batchSize, plan.dropRemainder)
  }
}

/**
 * A model's training on `data` as tasks, with steps of `microBatches` micro-batches of `batchSize` samples. One process holds the
 * state and applies; tasks may be computed by any other that has the data and the weights which `read` names.
 *
 * ```js
 * const work = createWork(model, data, { batchSize: 16, microBatches: 8 })
 * const size = work.nextSize
 * for (let stage = 0; stage < work.stages(size); stage++) {
 *   const sum = work.newReduction({ size, stage })
 *   for (const task of work.createTasks(stage)) sum.add(task.microBatch, work.runTask(task)) // here, or anywhere
 *   work.applyGradients(stage, work.layout({ size, stage }).floats ? sum : undefined)
 * }
 * ```
 * @throws TypeError, RangeError where an argument is not as described, or the definition cannot be computed in pieces
 * @example
 * const work = createWork(model, digits, { batchSize: 32, microBatches: 4 })
 */
export const createWork = (model: Model, data: ImageDataset, options: WorkOptions = {}): StepWork =>
  new StepWork(model, data, options)
