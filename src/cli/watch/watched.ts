// One run as a page is told of it. Invariant: what is told is what is new, and nothing is written. A run that was removed stays
// known by its number, and comes back where a run is put there again.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunConfig } from '../../checkpoint/config.ts'
import { loadConfig } from '../../node/config.ts'
import { isHeld } from '../../node/lock.ts'
import { type Picture, PICTURES } from '../../checkpoint/pictures.ts'
import { CONFIG, METRICS } from '../../node/run_files.ts'
import { isRecord } from '../../options.ts'
import type { EpochLine } from '../lines.ts'
import { hasMap, savedAt } from './codes.ts'
import type { Found } from './find.ts'
import { Follower } from './follow.ts'
import type { Drawn, Facts, Row, RunNews } from './news.ts'
import { lastPicture, StepPictures } from './pictures.ts'
import { toldOf } from './told.ts'

export class Watched {
  readonly #found: Found
  readonly #follower: Follower
  readonly #stepPictures: StepPictures
  #config: RunConfig | undefined
  #hasMap = false
  #configMark = ''
  #rows: Row[] = []
  #facts: Facts
  #told = ''

  constructor(found: Found) {
    this.#found = found
    this.#follower = new Follower(join(found.path, METRICS))
    this.#stepPictures = new StepPictures(found.path)
    this.#facts = { name: found.name, options: [], status: 'stopped', pictures: {} }
  }

  get path(): string {
    return this.#found.path
  }

  /** Reads what is new; undefined where nothing is. */
  async look(): Promise<RunNews | undefined> {
    let keep = this.#rows.length
    let rows: Row[] = []
    let fault: string | undefined
    try {
      await this.#readConfig()
      const news = await this.#follower.next()
      keep = news.keep
      rows = news.lines.map(rowOf)
    } catch (error) {
      fault = (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `the run "${this.#found.name}" was moved or removed` : (error as Error).message
      this.#configMark = ''
    }
    const known = this.#stepPictures.all.length
    const drawn = await this.#stepPictures.next()
    const changed = keep < this.#rows.length || rows.length > 0 || drawn.keep < known || drawn.steps.length > 0
    this.#rows.length = keep
    for (const row of rows) this.#rows.push(row)
    this.#facts = await this.#factsNow(fault)
    const told = JSON.stringify(this.#facts)
    if (told === this.#told && !changed) return undefined
    this.#told = told
    return { ...this.#facts, keep, rows, drawn }
  }

  /** All of it, for who knows nothing yet. */
  all(): RunNews {
    return { ...this.#facts, keep: 0, rows: this.#rows, drawn: { keep: 0, steps: this.#stepPictures.all } }
  }

  async #readConfig(): Promise<void> {
    const { mtimeMs, ino, size } = await stat(join(this.path, CONFIG))
    const mark = `${mtimeMs} ${ino} ${size}`
    if (mark === this.#configMark) return
    this.#config = await loadConfig(this.path)
    this.#hasMap = hasMap(this.#config)
    this.#configMark = mark
  }

  async #factsNow(fault: string | undefined): Promise<Facts> {
    const { epoch = 0, step = 0, complete } = this.#rows.findLast((row) => row.complete !== null) ?? {}
    const epochs = this.#config?.training.epochs
    const held = await isHeld(this.path).catch(() => false)
    const pictures: { [K in Picture]?: Drawn } = {}
    for (const kind of PICTURES) {
      const drawn = await lastPicture(this.path, kind, { epoch, step }, this.#stepPictures.all)
      if (drawn) pictures[kind] = drawn
    }
    const map = this.#hasMap ? await savedAt(this.path) : undefined
    return {
      name: this.#found.name, options: this.#config ? toldOf(this.#config) : [], pictures,
      status: held ? 'training' : complete && epoch >= (epochs ?? Infinity) ? 'ended' : 'stopped',
      ...(epochs !== undefined && { epochs }), ...(fault !== undefined && { fault }),
      ...(map !== undefined && { map }),
    }
  }
}

/** Of a line that may hold anything. */
function rowOf({ epoch, step, samplesPerSecond, complete, metrics, test }: Partial<EpochLine>): Row {
  const values = { ...numbersOf(metrics, ''), ...numbersOf(test, 'test.') }
  return {
    epoch: Number(epoch), step: Number(step), speed: Number(samplesPerSecond),
    complete: typeof complete === 'boolean' ? complete : null, values,
  }
}

const numbersOf = (named: unknown, prefix: string): Record<string, number> => Object.fromEntries(
  Object.entries(isRecord(named) ? named : {}).filter(([, x]) => typeof x === 'number')
    .map(([name, x]) => [`${prefix}${name}`, x as number]))
