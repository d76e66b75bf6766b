// What variables hold before training, under Keras's names and with its defaults. Each is an expression that the core
// draws from the session's seed and the variable's name, so it does not depend on the order of layers.
import { constant as constantTensor, type Initializer, values } from '../graph/leaves.ts'
import { type Shape, shapeError, show, type Tensor } from '../graph/tensor.ts'
import { fill } from '../ops/fill.ts'
import * as random from '../ops/random.ts'
import { check, complete, finite, flag, type Given, oneOf, option, positive } from '../options.ts'

/**
 * 0 everywhere.
 * @example
 * variable('bias', [10], initializers.zeros())
 */
export const zeros = (): Initializer => (shape) => fill(shape, 0)
/**
 * 1 everywhere.
 * @example
 * variable('scale', [10], initializers.ones())
 */
export const ones = (): Initializer => (shape) => fill(shape, 1)
/**
 * One value everywhere, or a list of values for the whole shape.
 * @example
 * layers.dense({ units: 10, biasInitializer: initializers.constant(0.1) })
 */
export function constant(value: number | ArrayLike<number>): Initializer {
  check('constant', 'value', value, values)
  return (shape) => (typeof value === 'number' ? fill(shape, value) : constantTensor(value, shape))
}

const UNIFORM = {
  /** Default -0.05. */
  minval: option(finite, -0.05),
  /** Default 0.05. */
  maxval: option(finite, 0.05),
}

/**
 * Uniform in [minval, maxval). @throws RangeError unless minval ≤ maxval, both finite
 * @example
 * variable('book', [64, 16], initializers.randomUniform({ minval: -1, maxval: 1 }))
 */
export function randomUniform(options: Given<typeof UNIFORM> = {}): Initializer {
  const { minval, maxval } = complete('randomUniform', options, UNIFORM)
  if (minval > maxval) throw new RangeError(`randomUniform: minval ${minval} is above maxval ${maxval}`)
  return (shape, stream) => random.randomUniform(shape, stream, { minval, maxval })
}

/** The standard deviation is 0.05 by default. */
const NORMAL = random.normalOptions(0.05)
export type NormalOptions = Given<ReturnType<typeof random.normalOptions>>

/**
 * Normal. @throws RangeError when mean is not finite, or stddev is negative or not finite
 * @example
 * layers.conv2d({ filters: 8, kernelSize: 3, kernelInitializer: initializers.randomNormal({ stddev: 0.02 }) })
 */
export function randomNormal(options: NormalOptions = {}): Initializer {
  const all = complete('randomNormal', options, NORMAL)
  return (shape, stream) => random.randomNormal(shape, stream, all)
}

/**
 * Normal within two standard deviations; `stddev` is that of the normal before it is cut. @throws as `randomNormal` does
 * @example
 * layers.dense({ units: 10, kernelInitializer: initializers.truncatedNormal({ stddev: 0.02 }) })
 */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  const all = complete('truncatedNormal', options, NORMAL)
  return (shape, stream) => random.truncatedNormal(shape, stream, all)
}

export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

/**
 * The fans of a weight: how many inputs an output sums over, and the other way round.
 * Dense [in, out]: in, out. Convolution [kh, kw, in, out]: kh·kw·in, kh·kw·out. One dimension: its length for both.
 * @param transposed the weight is a transposed convolution's, [kh, kw, out, in]: the fans change places. Keras leaves them,
 *   which is the same for the Glorot initialisers
 */
export function fansOf(shape: Shape, transposed = false): Fans {
  if (!shape.length) return { fanIn: 1, fanOut: 1 }
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! }
  if (transposed && shape.length < 3) {
    throw shapeError('initializer', `${show(shape)} is no transposed convolution's weight, expected [kh, kw, out, in]`)
  }
  const receptive = shape.slice(0, -2).reduce((n, d) => n * d, 1)
  const [first, second] = [receptive * shape.at(-2)!, receptive * shape.at(-1)!]
  return transposed ? { fanIn: second, fanOut: first } : { fanIn: first, fanOut: second }
}

/** What draws numbers of mean 0 and of a variance. */
type Draw = (shape: Shape, stream: string, variance: number) => Tensor
const uniform: Draw = (shape, stream, variance) => {
  const bound = Math.sqrt(3 * variance)
  return random.randomUniform(shape, stream, { minval: -bound, maxval: bound })
}
const untruncated: Draw = (shape, stream, variance) => random.randomNormal(shape, stream, { stddev: Math.sqrt(variance) })
/** The standard deviation of a standard normal cut at ±2. */
const CUT_STDDEV = 0.87962566103423978
const truncated: Draw = (shape, stream, variance) =>
  random.truncatedNormal(shape, stream, { stddev: Math.sqrt(variance) / CUT_STDDEV })

type Mode = 'fanIn' | 'fanOut' | 'fanAvg'
const scaled = (scale: number, mode: Mode, draw: Draw, transposed: boolean): Initializer => (shape, stream) => {
  const { fanIn, fanOut } = fansOf(shape, transposed)
  return draw(shape, stream, scale / { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode])
}

const SCALING = {
  /** Default 1. */
  scale: option(positive, 1),
  /** Default 'fanIn'. */
  mode: option(oneOf('fanIn', 'fanOut', 'fanAvg'), 'fanIn'),
  /** Default 'truncatedNormal'. */
  distribution: option(oneOf('truncatedNormal', 'untruncatedNormal', 'uniform'), 'truncatedNormal'),
  /** The weight is a transposed convolution's, [kh, kw, out, in]. Default false. */
  transposed: option(flag, false),
}
export type VarianceScalingOptions = Given<typeof SCALING>

/**
 * Mean 0 and variance scale/n, n the fan that `mode` names.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * layers.dense({ units: 10, kernelInitializer: initializers.varianceScaling({ scale: 2, mode: 'fanIn' }) })
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const { scale, mode, distribution, transposed } = complete('varianceScaling', options, SCALING)
  const draw = { uniform, untruncatedNormal: untruncated, truncatedNormal: truncated }[distribution]
  return scaled(scale, mode, draw, transposed)
}

const TRANSPOSED = {
  /** The weight is a transposed convolution's, [kh, kw, out, in]. Default false. */
  transposed: option(flag, false),
}

/** An initializer of one option, by the one distribution that it has: a page takes no other along. */
/* @__NO_SIDE_EFFECTS__ */
function scaling(name: string, scale: number, mode: Mode, draw: Draw): (options?: Given<typeof TRANSPOSED>) => Initializer {
  return (options = {}) => scaled(scale, mode, draw, complete(name, options, TRANSPOSED).transposed)
}

/**
 * Uniform in ±√(6/(fanIn + fanOut)) (Glorot and Bengio 2010).
 * @example
 * variable('kernel', [784, 10], initializers.glorotUniform())
 */
export const glorotUniform = scaling('glorotUniform', 1, 'fanAvg', uniform)
/**
 * Normal of variance 2/(fanIn + fanOut), cut at two standard deviations.
 * @example
 * layers.dense({ units: 10, kernelInitializer: initializers.glorotNormal() })
 */
export const glorotNormal = scaling('glorotNormal', 1, 'fanAvg', truncated)
/**
 * Uniform in ±√(6/fanIn) (He et al. 2015).
 * @example
 * layers.dense({ units: 10, activation: 'relu', kernelInitializer: initializers.heUniform() })
 */
export const heUniform = scaling('heUniform', 2, 'fanIn', uniform)
/**
 * Normal of variance 2/fanIn, cut at two standard deviations.
 * @example
 * layers.dense({ units: 10, activation: 'relu', kernelInitializer: initializers.heNormal() })
 */
export const heNormal = scaling('heNormal', 2, 'fanIn', truncated)
