// Losses over classes: softmax cross-entropy. Labels come first, as in Keras.
import { type Tensor, tensor } from '../graph/tensor.ts'
import { mul } from '../ops/arithmetic.ts'
import { mean, sum } from '../ops/reduce.ts'
import { logSoftmax } from '../ops/softmax.ts'
import { paired } from './losses.ts'

/**
 * −Σ labels · logSoftmax(logits) over the last axis, without overflow for any finite logits.
 * @param labels probabilities [batch, …, classes], such as `oneHot` gives
 * @param logits the same shape
 * @returns one number for each row: [batch, …]
 * @throws RangeError where the shapes differ
 * @example
 * losses.softmaxCrossEntropy(ops.oneHot(labels, 10), logits)
 */
export const softmaxCrossEntropy = paired('softmaxCrossEntropy', (labels: Tensor, logits) =>
  sum(mul(labels, logSoftmax(logits)), -1, { scale: -1 }), tensor)

/**
 * The mean of `softmaxCrossEntropy`, a scalar (Keras CategoricalCrossentropy with fromLogits).
 * @example
 * losses.categoricalCrossentropy(ops.oneHot(labels, 10), ops.softmax(logits))
 */
export const categoricalCrossentropy = paired('categoricalCrossentropy', (labels: Tensor, logits) =>
  mean(softmaxCrossEntropy(labels, logits)), tensor)
