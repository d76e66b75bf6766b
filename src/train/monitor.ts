// One figure, watched from epoch to epoch: which was the best, and for how long none has been better.
import { complete, flag, joined, name, notNegative, oneOf, whole } from '../options.ts'

export interface BestOptions<Names extends string = string> {
  /** The figure that is watched. Default 'val_loss', without validation 'loss'. */
  monitor?: Names
  /** Whether less or more is better. Default 'min'. */
  mode?: 'min' | 'max'
}
export interface EarlyStoppingOptions<Names extends string = string> extends BestOptions<Names> {
  /** After how many epochs in a row that are no better training ends; 0 is as 1. Default 0. */
  patience?: number
  /** By how much a better value must be better. Default 0. */
  minDelta?: number
  /** Whether the weights of the best epoch are put back at the end. Default false. */
  restoreBest?: boolean
}

const BEST = { monitor: name, mode: oneOf('min', 'max') }
const EARLY = joined(BEST, { patience: whole, minDelta: notNegative, restoreBest: flag })

/** @throws TypeError, RangeError where options of `keepBest` or `earlyStopping` are not as described */
export const checkBest = (options: object): unknown => complete('fit: keepBest', options, BEST)
export const checkEarly = (options: object): unknown => complete('fit: earlyStopping', options, EARLY)

export class Monitor {
  readonly figure: string
  readonly #sign: number
  readonly #minDelta: number
  #best = Infinity
  #waited = 0

  /**
   * @param known the figures that there will be
   * @throws RangeError where the one to watch is none of them
   */
  constructor(where: string, { monitor, mode = 'min', minDelta = 0 }: EarlyStoppingOptions, known: readonly string[]) {
    this.figure = monitor ?? (known.some((each) => each.startsWith('val_')) ? 'val_loss' : 'loss')
    this.#sign = mode === 'min' ? 1 : -1
    this.#minDelta = minDelta
    if (known.includes(this.figure)) return
    throw new RangeError(`fit: ${where} watches '${this.figure}', which this training does not report; ` +
      `give it a monitor: ${known.join(', ') || 'there is none'}`)
  }

  /** Takes the value of an epoch; whether it is better than all before. NaN is never better. */
  better(logs: Readonly<Record<string, number>>): boolean {
    const value = this.#sign * logs[this.figure]!
    const better = value < this.#best - this.#minDelta
    this.#waited = better ? 0 : this.#waited + 1
    if (better) this.#best = value
    return better
  }

  /** How many epochs in a row were no better. */
  get waited(): number {
    return this.#waited
  }
}
