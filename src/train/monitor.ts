// One figure, watched from epoch to epoch: which was the best, and for how long none has been better.
import { complete, flag, type Given, name, notNegative, oneOf, type Rule, whole } from '../options.ts'

/** What `keepBest` takes. A function, because its type has the names of the figures. */
/* @__NO_SIDE_EFFECTS__ */
function best<Names extends string>() {
  return {
    /** The figure that is watched. Default 'val_loss', without validation 'loss'. */
    monitor: name as Rule<Names>,
    /** Whether less or more is better. Default 'min'. */
    mode: oneOf('min', 'max'),
  }
}
const BEST = best<string>()
export type BestOptions<Names extends string = string> = Given<ReturnType<typeof best<Names>>>

const EARLY = {
  /** After how many epochs in a row that are no better training ends; 0 is as 1. Default 0. */
  patience: whole,
  /** By how much a better value must be better. Default 0. */
  minDelta: notNegative,
  /** Whether the weights of the best epoch are put back at the end. Default false. */
  restoreBest: flag,
}
export type EarlyStoppingOptions<Names extends string = string> = BestOptions<Names> & Given<typeof EARLY>

/** @throws TypeError, RangeError where options of `keepBest` or `earlyStopping` are not as described */
export const checkBest = (options: object): unknown => complete('fit: keepBest', options, BEST)
export const checkEarly = (options: object): unknown => complete('fit: earlyStopping', options, BEST, EARLY)

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
