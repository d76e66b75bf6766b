// Schedules: a rate as a function of the step, under the names and formulas of optax and Keras. A schedule is built of ops, so
// it is a part of the tape: a run that is resumed has the same rate, to the bit. Its constants are made by + − × ÷ alone.
import { constant } from '../graph/leaves.ts'
import { type Tensor, tensor, type Value } from '../graph/tensor.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { less, lessEqual, maximum, minimum, where } from '../ops/compare.ts'
import { cos, exp, floor, log } from '../ops/unary.ts'
import {
  check, complete, count, flag, fraction, type Given, isNumbers, isObject, name as nameRule, option, positive, record, required,
  rule, shown,
} from '../options.ts'
import { plainRate, rate, type SavedSchedule, type Schedule } from './rate.ts'

export type { Rate, SavedSchedule, Schedule } from './rate.ts'

/** @param options as they were given: what is left out is not saved */
const schedule = (name: string, options: object, at: (step: Tensor) => Tensor): Schedule => ({
  at(step) {
    check(name, 'step', step, tensor)
    return at(step)
  },
  toJSON: () => ({ schedule: name, ...(JSON.parse(JSON.stringify(options)) as object) }),
})

const COSINE = {
  /** The first rate. */
  initial: required(plainRate),
  /** Steps until the last rate, which stays. */
  steps: required(count),
  /** The last rate, as a fraction of the first. Default 0. */
  alpha: option(fraction, 0),
}
export type CosineOptions = Given<typeof COSINE>

/**
 * initial · ((1 − α)·½·(1 + cos(π·t/steps)) + α), t = min(step, steps): optax's cosine_decay_schedule, Keras's CosineDecay
 * (Loshchilov and Hutter 2017, without restarts).
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * vae({ learningRate: schedules.cosine({ initial: 1e-3, steps: 20000 }) })
 */
export function cosine(options: CosineOptions): Schedule {
  const { initial, steps, alpha } = complete('cosine', options, COSINE)
  return schedule('cosine', options, (step) => {
    const turned = add(cos(mul(minimum(step, steps), Math.PI / steps)), 1)
    return add(mul(turned, 0.5 * (1 - alpha) * initial), alpha * initial)
  })
}

const EXPONENTIAL = {
  /** The first rate. */
  initial: required(plainRate),
  /** What the rate is multiplied by in `decaySteps` steps. */
  decayRate: required(positive),
  /** See `decayRate`. */
  decaySteps: required(count),
  /** Whether it falls every `decaySteps` steps at once. Default false: a little at each step. */
  staircase: option(flag, false),
}
export type ExponentialOptions = Given<typeof EXPONENTIAL>

/**
 * initial · decayRate^(step / decaySteps), the exponent rounded down for a staircase: optax's exponential_decay, Keras's
 * ExponentialDecay. The power is exp(exponent · ln decayRate) in f32: good to some (1 + |exponent · ln decayRate|)·2^-23.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * schedules.exponential({ initial: 1e-3, decaySteps: 1000, decayRate: 0.9 })
 */
export function exponential(options: ExponentialOptions): Schedule {
  const { initial, decayRate, decaySteps, staircase } = complete('exponential', options, EXPONENTIAL)
  return schedule('exponential', options, (step) => {
    const times = div(step, decaySteps)
    return mul(exp(mul(staircase ? floor(times) : times, log(constant(decayRate)))), initial)
  })
}

const numbers = rule('a list of numbers', isNumbers)
const PIECEWISE = {
  /** Steps after which the rate changes, in rising order. */
  boundaries: required(numbers),
  /** The rates, one more than boundaries. */
  values: required(numbers),
}
export type PiecewiseOptions = Given<typeof PIECEWISE>

/**
 * values[i] up to and with the step boundaries[i], the last value from there on: Keras's PiecewiseConstantDecay, whose steps
 * count from 0 too.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * schedules.piecewise({ boundaries: [1000, 2000], values: [1e-3, 5e-4, 1e-4] })
 */
export function piecewise(options: PiecewiseOptions): Schedule {
  const { boundaries, values } = complete('piecewise', options, PIECEWISE)
  boundaries.forEach((b, i) => {
    if (Number.isInteger(b) && b > (boundaries[i - 1] ?? -1)) return
    throw new RangeError(`piecewise: boundaries is ${shown(boundaries)}, expected numbers of steps in rising order`)
  })
  if (values.length !== boundaries.length + 1 || values.some((v) => plainRate.fault(v))) {
    const expected = `expected ${boundaries.length + 1} numbers of 0 or more, one more than boundaries`
    throw new RangeError(`piecewise: values is ${shown(values)}, ${expected}`)
  }
  return schedule('piecewise', options, (step) => boundaries.reduceRight<Tensor>(
    (later, b, i) => where(lessEqual(step, b), values[i]!, later), constant(values.at(-1)!)))
}

const LINEAR = {
  /** The first rate. */
  initial: required(plainRate),
  /** The last rate, which stays. */
  final: required(plainRate),
  /** Steps from the first to the last. */
  steps: required(count),
}
export type LinearOptions = Given<typeof LINEAR>

/**
 * initial + (final − initial)·t/steps, t = min(step, steps): optax's linear_schedule, Keras's PolynomialDecay of power 1.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * schedules.linear({ initial: 1e-3, final: 1e-5, steps: 5000 })
 */
export function linear(options: LinearOptions): Schedule {
  const { initial, final, steps } = complete('linear', options, LINEAR)
  return schedule('linear', options, (step) => between(initial, final, div(minimum(step, steps), steps)))
}

const WARMUP = {
  /** Steps until the first rate of `then`. */
  steps: required(count),
  /** What follows: its step 0 is the step `steps`. */
  then: required(rate),
  /** The first rate. Default 0. */
  initial: option(plainRate, 0),
}
export type WarmupOptions = Given<typeof WARMUP>

/**
 * From `initial` up to the first rate of `then` in a straight line, then `then`: as optax's warmup_cosine_decay_schedule joins
 * them, each schedule with a step count of its own. `warmup({ steps: 1000, then: cosine({ initial: 1e-3, steps: 20000 }) })`
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * schedules.warmup({ steps: 500, then: schedules.cosine({ initial: 1e-3, steps: 20000 }) })
 */
export function warmup(options: WarmupOptions): Schedule {
  const { steps, then, initial } = complete('warmup', options, WARMUP)
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
 * @example
 * schedules.from({ schedule: 'linear', initial: 1e-3, final: 0, steps: 1000 })
 */
export function from(saved: SavedSchedule): Schedule {
  check('schedules', 'what was saved', saved, record)
  const { schedule: name, ...options } = saved
  check('schedules', 'schedule', name, nameRule)
  if (!Object.hasOwn(KINDS, name)) {
    throw new RangeError(`schedules: there is no schedule ${shown(name)}, expected ${Object.keys(KINDS).join(', ')}`)
  }
  return KINDS[name]!(options as never)
}
