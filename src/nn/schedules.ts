// Schedules: a rate as a function of the step, under the names and formulas of optax and Keras. A schedule is built of ops, so
// it is a part of the tape: a run that is resumed has the same rate, to the bit. Its constants are made by + − × ÷ alone.
import { constant } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { add, div, mul, sub, type Value } from '../ops/arithmetic.ts'
import { less, lessEqual, maximum, minimum, where } from '../ops/compare.ts'
import { cos, exp, floor, log } from '../ops/unary.ts'
import { checkOptions, count, flag, fraction, isObject, list, notNegative, positive, required, shown } from '../options.ts'
import { type Rate, rate, type SavedSchedule, type Schedule } from './rate.ts'

export type { Rate, SavedSchedule, Schedule } from './rate.ts'

const schedule = (name: string, options: object, at: (step: Tensor) => Tensor): Schedule =>
  ({ at, toJSON: () => ({ schedule: name, ...(JSON.parse(JSON.stringify(options)) as object) }) })

export interface CosineOptions {
  /** The first rate. */
  readonly initial: number
  /** Steps until the last rate, which stays. */
  readonly steps: number
  /** The last rate, as a fraction of the first. Default 0. */
  readonly alpha?: number
}

/**
 * initial · ((1 − α)·½·(1 + cos(π·t/steps)) + α), t = min(step, steps): optax's cosine_decay_schedule, Keras's CosineDecay
 * (Loshchilov and Hutter 2017, without restarts).
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptions('cosine', options, { initial: required(notNegative), steps: required(count), alpha: fraction })
  const { initial, steps, alpha = 0 } = options
  return schedule('cosine', options, (step) => {
    const turned = add(cos(mul(minimum(step, steps), Math.PI / steps)), 1)
    return add(mul(turned, 0.5 * (1 - alpha) * initial), alpha * initial)
  })
}

export interface ExponentialOptions {
  readonly initial: number
  /** What the rate is multiplied by in `decaySteps` steps. */
  readonly decayRate: number
  readonly decaySteps: number
  /** Whether it falls every `decaySteps` steps at once. Default false: a little at each step. */
  readonly staircase?: boolean
}

/**
 * initial · decayRate^(step / decaySteps), the exponent rounded down for a staircase: optax's exponential_decay, Keras's
 * ExponentialDecay. The power is exp(exponent · ln decayRate) in f32: good to some (1 + |exponent · ln decayRate|)·2^-23.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function exponential(options: ExponentialOptions): Schedule {
  checkOptions('exponential', options, {
    initial: required(notNegative), decayRate: required(positive), decaySteps: required(count), staircase: flag,
  })
  const { initial, decayRate, decaySteps, staircase = false } = options
  return schedule('exponential', options, (step) => {
    const times = div(step, decaySteps)
    return mul(exp(mul(staircase ? floor(times) : times, log(constant(decayRate)))), initial)
  })
}

export interface PiecewiseOptions {
  /** Steps after which the rate changes, in rising order. */
  readonly boundaries: readonly number[]
  /** The rates, one more than boundaries. */
  readonly values: readonly number[]
}

/**
 * values[i] up to and with the step boundaries[i], the last value from there on: Keras's PiecewiseConstantDecay, whose steps
 * count from 0 too.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function piecewise(options: PiecewiseOptions): Schedule {
  checkOptions('piecewise', options, { boundaries: required(list), values: required(list) })
  const { boundaries, values } = options
  boundaries.forEach((b, i) => {
    if (Number.isInteger(b) && b > (boundaries[i - 1] ?? -1)) return
    throw new RangeError(`piecewise: boundaries is ${shown(boundaries)}, expected numbers of steps in rising order`)
  })
  if (values.length !== boundaries.length + 1 || values.some((v) => notNegative.fault(v))) {
    const expected = `expected ${boundaries.length + 1} numbers of 0 or more, one more than boundaries`
    throw new RangeError(`piecewise: values is ${shown(values)}, ${expected}`)
  }
  return schedule('piecewise', options, (step) => boundaries.reduceRight<Tensor>(
    (later, b, i) => where(lessEqual(step, b), values[i]!, later), constant(values.at(-1)!)))
}

export interface LinearOptions {
  /** The first rate. */
  readonly initial: number
  /** The last rate, which stays. */
  readonly final: number
  /** Steps from the first to the last. */
  readonly steps: number
}

/**
 * initial + (final − initial)·t/steps, t = min(step, steps): optax's linear_schedule, Keras's PolynomialDecay of power 1.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function linear(options: LinearOptions): Schedule {
  checkOptions('linear', options, { initial: required(notNegative), final: required(notNegative), steps: required(count) })
  const { initial, final, steps } = options
  return schedule('linear', options, (step) => between(initial, final, div(minimum(step, steps), steps)))
}

export interface WarmupOptions {
  /** Steps until the first rate of `then`. */
  readonly steps: number
  /** What follows: its step 0 is the step `steps`. */
  readonly then: Rate
  /** The first rate. Default 0. */
  readonly initial?: number
}

/**
 * From `initial` up to the first rate of `then` in a straight line, then `then`: as optax's warmup_cosine_decay_schedule joins
 * them, each schedule with a step count of its own. `warmup({ steps: 1000, then: cosine({ initial: 1e-3, steps: 20000 }) })`
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function warmup(options: WarmupOptions): Schedule {
  checkOptions('warmup', options, { steps: required(count), then: required(rate), initial: notNegative })
  const { steps, then, initial = 0 } = options
  return schedule('warmup', options, (step) => {
    const after = isObject(then) ? then.at(maximum(sub(step, steps), 0)) : constant(then)
    return where(less(step, steps), between(initial, after, div(step, steps)), after)
  })
}

/** a + (b − a)·t */
const between = (a: number, b: Value, t: Tensor): Tensor => add(mul(sub(b, a), t), a)

/** Schedules by their names, from options as they are saved. */
const KINDS: Readonly<Record<string, (options: never) => Schedule>> = {
  cosine, exponential, piecewise, linear,
  warmup: (options: Omit<WarmupOptions, 'then'> & { then: number | SavedSchedule }) =>
    warmup({ ...options, then: isObject(options.then) ? from(options.then) : options.then }),
}

/**
 * The schedule that was saved: `from(JSON.parse(JSON.stringify(cosine({ initial: 0.1, steps: 100 }))))`.
 * @throws TypeError, RangeError where it is none
 */
export function from(saved: SavedSchedule): Schedule {
  const { schedule: name, ...options } = saved
  if (!Object.hasOwn(KINDS, name)) {
    throw new RangeError(`schedules: there is no schedule ${shown(name)}, expected ${Object.keys(KINDS).join(', ')}`)
  }
  return KINDS[name]!(options as never)
}
