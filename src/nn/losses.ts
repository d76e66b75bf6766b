// Losses, composed of ops, under Keras's names. Labels come first, as in Keras; a number is taken for every label.
// Invariant: labels and predictions have one shape. Broadcast, [64] beside [64, 1] would be each compared with each.
// Softmax cross-entropy is elsewhere: it needs reductions of its own.
import { sameShape, shapeError, show, Tensor, tensor, type Value, value } from '../graph/tensor.ts'
import { relu, softplus } from '../ops/activation.ts'
import { add, mul, negative, sub } from '../ops/arithmetic.ts'
import { mean, sum } from '../ops/reduce.ts'
import { abs, log, square } from '../ops/unary.ts'
import { check, checked, fraction, notNegative, type Rule } from '../options.ts'

/** @throws RangeError where both are tensors, of different shapes; TypeError where they are not what they should be */
function checkPair(loss: string, labels: Value, predictions: Tensor, rule: Rule = value): void {
  check(loss, 'labels', labels, rule)
  check(loss, 'predictions', predictions, tensor)
  if (!(labels instanceof Tensor) || sameShape(labels.shape, predictions.shape)) return
  const shapes = `labels ${show(labels.shape)} and predictions ${show(predictions.shape)}`
  throw shapeError(loss, `${shapes} differ; reshape the labels, or use oneHot for class numbers`)
}

/** A loss that refuses labels and predictions of different shapes. */
/* @__NO_SIDE_EFFECTS__ */
export function paired<Labels extends Value = Value>(
  name: string, loss: (labels: Labels, predictions: Tensor) => Tensor, rule?: Rule<Labels>,
): typeof loss {
  return (labels, predictions) => {
    checkPair(name, labels, predictions, rule)
    return loss(labels, predictions)
  }
}

/**
 * (1/n) Σ (p − y)², a scalar (Keras MeanSquaredError over all elements). @throws RangeError where the shapes differ
 * @example
 * losses.meanSquaredError(constant([1, 2]), constant([1, 4])) // 2
 */
export const meanSquaredError = paired('meanSquaredError', (y, p) => mean(square(sub(p, y))))

/**
 * Σ (p − y)², a scalar: the Gaussian likelihood of a VAE with unit variance, times 2.
 * @throws RangeError where the shapes differ
 * @example
 * losses.sumSquaredError(constant([1, 2]), constant([1, 4])) // 4
 */
export const sumSquaredError = paired('sumSquaredError', (y, p) => sum(square(sub(p, y))))

/**
 * (1/n) Σ |p − y|, a scalar (Keras MeanAbsoluteError over all elements). The gradient where p = y is 0.
 * @throws RangeError where the shapes differ
 * @example
 * losses.meanAbsoluteError(constant([1, 2]), constant([1, 4])) // 1
 */
export const meanAbsoluteError = paired('meanAbsoluteError', (y, p) => mean(abs(sub(p, y))))

/**
 * y·softplus(−l) + (1 − y)·softplus(l) per element: cross-entropy of the probability sigmoid(l), without overflow or
 * cancellation for any l (TensorFlow's sigmoid_cross_entropy_with_logits). One softplus where `labels` is 0 or 1.
 * @param labels probabilities in [0, 1], of the logits' shape
 * @throws RangeError where the shapes differ, or labels is a number outside of [0, 1]
 * @example
 * const loss = ops.add(losses.sigmoidCrossEntropy(1, realScores), losses.sigmoidCrossEntropy(0, fakeScores))
 */
export function sigmoidCrossEntropy(labels: Value, logits: Tensor): Tensor {
  checkPair('sigmoidCrossEntropy', labels, logits)
  if (typeof labels === 'number') check('sigmoidCrossEntropy', 'labels', labels, fraction)
  if (labels === 0) return softplus(logits)
  if (labels === 1) return softplus(negative(logits))
  const no = typeof labels === 'number' ? 1 - labels : sub(1, labels)
  return add(mul(labels, softplus(negative(logits))), mul(no, softplus(logits)))
}

/**
 * The mean of `sigmoidCrossEntropy`, a scalar (Keras BinaryCrossentropy with fromLogits).
 * @example
 * losses.binaryCrossentropy(1, ops.sigmoid(logits))
 */
export const binaryCrossentropy = paired('binaryCrossentropy', (labels, logits) => mean(sigmoidCrossEntropy(labels, logits)))

/**
 * −(1/n) Σ [y·ln(p + ε) + (1 − y)·ln(1 − p + ε)], a scalar (TensorFlow 1's losses.log_loss with its ε).
 * Prefer `binaryCrossentropy`: f32 cannot tell p from 1 above logits of 17.
 * @param predictions probabilities
 * @example
 * losses.logLoss(1, ops.sigmoid(logits))
 */
export function logLoss(labels: Value, predictions: Tensor, epsilon = 1e-7): Tensor {
  checkPair('logLoss', labels, predictions)
  check('logLoss', 'epsilon', epsilon, notNegative)
  const yes = log(add(predictions, epsilon))
  const no = log(add(sub(1, predictions), epsilon))
  const other = typeof labels === 'number' ? 1 - labels : sub(1, labels)
  return mean(negative(add(mul(labels, yes), mul(other, no))))
}

/**
 * (1/2n) Σ (d − y)², a scalar: LSGAN's loss for scores d and the wanted score y (Mao et al. 2017, equation 2).
 * @example
 * losses.leastSquares(1, realScores)
 */
export const leastSquares = paired('leastSquares', (labels, scores) => mul(meanSquaredError(labels, scores), 0.5))

/**
 * (1/n) Σ max(1 − y·p, 0) for labels y of −1 or 1, a scalar (Keras Hinge; GANs: Lim & Ye 2017, labels 1 for real).
 * @example
 * const loss = ops.add(losses.hinge(1, realScores), losses.hinge(-1, fakeScores)) // a discriminator's
 */
export const hinge = paired('hinge', (labels, predictions) => mean(relu(sub(1, mul(labels, predictions)))))

/**
 * ½ Σ (μ² + σ² − 2·ln(σ + 1e-8) − 1), a scalar: the divergence of N(μ, σ²) from N(0, 1), summed over all elements
 * (Kingma & Welling 2013, appendix B; the 1e-8 keeps σ = 0 finite).
 * @example
 * losses.gaussianKL(mu, ops.exp(logStd))
 */
export const gaussianKL = checked('gaussianKL', { mu: tensor, std: tensor }, (mu: Tensor, std: Tensor): Tensor =>
  sum(sub(add(square(mu), square(std)), add(mul(log(add(std, 1e-8)), 2), 1)), undefined, { scale: 0.5 }))
