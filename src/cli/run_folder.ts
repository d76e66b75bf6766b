// The folder of a run while it trains: figures, pictures and weights, epoch by epoch. Each file is whole or absent, and
// a run that fails before it has weights to keep leaves nothing.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import type { RunConfig } from '../checkpoint/config.ts'
import { saveConfig } from '../node/config.ts'
import { prepareRunFolder, writeFileAtomic } from '../node/files.ts'
import { mostPairs, mostSamples, reconstructionsPng, samplesPng } from '../node/pictures.ts'
import { saveRun } from '../node/run.ts'
import { evaluateInTurns } from '../train/evaluate.ts'
import type { Model } from '../train/model.ts'
import { countersOf } from '../train/state.ts'
import type { Progress } from '../train/train.ts'

/** A line of metrics.jsonl. */
export interface EpochLine {
  readonly epoch: number
  readonly step: number
  /** Means over the epoch, as it was trained. */
  readonly metrics: Readonly<Record<string, number>>
  /** Means over the test images, after the epoch; left out where there are none, or the model has no such figures. */
  readonly test?: Readonly<Record<string, number>>
  readonly seconds: number
  readonly samplesPerSecond: number
  /** False for an epoch that was stopped. */
  readonly complete: boolean
}

/** Images in a picture of samples, and pairs in one of reconstructions: fewer, where a picture has no room for them. */
const SAMPLES = 64
const PAIRS = 32
/** Weights are saved at the end of an epoch, but no sooner than this after the last time. */
const SAVE_MS = 10_000

interface Start {
  readonly config: RunConfig
  /** What trains the model, to show reconstructions of where there is no other. */
  readonly data: ImageDataset
  /** What judges the model after each epoch, where it has figures of its own and there are test images. */
  readonly test?: ImageDataset
}

export class RunFolder {
  readonly path: string
  readonly #model: Model
  readonly #test: ImageDataset | undefined
  /** The images to reconstruct. */
  readonly #shown: ImageDataset
  #lines = ''
  #saved = -Infinity
  /** The step that the saved weights are of; undefined as long as there are none. */
  #step: number | undefined

  private constructor(path: string, model: Model, { test, data }: Start) {
    this.path = path
    this.#model = model
    this.#test = test
    this.#shown = test ?? data
  }

  /** Empties the folder, if it holds a run, and writes the settings and the picture before training. */
  static async start(path: string, model: Model, options: Start & { first: Uint8Array }): Promise<RunFolder> {
    const run = new RunFolder(path, model, options)
    try {
      await prepareRunFolder(run.path, { force: true })
      await mkdir(run.samples, { recursive: true }).catch(() => {})
      await saveConfig(run.path, options.config)
      await writeFileAtomic(join(run.samples, 'epoch-0000.png'), options.first)
    } catch (error) {
      await run.tidy()
      throw error
    }
    return run
  }

  /** Goes on with the run in the folder, whose weights are of `step`, after the lines of its figures. */
  static async resume(path: string, model: Model, options: Start & { lines: string, step: number }): Promise<RunFolder> {
    const run = new RunFolder(path, model, options)
    run.#lines = options.lines
    run.#saved = performance.now()
    run.#step = options.step
    try {
      await mkdir(run.samples, { recursive: true }).catch(() => {})
      await saveConfig(run.path, options.config)
    } catch (error) {
      await run.tidy()
      throw error
    }
    return run
  }

  static picture(model: Model): Uint8Array {
    return samplesPng(model, { count: Math.min(SAMPLES, mostSamples(model)) })
  }

  get samples(): string {
    return join(this.path, 'samples')
  }

  /** Writes an epoch's figures and pictures, and the weights when they have not been saved for a while. */
  async epoch({ epoch, step, metrics, samples, seconds, epochDone: complete }: Progress): Promise<EpochLine> {
    const test = this.#test && await evaluateInTurns(this.#model, this.#test)
    const samplesPerSecond = samples / seconds
    const line: EpochLine = { epoch, step, metrics, ...(test && { test }), seconds, samplesPerSecond, complete }
    this.#lines += `${JSON.stringify(line)}\n`
    await writeFileAtomic(join(this.path, 'metrics.jsonl'), this.#lines)
    await this.#pictures(String(epoch).padStart(4, '0'))
    if (performance.now() - this.#saved >= SAVE_MS) await this.save()
    return line
  }

  async #pictures(name: string): Promise<void> {
    await writeFileAtomic(join(this.samples, `epoch-${name}.png`), RunFolder.picture(this.#model))
    if (!this.#model.definition.encode) return
    const indices = Array.from({ length: Math.min(PAIRS, this.#shown.count, mostPairs(this.#model)) }, (_, i) => i)
    const pairs = reconstructionsPng(this.#model, this.#shown, indices)
    await writeFileAtomic(join(this.samples, `reconstruction-epoch-${name}.png`), pairs)
  }

  /** Writes weights, state and digest; returns the digest. */
  async save(): Promise<string> {
    const digest = await saveRun(this.path, this.#model)
    this.#saved = performance.now()
    this.#step = countersOf(this.#model.session).step
    return digest
  }

  /** Removes what the run wrote when it has no weights to keep; returns the step of those that it has. */
  async tidy(): Promise<number | undefined> {
    if (this.#step === undefined) await prepareRunFolder(this.path, { force: true }).catch(() => {})
    return this.#step
  }
}
