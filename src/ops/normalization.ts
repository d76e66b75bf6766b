// Normalizing to mean 0 and variance 1 over some axes.
// The variance is mean((x − mean)²), after a second centring (variance.ts).
import { apply, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, notNegative, optional } from '../options.ts'
import { relu } from './activation.ts'
import { add, mul, sub } from './arithmetic.ts'
import { affineOp, channelAffine, channelSums, rowsOf } from './channels.ts'
import { mean } from './reduce.ts'
import { stopGradient } from './stop_gradient.ts'
import { rsqrt, square } from './unary.ts'
import { centre } from './variance.ts'

interface Standardized {
  /** (x − mean) / √(variance + ε) */
  readonly y: Tensor
  /** Of a batch [channels]; else with the axes kept as 1. */
  readonly mean: Tensor
  readonly variance: Tensor
}

/** (x − mean) / √(variance + ε) over `axes`, and what it was made of. */
export function standardize(x: Tensor, axes: readonly number[], epsilon: number): Standardized {
  const { centred, shift, rest } = centre(x, axes)
  const variance = mean(square(centred), axes, { keepDims: true })
  return { y: mul(centred, rsqrt(add(variance, epsilon))), mean: add(shift, rest), variance }
}

/**
 * A function of x [batch, …, channels], of tensors [channels] by the names of `vectors`, and of ε.
 * @throws RangeError, when it is called, where the shapes do not fit
 */
/* @__NO_SIDE_EFFECTS__ */
function normalization<A extends readonly [x: Tensor, ...others: unknown[]], R>(
  op: string, vectors: readonly string[], f: (...args: A) => R,
): (...args: A) => R {
  const rules = { x: tensor, ...Object.fromEntries(vectors.map((name) => [name, tensor])), epsilon: optional(notNegative) }
  return checked(op, rules, (...args: A): R => {
    const { shape } = args[0]
    const channels = shape.at(-1)
    if (shape.length < 2) throw shapeError(op, `x has shape ${show(shape)}, expected [batch, …, channels]; reshape it`)
    vectors.forEach((name, i) => {
      const own = (args[i + 1] as Tensor).shape
      if (own.length === 1 && own[0] === channels) return
      const expected = `${name} must be [${channels}], one for each channel`
      throw shapeError(op, `${name} has shape ${show(own)}, x ${show(shape)}; ${expected}`)
    })
    return f(...args)
  })
}

/**
 * gamma · (x − mean) / √(variance + ε) + beta with the batch's own mean and variance (biased: divided by the count) of
 * each channel, as in training.
 * @param x [batch, …, channels]
 * @param gamma [channels]
 * @param beta [channels]
 * @returns y of x's shape; mean and variance [channels], to be averaged into moving statistics
 * @throws RangeError where the shapes do not fit, or a channel has one value: without a variance nothing reaches x's gradient
 * @example
 * const { y, mean, variance } = ops.batchNormalization(picture, gamma, beta)
 */
export const batchNormalization = normalization('batchNormalization', ['gamma', 'beta'], (
  x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number = 1e-3,
): Standardized => {
  if (rowsOf(x) === 1) {
    throw shapeError('batchNormalization', `x ${show(x.shape)} has one value a channel, which has no variance to learn from; ` +
      'use larger batches or images, drop the last batch of one sample (dropRemainder), or freeze the layer')
  }
  const shift = stopGradient(mean(x, x.shape.slice(1).map((_, i) => i)))
  const [rest, squares] = channelSums(x, shift).map((s) => mul(s, 1 / rowsOf(x))) as [Tensor, Tensor]
  // Of a constant channel it is the difference of two roundings, which may be negative.
  const variance = relu(sub(squares, square(rest)))
  const root = rsqrt(add(variance, epsilon))
  const q = mul(gamma, root)
  const u = sub(beta, stopGradient(mul(rest, q)))
  return { y: apply(normalizeOp, [x, shift, stopGradient(q), u, gamma, root, rest], {}), mean: add(shift, rest), variance }
})

/** (x − shift)·q + u with q = gamma · root and u = beta − rest·q. Its gradient for x is the whole one, by root and rest too. */
export const normalizeOp = affineOp('batchNormalization', false, (y, dy) => {
  const [x, shift, , , gamma, root, rest] = y.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
  const [sums, shifted] = channelSums(x, shift, dy)
  const products = sub(shifted, mul(rest, sums))
  const q = mul(gamma, root)
  const perRow = mul(q, -1 / rowsOf(x))
  const slope = mul(mul(perRow, square(root)), products)
  const dx = channelAffine(x, shift, slope, sub(mul(perRow, sums), mul(rest, slope)), dy, q)
  return [dx, null, null, sums, mul(products, root), null, null]
})

/**
 * gamma · (x − mean) / √(variance + ε) + beta with statistics given, as in inference.
 * @param x [batch, …, channels]; the other tensors are [channels]
 * @throws RangeError where the shapes do not fit
 * @example
 * ops.batchNormalizationInference(picture, gamma, beta, runningMean, runningVariance)
 */
export const batchNormalizationInference = normalization('batchNormalizationInference', ['gamma', 'beta', 'mean', 'variance'], (
  x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, epsilon: number = 1e-3,
): Tensor => channelAffine(x, mean, mul(gamma, rsqrt(add(variance, epsilon))), beta))

/**
 * gamma · (x − mean) / √(variance + ε) + beta with the mean and (biased) variance of each sample's last axis.
 * @param x [batch, …, channels]; gamma and beta are [channels]
 * @throws RangeError where the shapes do not fit
 * @example
 * ops.layerNormalization(picture, gamma, beta)
 */
export const layerNormalization = normalization('layerNormalization', ['gamma', 'beta'], (
  x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number = 1e-3,
): Tensor => add(mul(standardize(x, [x.shape.length - 1], epsilon).y, gamma), beta))
