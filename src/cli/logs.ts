// What a run tells within its epochs: figures of every so many steps, pictures every so many steps or seconds, and events for
// TensorBoard. Invariant: nothing here changes the bits of the run.
import type { Progress } from '../train/train.ts'
import { integer } from './options.ts'
import type { Values } from './options.ts'

/** How often: after so many steps, or so many seconds. */
export interface Every {
  readonly steps?: number
  readonly seconds?: number
}

/** Steps, or seconds with an s. */
function every(text: string): Every {
  const [, digits = '', unit] = /^(\d{1,9}(?:\.\d{1,3})?)(s?)$/.exec(text) ?? []
  const value = Number(digits)
  if (!(value > 0) || (!unit && !Number.isInteger(value))) throw new RangeError('a number of steps, or of seconds as in 30s')
  return unit ? { seconds: value } : { steps: value }
}

export const logOptions = {
  'log-every': {
    value: 'N', help: 'figures of every N steps into metrics.jsonl, beside those of epochs', read: integer(1), initial: 'none',
  },
  'sample-every': {
    value: 'N|SECONDSs', help: 'pictures every N steps, or every 30s say, beside those of epochs', read: every, initial: 'none',
  },
  tensorboard: { help: 'figures and pictures as event files too: tensorboard --logdir RUN' },
} as const

export interface Logs {
  /** Steps between two lines of figures. */
  readonly logEvery?: number
  readonly sampleEvery?: Every
  readonly tensorboard?: boolean
}

export const logsFrom = ({ 'log-every': logEvery, 'sample-every': sampleEvery, tensorboard }: Values<typeof logOptions>): Logs =>
  ({ logEvery, sampleEvery, tensorboard })

/** The steps after which training has to say how it stands; undefined where any moment does. */
export function stopsOf({ logEvery, sampleEvery }: Logs): number | undefined {
  const all = [logEvery, sampleEvery?.steps].filter((n) => n !== undefined)
  return all.length ? all.reduce(divisor) : undefined
}

/** The greatest common divisor. */
const divisor = (a: number, b: number): number => (b ? divisor(b, a % b) : a)

/** A line of metrics.jsonl of some steps, of which an epoch's line tells too. */
export interface StepLine {
  readonly epoch: number
  /** The steps are those after `from`, up to `step`. */
  readonly from: number
  readonly step: number
  /** Means over the images of these steps, as they were trained. */
  readonly metrics: Readonly<Record<string, number>>
  readonly seconds: number
  readonly samplesPerSecond: number
}

/** Progress, which counts from an epoch's begin, as lines of so many steps each, which may lie in two epochs. */
export class StepLines {
  readonly #every: number
  #from: number
  #last: Progress | undefined
  #sums: Record<string, number> = {}
  #samples = 0
  #seconds = 0

  /** @param from the step that training goes on from */
  constructor(every: number, from: number) {
    this.#every = every
    this.#from = from
  }

  /** Takes how training stands; gives the line where one is complete. */
  next(now: Progress): StepLine | undefined {
    if (this.#last && now.step <= this.#last.step) {
      this.#begin(now.step)
      this.#last = now
      return undefined
    }
    const last = this.#last?.epoch === now.epoch ? this.#last : undefined
    const before = last?.samples ?? 0
    for (const [name, mean] of Object.entries(now.metrics)) {
      const sum = mean * now.samples - (last ? last.metrics[name]! * before : 0)
      this.#sums[name] = (this.#sums[name] ?? 0) + sum
    }
    this.#samples += now.samples - before
    this.#seconds += now.seconds - (last?.seconds ?? 0)
    this.#last = now
    if (now.step % this.#every) return undefined
    const [from, samples, seconds] = [this.#from, this.#samples, this.#seconds]
    const metrics = Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / samples]))
    this.#begin(now.step)
    return { epoch: now.epoch, from, step: now.step, metrics, seconds, samplesPerSecond: samples / seconds }
  }

  /** Begins a line after `step`; also where steps were undone, which then come again. */
  #begin(step: number): void {
    this.#from = step
    this.#sums = {}
    this.#samples = this.#seconds = 0
  }
}
