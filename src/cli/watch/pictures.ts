// The pictures of a run. Invariant: what is read is a file that lies in the run's own folder, where no link leads away.
import { lstat, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Moment, Picture } from '../../checkpoint/pictures.ts'
import { pictureFile, SAMPLES, stepOfPicture } from '../../node/run_files.ts'
import { readRegular } from '../../node/read.ts'
import type { Drawn, DrawnSteps } from './news.ts'

const MOST_PICTURE = 2 ** 26
/** Milliseconds for which a change of a folder may be followed by another one that its time does not show. */
const COARSE = 2000

/** The last of these pictures that there is. */
async function lastOf(run: string, kind: Picture, moments: readonly Moment[]): Promise<Drawn | undefined> {
  for (const moment of moments) {
    const entry = await lstat(join(run, pictureFile(kind, moment))).catch(() => undefined)
    if (entry?.isFile()) return { ...moment, mark: entry.mtimeMs }
  }
  return undefined
}

/**
 * The last picture of a run whose last epoch ended at a step: pictures come after the figures of their epoch, and of the first
 * there are no figures.
 * @param steps those after which there are pictures, in order
 */
export async function lastPicture(
  run: string, kind: Picture, last: { readonly epoch: number, readonly step: number }, steps: readonly number[],
): Promise<Drawn | undefined> {
  const within = steps.slice(-1).map((step) => ({ step }))
  const epochs = [last.epoch, last.epoch - 1].filter((epoch) => epoch > 0).map((epoch) => ({ epoch }))
  const order = (within[0]?.step ?? 0) > last.step ? [...within, ...epochs] : [...epochs, ...within]
  return lastOf(run, kind, [...order, { epoch: 0 }])
}

/** The steps within epochs after which there are pictures. Invariant: the folder is read only where it may have changed. */
export class StepPictures {
  readonly #folder: string
  #mark = -1
  #steps: readonly number[] = []

  constructor(run: string) {
    this.#folder = join(run, SAMPLES)
  }

  /** All of them, in order. */
  get all(): readonly number[] {
    return this.#steps
  }

  /** What is new since the last call. */
  async next(): Promise<DrawnSteps> {
    const before = this.#steps
    const entry = await lstat(this.#folder).catch(() => undefined)
    const mark = entry?.mtimeMs ?? 0
    if (mark === this.#mark) return { keep: before.length, steps: [] }
    const names = entry?.isDirectory() ? await readdir(this.#folder).catch(() => []) : []
    const found = new Set(names.map(stepOfPicture))
    found.delete(undefined)
    this.#steps = ([...found] as number[]).sort((a, b) => a - b)
    this.#mark = Date.now() - mark > COARSE ? mark : -1
    let keep = 0
    while (keep < before.length && before[keep] === this.#steps[keep]) keep++
    return { keep, steps: this.#steps.slice(keep) }
  }
}

/** The bytes of a picture; undefined where there is none, or a link is in its place or in that of a folder around it. */
export async function pictureOf(run: string, kind: Picture, moment: Moment): Promise<Uint8Array | undefined> {
  const name = pictureFile(kind, moment)
  try {
    const path = join(await realpath(run), name)
    return await realpath(path) === path ? await readRegular(path, MOST_PICTURE) : undefined
  } catch {
    return undefined
  }
}
