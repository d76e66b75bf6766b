// The folder of a run while it trains: its state every so many seconds, figures and pictures epoch by epoch, and within epochs
// where that was asked for. Invariant: whenever the process is killed, the folder has a state with the figures of the steps that
// led to it, from the run's first commit on.
import { join } from 'node:path'
import { formatConfig, type RunConfig } from '../checkpoint/config.ts'
import { type Contents, runFiles, type RunFiles } from '../checkpoint/run.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { commit } from '../node/commit.ts'
import { writeFileAtomic } from '../node/files.ts'
import type { Moment } from '../checkpoint/pictures.ts'
import {
  BEST, clearBest, clearSamples, CONFIG, look, METRICS, pictureFile, prepareRunFolder, SAMPLES,
} from '../node/run_files.ts'
import { evaluateInTurns } from '../train/evaluate.ts'
import type { Model } from '../train/model.ts'
import { countersOf } from '../train/state.ts'
import type { Progress } from '../train/train.ts'
import { EventFile } from './event_file.ts'
import { type EpochLine, lineOf, Lines } from './lines.ts'
import { type Logs, type StepLine, StepLines } from './logs.ts'
import { lockRun, type RunLock } from './run_lock.ts'
import { checkNoLink, makeSamples, pictureOfSamples, picturesOf } from './run_pictures.ts'
import type { TaskLog } from './task_log.ts'
import type { BestEpoch } from './best_epoch.ts'

/** Milliseconds from one writing of figures within an epoch to the next at least: all of them are written each time. */
const LINES_MS = 1000

interface Start {
  readonly config: RunConfig
  /** What to show reconstructions of. */
  readonly shown: ImageDataset
  /** What judges the model after each epoch, where it has figures of its own and there are test images. */
  readonly test?: ImageDataset
  /** The most seconds between two saves while steps are done. */
  readonly saveEvery: number
  /** What others did, where they work for the run. */
  readonly tasks?: TaskLog
  /** Told that the folder has another state to go on from. */
  readonly onSaved?: (folder: string) => Promise<void>
  /** What it tells within epochs. */
  readonly logs?: Logs
  /** What knows the best epoch, where that is to be known. */
  readonly bestEpoch?: BestEpoch
  /** The config of that epoch's run, where it is kept. */
  readonly best?: RunConfig
}

/** A new run before its first step. */
export interface Fresh {
  readonly state: RunFiles
  readonly picture: Uint8Array
}

interface Saved {
  readonly step: number
  readonly digest: string
  readonly lines: string
}

export class RunFolder {
  readonly path: string
  readonly #lock: RunLock
  readonly #model: Model
  readonly #options: Start
  readonly #lines: Lines
  readonly #steps: StepLines | undefined
  #last: Progress | undefined
  #events: EventFile | undefined
  #writtenAt = performance.now()
  #drawnAt = performance.now()
  #savedAt = performance.now()
  #saved: Saved

  private constructor(lock: RunLock, model: Model, options: Start, lines: Lines, saved: Saved) {
    const { logEvery } = options.logs ?? {}
    this.path = lock.path
    this.#lock = lock
    this.#model = model
    this.#options = options
    this.#lines = lines
    this.#steps = logEvery === undefined ? undefined : new StepLines(logEvery, saved.step)
    this.#saved = saved
  }

  /** Makes the folder that of a new run, all at once: until then it has what it had before, an earlier run too. */
  static async start(lock: RunLock, model: Model, { fresh, ...options }: Start & { fresh: Fresh }): Promise<RunFolder> {
    const { state, picture } = fresh
    const run = new RunFolder(lock, model, options, new Lines([], 0), { step: 0, digest: state.digest, lines: '' })
    const { files: removed, link } = await look(run.path)
    if (link) await clearSamples(run.path, link)
    await makeSamples(run.samples)
    try {
      const files = new Map<string, Contents>([
        ...state.files, [METRICS, ''], [pictureFile('samples', { epoch: 0 }), picture], [CONFIG, formatConfig(options.config)],
      ])
      await run.#writing(() => commit(run.path, { files, removed }))
    } catch (error) {
      await clearSamples(run.path, false)
      throw error
    }
    try {
      await clearBest(run.path)
      await run.#beginEvents()
      await options.onSaved?.(run.path)
      return run
    } catch (error) {
      await run.tidy()
      throw error
    }
  }

  /** Goes on with the run in the folder, saved at `step`, after the lines of its figures. */
  static async resume(
    lock: RunLock, model: Model, options: Start & { lines: readonly string[], step: number, digest: string },
  ): Promise<RunFolder> {
    const { config, lines, step, digest } = options
    const run = new RunFolder(lock, model, options, new Lines(lines, step), { step, digest, lines: '' })
    await look(run.path)
    await makeSamples(run.samples)
    await run.#writing(() => writeFileAtomic(join(run.path, CONFIG), formatConfig(config)))
    await run.#beginEvents()
    await options.onSaved?.(run.path)
    return run
  }

  static async fresh(model: Model): Promise<Fresh> {
    return { state: await runFiles(model), picture: pictureOfSamples(model) }
  }

  get samples(): string {
    return join(this.path, SAMPLES)
  }
  /** The run as it was after its best epoch. */
  get best(): string {
    return join(this.path, BEST)
  }

  /** Removes the run where it has learned nothing that is saved; returns the step that the saved state is of, if any. */
  async tidy(): Promise<number | undefined> {
    if (this.#saved.step > 0) return this.#saved.step
    await this.#writing(async () => { await prepareRunFolder(this.path, { force: true }) }).catch(() => {})
    return undefined
  }

  /** Writes figures and pictures within an epoch, and saves, when it is time. */
  async progress(now: Progress): Promise<void> {
    const logged = this.#logged(now)
    const drawing = this.#drawing(now) && !this.#model.session.notFinite
    try {
      await this.#keepTasks(now)
      await this.#writeLogged(logged)
      if (drawing) await this.#pictures({ step: now.step }, now.step)
    } catch (error) {
      await this.#saveWithin(now).catch(() => {})
      throw error
    }
    if (this.#due) await this.#saveWithin(now)
  }

  async #saveWithin(now: Progress): Promise<void> {
    // What is not finite would not be loaded again; training is about to find it, and goes back.
    if (this.#model.session.notFinite) return
    this.#lines.within(lineOf(now, this.#lines.from, false))
    await this.save()
  }

  /** Told that steps were undone: what is saved may be of them, and a lie in it. */
  async undone(now: Progress): Promise<void> {
    if (this.#saved.step >= now.step) this.#savedAt = -Infinity
    await this.progress(now)
  }

  async #keepTasks(now: Progress): Promise<void> {
    const { tasks } = this.#options
    if (tasks) await this.#writing(() => tasks.keep(this.path, this.#model, now))
  }

  /** Writes an epoch's figures and pictures, and saves when it is time. */
  async epoch(now: Progress): Promise<EpochLine> {
    const logged = this.#logged(now)
    const { epoch, step } = now
    const { test: images, bestEpoch, best } = this.#options
    const test = images && await evaluateInTurns(this.#model, images)
    const line = lineOf(now, this.#lines.from, now.epochDone, test)
    this.#lines.add(line)
    // Before a state with this line is saved: what a saved run's lines call best is what it keeps.
    if (bestEpoch?.better(line) && best) await this.#keepBest(best)
    try {
      await this.#keepTasks(now)
      await this.#writeLogged(logged)
      await this.#writeLines()
      await this.#event((events) => events.scalars(step, 'epoch', line.metrics))
      if (test) await this.#event((events) => events.scalars(step, 'test', test))
      await this.#pictures({ epoch }, step)
    } catch (error) {
      // There may be no room for a picture and still some for the state; if not, the one that was saved before stays.
      await this.save().catch(() => {})
      throw error
    }
    if (this.#due) await this.save()
    return line
  }

  /** Takes how training stands into the figures of so many steps; gives their line where it is complete. */
  #logged(now: Progress): StepLine | undefined {
    const line = this.#last === now ? undefined : this.#steps?.next(now)
    this.#last = now
    if (line) this.#lines.log(line)
    return line
  }

  async #writeLogged(line: StepLine | undefined): Promise<void> {
    if (!line) return
    await this.#event((events) => events.scalars(line.step, 'steps', line.metrics))
    if (performance.now() - this.#writtenAt >= LINES_MS) await this.#writeLines()
  }

  async #writeLines(): Promise<void> {
    await this.#writing(() => writeFileAtomic(join(this.path, METRICS), this.#lines.written))
    this.#writtenAt = performance.now()
  }

  /** Whether it is time for pictures. */
  #drawing({ step }: Progress): boolean {
    const { steps, seconds } = this.#options.logs?.sampleEvery ?? {}
    if (steps !== undefined) return step % steps === 0
    return seconds !== undefined && performance.now() - this.#drawnAt >= 1000 * seconds
  }

  async #beginEvents(): Promise<void> {
    if (!this.#options.logs?.tensorboard) return
    await this.#writing(async () => { this.#events = await EventFile.start(this.path, this.#saved.step) })
  }
  async #event(write: (events: EventFile) => Promise<void>): Promise<void> {
    const events = this.#events
    if (events) await this.#writing(() => write(events))
  }

  get #due(): boolean {
    return performance.now() - this.#savedAt >= 1000 * this.#options.saveEvery
  }

  async #pictures(moment: Moment, step: number): Promise<void> {
    await makeSamples(this.samples)
    const channels = this.#model.definition.imageShape[2]!
    for (const { kind, tag, png } of picturesOf(this.#model, this.#options.shown)) {
      await this.#writing(() => writeFileAtomic(join(this.path, pictureFile(kind, moment)), png))
      await this.#event((events) => events.picture(step, tag, png, channels))
    }
    this.#drawnAt = performance.now()
  }

  /** Saves weights, state, digest and figures, where they are not saved already; returns the digest. */
  async save(): Promise<string> {
    const { tasks, onSaved } = this.#options
    const { step } = countersOf(this.#model.session)
    const lines = this.#lines.saved
    if (step === this.#saved.step && lines === this.#saved.lines) return this.#saved.digest
    const { digest, files } = await runFiles(this.#model)
    if (tasks) await this.#writing(() => tasks.write(this.path))
    await this.#writing(() => commit(this.path, { files: new Map([...files, [METRICS, lines]]) }))
    this.#lines.commit()
    this.#saved = { step, digest, lines }
    this.#savedAt = performance.now()
    await onSaved?.(this.path)
    return digest
  }

  /** Keeps the run as it is now, beside its later self: a run of its own, in `best`. */
  async #keepBest(config: RunConfig): Promise<void> {
    const { files } = await runFiles(this.#model)
    const all = new Map<string, Contents>([...files, [METRICS, this.#lines.saved], [CONFIG, formatConfig(config)]])
    await checkNoLink(this.best, 'no run is written')
    await this.#writing(async () => {
      const lock = await lockRun(this.best)
      await commit(this.best, { files: all }).finally(() => lock.release())
    })
  }

  /** Writes into the folder while it is this run's. */
  async #writing(write: () => Promise<void>): Promise<void> {
    await this.#lock.check()
    try {
      await write()
    } catch (error) {
      // A folder that is gone explains the error better.
      await this.#lock.check()
      throw error
    }
  }
}
