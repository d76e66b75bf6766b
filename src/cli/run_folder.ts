// The folder of a run while it trains: figures, pictures and weights, epoch by epoch. Each file is whole or absent, and
// a run that fails before it has weights to keep leaves nothing.
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { type RunConfig, saveConfig } from '../node/config.ts'
import { notEmpty, prepareRunFolder, removeFolders, writeFileAtomic } from '../node/files.ts'
import { reconstructionsPng, samplesPng } from '../node/pictures.ts'
import { saveRun } from '../node/run.ts'
import type { Model } from '../train/model.ts'
import type { Progress } from '../train/train.ts'
import { judge } from './judge.ts'

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

/** Images in a picture of samples, and pairs in one of reconstructions. */
const SAMPLES = 64
const PAIRS = 32
/** Weights are saved at the end of an epoch, but no sooner than this after the last time. */
const SAVE_MS = 10_000

/**
 * The folder a run goes to: `out`, or the first of runs/<model>, runs/<model>-2, … that is new or empty.
 * @throws GanglionError when `out` holds something and `force` is not set
 */
export async function chooseFolder(out: string | undefined, model: string, force: boolean): Promise<string> {
  if (out !== undefined) {
    const held = await contents(out)
    if (held.length > 0 && !force) throw notEmpty(out, held, 'choose another --out, or replace the run in it with --force')
    return out
  }
  for (let n = 1; ; n++) {
    const folder = join('runs', n === 1 ? model : `${model}-${n}`)
    if ((await contents(folder)).length === 0 || (force && n === 1)) return folder
  }
}

/** The names in a folder; none when there is no such folder. A file in its place is left for `prepareRunFolder` to refuse. */
const contents = (folder: string): Promise<string[]> => readdir(resolve(folder)).catch(() => [])

interface Start {
  readonly config: RunConfig
  /** The picture before training. */
  readonly first: Uint8Array
  /** What trains the model, to show reconstructions of where there is no other. */
  readonly data: ImageDataset
  /** What judges the model after each epoch, where it has figures of its own and there are test images. */
  readonly test?: ImageDataset
  readonly force: boolean
}

export class RunFolder {
  readonly path: string
  readonly #model: Model
  readonly #test: ImageDataset | undefined
  /** The images to reconstruct. */
  readonly #shown: ImageDataset
  #lines = ''
  #saved = -Infinity
  /** The topmost folder that was made for the run. */
  #made: string | undefined

  private constructor(path: string, model: Model, { test, data }: Start) {
    this.path = path
    this.#model = model
    this.#test = test
    this.#shown = test ?? data
  }

  /** Makes the folder, with the settings and the picture before training. */
  static async start(path: string, model: Model, options: Start): Promise<RunFolder> {
    const run = new RunFolder(path, model, options)
    run.#made = await prepareRunFolder(path, options)
    try {
      await mkdir(run.samples, { recursive: true }).catch(() => {})
      await saveConfig(path, options.config)
      await writeFileAtomic(join(run.samples, 'epoch-0000.png'), options.first)
    } catch (error) {
      await run.discard()
      throw error
    }
    return run
  }

  static firstPicture(model: Model): Uint8Array {
    return samplesPng(model, { count: SAMPLES })
  }

  get samples(): string {
    return join(this.path, 'samples')
  }

  /** Writes an epoch's figures and pictures, and the weights when they have not been saved for a while. */
  async epoch({ epoch, step, metrics, samples, seconds, epochDone: complete }: Progress): Promise<EpochLine> {
    const test = this.#test && await judge(this.#model, this.#test)
    const samplesPerSecond = samples / seconds
    const line: EpochLine = { epoch, step, metrics, ...(test && { test }), seconds, samplesPerSecond, complete }
    this.#lines += `${JSON.stringify(line)}\n`
    await writeFileAtomic(join(this.path, 'metrics.jsonl'), this.#lines)
    await this.#pictures(String(epoch).padStart(4, '0'))
    if (performance.now() - this.#saved >= SAVE_MS) await this.save()
    return line
  }

  async #pictures(name: string): Promise<void> {
    await writeFileAtomic(join(this.samples, `epoch-${name}.png`), samplesPng(this.#model, { count: SAMPLES }))
    if (!this.#model.definition.encode) return
    const indices = Array.from({ length: Math.min(PAIRS, this.#shown.count) }, (_, i) => i)
    const pairs = reconstructionsPng(this.#model, this.#shown, indices)
    await writeFileAtomic(join(this.samples, `reconstruction-epoch-${name}.png`), pairs)
  }

  /** Writes weights, state and digest; returns the digest. */
  async save(): Promise<string> {
    const digest = await saveRun(this.path, this.#model)
    this.#saved = performance.now()
    return digest
  }

  /** Removes what the run wrote when it has no weights to keep, and the folders it made if nothing else is in them. */
  async discard(): Promise<void> {
    if (this.#saved > -Infinity) return
    await prepareRunFolder(this.path, { force: true }).catch(() => {})
    await removeFolders(this.path, this.#made ?? this.path)
  }
}
