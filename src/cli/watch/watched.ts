// One run as a page is told of it. Invariant: what it says stays below a size, however many epochs there are, and nothing is
// written. A run that was removed stays known by its number, and comes back where a run is put there again.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunConfig } from '../../checkpoint/config.ts'
import { loadConfig } from '../../node/config.ts'
import { CONFIG, METRICS } from '../../node/run_files.ts'
import type { EpochLine } from '../lines.ts'
import type { Found } from './find.ts'
import { Follower } from './follow.ts'

/** Points of a curve: more are not told from each other on a screen. */
export const MOST_POINTS = 800

export interface RunState {
  readonly name: string
  readonly config?: RunConfig
  /** Why there are no figures, or no new ones. */
  readonly fault?: string
  /** The last epoch that has figures. */
  readonly last?: EpochLine
  /** Epochs that the curves join at each point. */
  readonly each: number
  readonly points: readonly Point[]
}

/** Means of some epochs, at the last step of them. */
export interface Point {
  readonly step: number
  readonly values: Readonly<Record<string, number>>
}

export class Watched {
  readonly #found: Found
  readonly #follower: Follower
  #config: RunConfig | undefined
  #configMark = ''
  #lines: EpochLine[] = []
  #fault: string | undefined

  constructor(found: Found) {
    this.#found = found
    this.#follower = new Follower(join(found.path, METRICS))
  }

  get path(): string {
    return this.#found.path
  }

  /** Reads what is new; whether anything is. */
  async look(): Promise<boolean> {
    const before = this.#fault
    let changed = false
    try {
      const { mtimeMs, ino, size } = await stat(join(this.path, CONFIG))
      const mark = `${mtimeMs} ${ino} ${size}`
      if (mark !== this.#configMark) {
        this.#config = await loadConfig(this.path)
        this.#configMark = mark
        changed = true
      }
      const { fresh, lines } = await this.#follower.next()
      if (fresh) {
        changed ||= lines.length > 0 || this.#lines.length > 0
        this.#lines = [...lines]
      } else this.#lines.push(...lines)
      changed ||= lines.length > 0
      this.#fault = undefined
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      this.#fault = missing ? `the run "${this.#found.name}" was moved or removed` : (error as Error).message
      this.#configMark = ''
    }
    return changed || before !== this.#fault
  }

  state(): RunState {
    const each = Math.max(1, Math.ceil(this.#lines.length / MOST_POINTS))
    const points: Point[] = []
    for (let i = 0; i < this.#lines.length; i += each) points.push(joined(this.#lines.slice(i, i + each)))
    const last = this.#lines.at(-1)
    return {
      name: this.#found.name, each, points,
      ...(this.#config && { config: this.#config }), ...(last && { last }),
      ...(this.#fault !== undefined && { fault: this.#fault }),
    }
  }
}

/** Figures of the test images are called as `ganglion sweep` calls them. */
function joined(lines: readonly EpochLine[]): Point {
  const sums = new Map<string, [sum: number, count: number]>()
  for (const { metrics, test = {} } of lines) {
    const named = [...Object.entries(metrics), ...Object.entries(test).map(([name, x]) => [`test.${name}`, x] as const)]
    for (const [name, value] of named) {
      const [sum, count] = sums.get(name) ?? [0, 0]
      sums.set(name, [sum + value, count + 1])
    }
  }
  const values = Object.fromEntries([...sums].map(([name, [sum, count]]) => [name, sum / count]))
  return { step: lines.at(-1)!.step, values }
}
