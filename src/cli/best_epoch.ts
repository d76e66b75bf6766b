// Early stopping and the best epoch of a run, by a figure of test images. Invariant: given the lines that a run has, this knows
// what one long run would: such a figure depends on the state after an epoch alone, as figures of training do not.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { Model } from '../train/model.ts'
import { Monitor } from '../train/monitor.ts'
import type { EpochLine } from './lines.ts'

export interface BestOptions {
  /** The figure, of those of test images: the less, the better. */
  readonly monitor?: string
  /** Epochs in a row that may be no better; without, training does not end early. */
  readonly earlyStopping?: number
  /** Whether the run as it was after its best epoch is kept. */
  readonly keepBest?: boolean
}

interface Judged {
  readonly kind: string
  /** The names of what judges the model after each epoch. */
  readonly figures: readonly string[]
  /** Whether there are images to judge by. */
  readonly test: boolean
}

export interface Best {
  readonly monitor: string
  readonly epoch: number
  readonly value: number
}

/**
 * What watches the epochs of a run, where anything does, told of those that it has had.
 * @throws GanglionError where there is nothing to know the best epoch by
 */
export function bestEpochOf(
  { definition: { kind }, names: { figures } }: Model, test: ImageDataset | undefined, bestOptions: BestOptions = {},
  lines: readonly string[] = [],
): BestEpoch | undefined {
  if (bestOptions.earlyStopping === undefined && !bestOptions.keepBest) return undefined
  const bestEpoch = new BestEpoch(bestOptions, { kind, figures, test: test !== undefined })
  for (const line of lines) bestEpoch.better(JSON.parse(line) as EpochLine)
  return bestEpoch
}

export class BestEpoch {
  readonly keepsBest: boolean
  readonly #monitor: Monitor
  readonly #patience: number
  #best: Best | undefined

  /** @throws GanglionError where there is no such figure */
  constructor({ monitor = DEFAULT, earlyStopping = Infinity, keepBest = false }: BestOptions, judged: Judged) {
    checkFigure(monitor, judged)
    this.keepsBest = keepBest
    this.#patience = earlyStopping
    this.#monitor = new Monitor('monitor', { monitor }, judged.figures)
  }

  /** Takes the line of an epoch; whether it is the best. One that was stopped does not count. */
  better({ complete, epoch, test = {} }: EpochLine): boolean {
    if (!complete) return false
    const better = this.#monitor.better(test)
    const monitor = this.#monitor.figure
    if (better) this.#best = { monitor, epoch, value: test[monitor]! }
    return better
  }

  /** Whether training is to end now. */
  get ends(): boolean {
    return this.#monitor.waited >= this.#patience
  }
  /** None where the figure was never a number. */
  get best(): Best | undefined {
    return this.#best
  }
}

/** What all models that are judged have. */
const DEFAULT = 'loss'

function checkFigure(monitor: string, { kind, figures, test }: Judged): void {
  const without = 'leave out --early-stopping and --keep-best'
  if (!figures.length) {
    throw new GanglionError(`a ${kind} has no figure of its own on images, by which to know its best epoch; ${without}`)
  }
  if (!test) {
    throw new GanglionError('the best epoch is known by test images, and the data have none; ' +
      `hold some out with --validation 0.1, or ${without}`)
  }
  if (figures.includes(monitor)) return
  throw new GanglionError(`a ${kind} has no figure "${monitor}" of test images; give --monitor one of ${figures.join(', ')}`)
}
