// The training loop of `Model.train` where others do the work: the same steps, the same figures, the same state after each.
// Invariant: the model changes by `applyGradients` alone; a step that went wrong, or that a liar had a part in, is undone.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError, TrainingError } from '../errors.ts'
import type { Variable } from '../graph/leaves.ts'
import {
  check, complete, count, type Given, isFunction, isObject, isRecord, option, rule, signal as signalRule,
} from '../options.ts'
import { turn } from '../runtime/turn.ts'
import { type Counters, enterEpoch } from '../train/epoch.ts'
import { joinOf } from '../train/stages.ts'
import { beginEpoch, countersOf, keepState } from '../train/state.ts'
import { sameData, statusOf } from '../train/status.ts'
import type { Progress } from '../train/train.ts'
import { type Crew, NotFinite, Undone } from './crew.ts'
import type { Reduction } from './reduction.ts'
import type { StepWork, Task } from './work.ts'

const OPTIONS = {
  /** How many times to go through the data, as `Model.train` counts them. Default 1. */
  epochs: option(count, 1),
  /** Ends training after the step that is being computed; no error is thrown. */
  signal: signalRule,
}
export type TogetherOptions = Given<typeof OPTIONS>

const WORK = rule('what createWork() makes', (x): x is StepWork => isObject(x) && 'createTasks' in x)
const CREW = rule('an object with reduce(tasks, changed)', (x): x is Crew => isRecord(x) && isFunction(x['reduce']))

/** Steps between two states that are kept, to go back to. */
const KEPT_EVERY = 20

/** Sums of an epoch's metrics, for steps of each size. */
type Sums = Map<number, { sums: Record<string, number>, steps: number }>

/**
 * Trains a model by the work of others, a step at a time, yielding after each.
 * @throws TrainingError, with the last good weights in place, when a number is no longer finite
 * @throws GanglionError while another loop trains the model, or where the crew gives up
 * @example
 * const work = createWork(model, digits, { microBatches: 4 })
 * for await (const { metrics } of trainTogether(work, crew, { epochs: 1 })) console.log(metrics.loss)
 */
export async function* trainTogether(
  work: StepWork, crew: Crew, options: TogetherOptions = {},
): AsyncGenerator<Progress, void, void> {
  check('trainTogether', 'work', work, WORK)
  check('trainTogether', 'crew', crew, CREW)
  const { epochs, signal } = complete('trainTogether', options, OPTIONS)
  const status = statusOf(work.model.session)
  if (status.running) {
    throw new GanglionError('trainTogether: another loop is training this model; let it end, and then train again')
  }
  status.running = true
  try {
    yield* new Together(work, crew, epochs, signal).run()
  } finally {
    status.running = false
  }
}

class Together {
  readonly #work: StepWork
  readonly #crew: Crew
  readonly #epochs: number
  readonly #signal: AbortSignal | undefined
  #sums: Sums = new Map()
  #samples = 0
  /** The variables that changed since the crew was last told; undefined for any. */
  #changed: Variable[] | undefined
  /** Brings back the state that was kept last. */
  #back: () => void = () => {}
  /** Whether the state is to be kept, once others compute: they do not wait for that. */
  #keepNext = false

  constructor(work: StepWork, crew: Crew, epochs: number, signal: AbortSignal | undefined) {
    this.#work = work
    this.#crew = crew
    this.#epochs = epochs
    this.#signal = signal
  }

  async *run(): AsyncGenerator<Progress, void, void> {
    const { plan, model: { session }, data, size, batchSize } = this.#work
    // For what explains a fault: by then its file may be out of reach. It comes while the first step is computed.
    const loading = joinOf(size > batchSize)
    loading.catch(() => {})
    const start = begin(this.#work, data)
    const lastEpoch = start.epoch + this.#epochs
    const lastStep = start.step + plan.steps(start.position) + (this.#epochs - 1) * plan.steps(0)
    let seconds = 0
    this.#keep()
    let kept = start.step
    for (let now = start; now.epoch < lastEpoch && !this.#signal?.aborted;) {
      const began = performance.now()
      try {
        await this.#step()
        await loading
      } catch (error) {
        if (!(error instanceof Undone || error instanceof NotFinite)) throw error
        this.#back()
        if (error instanceof NotFinite) await this.#explain(error)
        now = countersOf(session)
        kept = now.step
        continue
      }
      seconds += (performance.now() - began) / 1000
      const after = enterEpoch(session, plan)
      const epochDone = after.epoch > now.epoch
      const [metrics, samples] = [this.#means(), this.#samples]
      yield { epoch: now.epoch + 1, step: after.step, lastStep, metrics, samples, seconds, epochDone }
      if (epochDone) {
        this.#sums = new Map()
        this.#samples = seconds = 0
      }
      if (epochDone || after.step - kept >= KEPT_EVERY) [this.#keepNext, kept] = [true, after.step]
      now = after
      await turn()
    }
  }

  async #step(): Promise<void> {
    const work = this.#work
    const [size, steps] = [work.nextSize, work.nextSteps]
    const rows = Math.min(work.plan.left(countersOf(work.model.session).position), steps * work.plan.rows)
    const metrics: Record<string, number> = {}
    for (let stage = 0; stage < work.stages(size); stage++) {
      const tasks = work.createTasks(stage)
      if (!tasks.length && this.#keepNext) this.#keep()
      const reduction = tasks.length ? await this.#reduced(tasks) : undefined
      if (tasks.length) this.#changed = []
      Object.assign(metrics, work.applyGradients(stage, reduction))
      this.#changed?.push(...work.changed({ size, stage }))
    }
    const bad = Object.values(metrics).some((x) => !Number.isFinite(x)) || work.model.session.notFinite
    if (bad) throw new NotFinite('a number of the step is not finite')
    const own = this.#sums.get(size) ?? { sums: {}, steps: 0 }
    this.#sums.set(size, own)
    own.steps += steps
    for (const [name, x] of Object.entries(metrics)) own.sums[name] = (own.sums[name] ?? 0) + steps * x
    this.#samples += rows
  }

  async #reduced(tasks: readonly Task[]): Promise<Reduction> {
    const reducing = this.#crew.reduce(tasks, this.#changed)
    if (this.#keepNext) {
      // It is waited for below, where an error is one of the step.
      reducing.catch(() => {})
      await turn()
      this.#keep()
    }
    return reducing
  }

  /** As `Means` of the training loop has them. */
  #means(): Record<string, number> {
    const totals: Record<string, [sum: number, count: number]> = {}
    for (const [size, { sums, steps }] of this.#sums) {
      const fraction = size / this.#work.size
      for (const [name, sum] of Object.entries(sums)) {
        const total = (totals[name] ??= [0, 0])
        total[0] += sum * fraction
        total[1] += steps * fraction
      }
    }
    return Object.fromEntries(Object.entries(totals).map(([name, [sum, n]]) => [name, sum / n]))
  }

  /** Keeps the state and the figures, to go back to. */
  #keep(): void {
    this.#keepNext = false
    const restore = keepState(this.#work.model.session)
    const [sums, samples] = [structuredClone(this.#sums), this.#samples]
    this.#back = () => {
      this.#keepNext = false
      restore()
      this.#sums = structuredClone(sums)
      this.#samples = samples
      this.#changed = undefined
    }
  }

  /** The steps since the last state once more, here, by the loop that says which op went wrong. */
  async #explain(error: NotFinite): Promise<never> {
    const { model, data, batchSize, size } = this.#work
    if (model.definition.rounds) {
      const done = countersOf(model.session).step
      throw new TrainingError(`training stopped in a round after step ${done}: there was a NaN or an infinity; ` +
        `the weights are those after step ${done}. Use a lower learning rate, or fewer local steps`, done + 1, null)
    }
    const status = statusOf(model.session)
    status.running = false
    const { step } = countersOf(model.session)
    for await (const now of model.train(data, { batchSize, accumulate: Math.ceil(size / batchSize), epochs: this.#epochs })) {
      if (now.step > step + KEPT_EVERY) break
    }
    throw error
  }
}

/** Other data than before begin an epoch of their own. */
function begin({ model: { session }, plan }: StepWork, data: ImageDataset): Counters {
  const status = statusOf(session)
  const { position, epoch } = countersOf(session)
  if (position > 0 && status.data && !sameData(status.data, data)) beginEpoch(session, epoch + 1)
  status.data = data
  return enterEpoch(session, plan)
}
