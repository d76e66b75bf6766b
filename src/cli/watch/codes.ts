// Where a run's encoder puts images, and what its decoder makes of a code. Invariant: one thing is computed at a time, some
// images at once with turns for the server between, for a bounded time; a run is loaded again only where it was saved anew.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { WEIGHTS } from '../../checkpoint/run.ts'
import { loadedOptions } from '../../checkpoint/options.ts'
import type { RunConfig } from '../../checkpoint/config.ts'
import type { ImageDataset } from '../../data/dataset.ts'
import { spread, subset } from '../../data/subset.ts'
import { GanglionError } from '../../errors.ts'
import { sizeOf } from '../../graph/tensor.ts'
import { isModelName, models } from '../../models/kinds.ts'
import { loadConfig } from '../../node/config.ts'
import { loadRun, type Run } from '../../node/run.ts'
import { scaledImages } from '../../train/batches.ts'
import { readsLabels } from '../../train/inference.ts'
import { someFittingData } from '../data.ts'

/** Images that are encoded, as far as there are so many, and their numbers and MOST_MS allow it; and how many at a time. */
const MOST_IMAGES = 1000
const MOST_PIXELS = 2 ** 26
const AT_ONCE = 50
const MOST_MS = 2000
/** Numbers of a code that is decoded: an address holds no more. */
const MOST_NUMBERS = 2000
/** Runs that are kept loaded, and sets of images. */
const MOST_KEPT = 4

export interface Codes {
  /** Numbers of a code. */
  readonly size: number
  readonly codes: Float32Array
  readonly labels?: readonly number[]
  readonly classNames?: readonly string[]
  /** Of a decoded image; left out where codes cannot be decoded here. */
  readonly shape?: readonly number[]
}

interface Loaded extends Run {
  readonly mark: string
}
type Shown = ImageDataset & { readonly classNames?: readonly string[] }

/** Images of a shape that a map may show. */
export const mostShown = (shape: readonly number[]): number =>
  Math.max(1, Math.min(MOST_IMAGES, Math.floor(MOST_PIXELS / sizeOf(shape))))

/** Whether a run has a latent map. A module of one's own is code that nobody asked to run by looking. */
export function hasMap({ model: { kind, options, module } }: RunConfig): boolean {
  return !module && isModelName(kind) && models[kind](loadedOptions(options)).encode !== undefined
}

/** When a run was saved last; undefined where it was not. */
export async function savedAt(run: string): Promise<number | undefined> {
  return (await stat(join(run, WEIGHTS)).catch(() => undefined))?.mtimeMs
}

export class Encoders {
  readonly #given: Shown | undefined
  readonly #loaded = new Map<string, Loaded>()
  readonly #shown = new Map<string, Shown>()
  #last: Promise<unknown> = Promise.resolve()

  /** @param images in place of those of the runs */
  constructor(images?: Shown) {
    this.#given = images
  }

  /** @throws GanglionError where the run or its images cannot be loaded, or it has no map */
  codesOf(folder: string): Promise<Codes> {
    return this.#inTurn(async () => {
      const run = await this.#load(folder)
      const data = await this.#imagesOf(folder, run)
      const { codeShape, imageShape } = run.model.definition
      const [told, toldToDecode] = (['encode', 'decode'] as const).map((graph) => readsLabels(run.model.definition, graph))
      const { labels, classNames } = data
      if (told && !labels) throw new GanglionError('the images have no labels, which the model wants')
      const [size, began] = [sizeOf(codeShape), performance.now()]
      const codes = new Float32Array(data.count * size)
      let count = 0
      while (count < data.count && (count === 0 || performance.now() - began < MOST_MS)) {
        const rows = Array.from({ length: Math.min(AT_ONCE, data.count - count) }, (_, i) => count + i)
        const own = told ? { labels: rows.map((row) => labels![row]!) } : {}
        codes.set(run.model.encode(scaledImages(data, rows), own), count * size)
        count += rows.length
        await turn()
      }
      return {
        size, codes: codes.subarray(0, count * size), ...(labels && { labels: Array.from(labels).slice(0, count) }),
        ...(classNames && { classNames }), ...(!toldToDecode && size <= MOST_NUMBERS && { shape: imageShape }),
      }
    })
  }

  /** The image of a code. @throws GanglionError as `codesOf`, and where the code is not of the run's size */
  decode(folder: string, code: Float32Array): Promise<Float32Array> {
    return this.#inTurn(async () => {
      const { model } = await this.#load(folder)
      const size = sizeOf(model.definition.codeShape)
      if (code.length === size && !readsLabels(model.definition, 'decode')) return model.decode(code)
      throw new GanglionError(`the code has ${code.length} numbers, and the run's have ${size}; load the page again`)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }

  async #load(folder: string): Promise<Loaded> {
    const mark = String(await savedAt(folder))
    const known = this.#loaded.get(folder)
    if (known?.mark === mark) return keep(this.#loaded, folder, known)
    if (!hasMap(await loadConfig(folder))) throw new GanglionError('the run has no latent map, for its model has no encoder')
    return keep(this.#loaded, folder, { ...await loadRun(folder), mark })
  }

  /** Images that are as far from each other as they can be. */
  async #imagesOf(folder: string, { config, model }: Run): Promise<Shown> {
    const { imageShape } = model.definition
    const key = JSON.stringify([config.data, imageShape])
    const known = this.#shown.get(key)
    if (known) return keep(this.#shown, key, known)
    const most = mostShown(imageShape)
    const data: Shown = this.#given ? subset(this.#given, spread(this.#given.count, most))
      : await someFittingData(config, folder, model, most)
    return keep(this.#shown, key, data)
  }
}

/** Keeps a value, and of others those that were kept last. */
function keep<T>(all: Map<string, T>, key: string, value: T): T {
  all.delete(key)
  all.set(key, value)
  const [oldest] = all.keys()
  if (all.size > MOST_KEPT) all.delete(oldest!)
  return value
}
