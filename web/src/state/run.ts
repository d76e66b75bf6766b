// A run: a trainer in its worker, what it is told, and what is seen of it. Everything shown is a signal.
// Invariant: how it is watched, paused and continued changes no bit; at the step that the settings name its digest is taken.
import { computed, signal } from '@preact/signals'
import { createTrainer, type Progress, type Trainer, type Value } from 'ganglion/worker'
import { chunkOf } from './chunk.ts'
import { Curve, type Series } from './curve.ts'
import { Absent, type Data, dataOf, isSet, SETS } from './data.ts'
import { factsOf } from './facts.ts'
import { PlaneField } from './field.ts'
import { Look } from './look.ts'
import { Seen } from './probed.ts'
import { type Side, Sides } from './sides.ts'
import { modelOptions, type Settings } from './settings.ts'
import { SlowMotion } from './slow.ts'

/** So many epochs that nobody sees their end. */
const FOREVER = 1_000_000
/** Chunks whose speed is averaged. */
const RECENT = 20

export type Status = 'starting' | 'running' | 'paused' | 'failed'
export interface Taken {
  readonly step: number
  readonly digest: string
}

/** The model is told the class of each image, and the images have none. */
class Unlabelled extends Error {}

export type State = Value<'state'>

let runs = 0

/** Where a run goes on from: a state, and where it stands. */
export interface Moment {
  readonly state: State
  readonly step: number
  readonly epoch: number
  readonly digest: string
  readonly series: Series
  /** Whether a side stood still on the way, so that no settings end in it. */
  readonly touched?: boolean
}

export class Run {
  readonly id = ++runs
  readonly settings: Settings
  readonly status = signal<Status>('starting')
  readonly step = signal(0)
  readonly epoch = signal(0)
  /** Images a second, while training. */
  readonly speed = signal(0)
  readonly threads = signal<{ readonly count: number, readonly reason: string } | null>(null)
  readonly error = signal('')
  /** What a run of its settings lacks: the pictures that its address names, or classes, which the model is told. */
  readonly lacks = signal<'' | 'pictures' | 'classes'>('')
  /** The digest at the step of the settings, and the one of the last pause. */
  readonly reached = signal<Taken | null>(null)
  readonly paused = signal<Taken | null>(null)
  readonly verdict = computed(() => {
    const { expected } = this.settings
    if (!expected || !this.reached.value) return null
    return this.reached.value.digest === expected ? 'same' : 'different'
  })
  readonly curve = new Curve()
  /** Goes up when the curve has changed. */
  readonly drawn = signal(0)
  readonly look = new Look()
  /** What views look at beside, while they are open. */
  readonly seen = new Seen()
  readonly field = new PlaneField()
  readonly slow = new SlowMotion()
  /** Which of a GAN's networks train. */
  readonly sides = new Sides()
  trainer: Trainer | null = null
  data: Data | null = null
  #stop: AbortController | null = null
  #closed = false
  /** Resolves when training stands still. */
  #going: Promise<void> = Promise.resolve()
  readonly #from: Moment | null
  readonly #recent: { samples: number, seconds: number }[] = []

  constructor(settings: Settings, from: Moment | null = null) {
    this.settings = settings
    this.#from = from
    if (from) this.curve.put(from.series)
    void this.#begin()
  }

  get closed(): boolean {
    return this.#closed
  }

  async #begin(): Promise<void> {
    const { model, data, seed, augment } = this.settings
    try {
      const loading = dataOf(data)
      // What a set of the page is like is known, so that it and the trainer are made at once.
      const known = isSet(data) ? SETS[data] : null
      const { shape, classes } = known ? { ...known, classes: known.classes.length } : (await loading).train
      if (factsOf(model).classes && !classes) throw new Unlabelled()
      const options = { ...modelOptions(this.settings), imageShape: shape, ...(factsOf(model).classes && { classes }) }
      const making = createTrainer({
        model: { kind: model, options: { ...options, ...(augment && { augment }) } }, seed, threads: 'auto',
        ...(augment && { worker: new Worker(new URL('../workers/trainer.ts', import.meta.url), { type: 'module' }) }),
      })
      const [sets, trainer] = await Promise.all([loading, making])
      if (this.#closed) return void trainer.close()
      this.data = sets
      const { threads, threadsReason } = trainer.info
      this.threads.value = { count: threads, reason: threadsReason }
      this.trainer = trainer
      if (this.#from) await this.#goOn(this.#from)
      else this.resume()
      await this.look.follow(this, trainer, sets.test)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Stands where the other one stood, once it is the same to the bit. */
  async #goOn({ state, step, epoch, digest, touched = false }: Moment): Promise<void> {
    await this.trainer!.loadState(state)
    if (await this.trainer!.digest() !== digest) throw new Error('its state is not what its digest says')
    this.step.value = step
    this.epoch.value = epoch
    this.sides.touched.value = touched
    this.paused.value = { step, digest }
    this.status.value = 'paused'
  }

  /** Does something while it stands still, between two steps. */
  async #between<T>(work: () => Promise<T>): Promise<T> {
    const running = this.status.value === 'running'
    if (running) this.pause()
    await this.#going
    if (this.status.value !== 'paused') throw new Error(this.error.value || 'it has not begun')
    const result = await work()
    if (running) this.resume()
    return result
  }

  /** All that training changes, at one moment: it stands still meanwhile. */
  moment(): Promise<Moment> {
    return this.#between(async () => {
      // Who goes on with it trains both sides.
      const { state, digest } = await this.sides.asBoth(this.trainer!, async () => (
        { state: await this.trainer!.state(), digest: await this.trainer!.digest() }))
      const { step, epoch, curve, sides: { touched } } = this
      return { state, digest, step: step.value, epoch: epoch.value, series: curve.series(), touched: touched.value }
    })
  }

  /** Has one side stand still, or none. Its digests are from then on of no settings. */
  only(side: Side): Promise<void> {
    return this.#between(() => this.sides.train(this.trainer!, side))
  }

  /** A step a second, each in its parts, or as fast as it goes. The bits are the same. */
  slowly(on: boolean): Promise<void> {
    return this.#between(async () => this.slow.turn(on))
  }

  #fail(error: unknown): void {
    if (this.#closed) return
    if (error instanceof Absent) this.lacks.value = 'pictures'
    else if (error instanceof Unlabelled) this.lacks.value = 'classes'
    else this.error.value = (error as Error).message
    this.status.value = 'failed'
  }

  resume(): void {
    if (this.status.value === 'starting' || this.status.value === 'paused') this.#going = this.#go(Infinity)
  }
  /** One step, and no more. */
  single(): void {
    if (this.status.value === 'paused') this.#going = this.#go(1)
  }
  /** Stops after the chunk that is running. */
  pause(): void {
    this.#stop?.abort()
  }
  close(): void {
    this.#closed = true
    this.#stop?.abort()
    void this.trainer?.close()
  }

  /** Trains so many steps. At the step whose digest is wanted it takes that, and goes on. */
  async #go(steps: number): Promise<void> {
    const stop = this.#stop = new AbortController()
    this.status.value = 'running'
    const last = this.step.value + steps
    try {
      while (!stop.signal.aborted && this.step.value < last) {
        const slow = this.slow.on.value
        if (slow && !await this.slow.show(this.settings.model, stop.signal)) break
        await this.#train(stop.signal, slow ? this.step.value + 1 : last)
        if (this.step.value === this.settings.steps && !this.sides.touched.value) this.reached.value = await this.#take()
      }
      this.paused.value = await this.#take()
      this.status.value = 'paused'
    } catch (error) {
      this.#fail(error)
    }
  }

  async #train(signal: AbortSignal, last: number): Promise<void> {
    const { batch, steps: goal } = this.settings
    const step = this.step.value
    const end = step < goal ? Math.min(last, goal) : last
    const steps = end === Infinity ? {} : { steps: end - step }
    let before: Progress | undefined
    for await (const now of this.trainer!.train(this.data!.train, { epochs: FOREVER, batchSize: batch, signal, ...steps })) {
      const { samples, seconds, values } = chunkOf(now, before)
      before = now
      this.curve.add({ step: now.step, values: { ...values, ...this.look.takeJudged() } })
      this.step.value = now.step
      this.epoch.value = now.epoch
      this.drawn.value++
      this.#recent.push({ samples, seconds })
      if (this.#recent.length > RECENT) this.#recent.shift()
      const sum = (what: 'samples' | 'seconds') => this.#recent.reduce((all, each) => all + each[what], 0)
      this.speed.value = sum('samples') / sum('seconds')
    }
  }

  async #take(): Promise<Taken> {
    return { step: this.step.value, digest: await this.trainer!.digest() }
  }
}
