// Losses, composed of ops, under Keras's names. Labels come first, as in Keras; a number is taken for every label.
// Softmax cross-entropy is elsewhere: it needs reductions of its own.
import type { Tensor } from '../graph/tensor.ts'
import { relu, softplus } from '../ops/activation.ts'
import { add, mul, sub, type Value } from '../ops/arithmetic.ts'
import { mean, sum } from '../ops/reduce.ts'
import { abs, log, negative, square } from '../ops/unary.ts'
import { check, notNegative, share } from '../options.ts'

/** (1/n) Σ (p − y)², a scalar (Keras MeanSquaredError over all elements). */
export const meanSquaredError = (labels: Value, predictions: Tensor): Tensor => mean(square(sub(predictions, labels)))

/** Σ (p − y)², a scalar: the Gaussian likelihood of a VAE with unit variance, times 2. */
export const sumSquaredError = (labels: Value, predictions: Tensor): Tensor => sum(square(sub(predictions, labels)))

/** (1/n) Σ |p − y|, a scalar (Keras MeanAbsoluteError over all elements). The gradient where p = y is 0. */
export const meanAbsoluteError = (labels: Value, predictions: Tensor): Tensor => mean(abs(sub(predictions, labels)))

/**
 * y·softplus(−l) + (1 − y)·softplus(l) per element: cross-entropy of the probability sigmoid(l), without overflow or
 * cancellation for any l (TensorFlow's sigmoid_cross_entropy_with_logits). One softplus where `labels` is 0 or 1.
 * @param labels probabilities in [0, 1], of the logits' shape or broadcast to it
 * @throws RangeError when labels is a number outside of [0, 1]
 */
export function sigmoidCrossEntropy(labels: Value, logits: Tensor): Tensor {
  if (typeof labels === 'number') check('sigmoidCrossEntropy', 'labels', labels, share)
  if (labels === 0) return softplus(logits)
  if (labels === 1) return softplus(negative(logits))
  const no = typeof labels === 'number' ? 1 - labels : sub(1, labels)
  return add(mul(labels, softplus(negative(logits))), mul(no, softplus(logits)))
}

/** The mean of `sigmoidCrossEntropy`, a scalar (Keras BinaryCrossentropy with fromLogits). */
export const binaryCrossentropy = (labels: Value, logits: Tensor): Tensor => mean(sigmoidCrossEntropy(labels, logits))

/**
 * −(1/n) Σ [y·ln(p + ε) + (1 − y)·ln(1 − p + ε)], a scalar (TensorFlow 1's losses.log_loss with its ε).
 * Prefer `binaryCrossentropy`: f32 cannot tell p from 1 above logits of 17.
 * @param predictions probabilities
 */
export function logLoss(labels: Value, predictions: Tensor, epsilon = 1e-7): Tensor {
  check('logLoss', 'epsilon', epsilon, notNegative)
  const yes = log(add(predictions, epsilon))
  const no = log(add(sub(1, predictions), epsilon))
  const other = typeof labels === 'number' ? 1 - labels : sub(1, labels)
  return mean(negative(add(mul(labels, yes), mul(other, no))))
}

/** (1/2n) Σ (d − y)², a scalar: LSGAN's loss for scores d and the wanted score y (Mao et al. 2017, equation 2). */
export const leastSquares = (labels: Value, scores: Tensor): Tensor => mul(meanSquaredError(labels, scores), 0.5)

/** (1/n) Σ max(1 − y·p, 0) for labels y of −1 or 1, a scalar (Keras Hinge; GANs: Lim & Ye 2017, labels 1 for real). */
export const hinge = (labels: Value, predictions: Tensor): Tensor => mean(relu(sub(1, mul(labels, predictions))))

/**
 * ½ Σ (μ² + σ² − 2·ln(σ + 1e-8) − 1), a scalar: the divergence of N(μ, σ²) from N(0, 1), summed over all elements
 * (Kingma & Welling 2013, appendix B; the 1e-8 keeps σ = 0 finite).
 */
export const gaussianKL = (mu: Tensor, std: Tensor): Tensor =>
  sum(sub(add(square(mu), square(std)), add(mul(log(add(std, 1e-8)), 2), 1)), undefined, { scale: 0.5 })
