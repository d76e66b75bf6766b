// What changes gradients between `gradients` and an optimizer. Clipping has a file of its own (clip.ts).
import type { Variable } from '../graph/leaves.ts'
import { type Tensor, tensors } from '../graph/tensor.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { mean } from '../ops/reduce.ts'
import { callable, check, notNegative } from '../options.ts'

/**
 * New gradients from gradients and the variables that they are of: one for each, in their order.
 *
 * ```ts
 * const variables = parameters(encoder, decoder)
 * const raw = gradients(loss, variables).map(accumulated)
 * const updates = optimizer.apply(clipByGlobalNorm(1)(raw, variables), variables)
 * ```
 */
export type GradientTransform = (gradients: readonly Tensor[], variables: readonly Variable[]) => readonly Tensor[]

/**
 * The transforms one after another.
 * @throws RangeError, when it is used, where one does not give a gradient for each that it was given
 * @example
 * const transform = optimizers.chain(optimizers.centralize(), optimizers.clipByGlobalNorm(1))
 */
export function chain(...transforms: readonly GradientTransform[]): GradientTransform {
  transforms.forEach((transform, i) => check('chain', `transform ${i}`, transform, callable))
  return (gradients, variables) => transforms.reduce((before, transform, i) => {
    const after = transform(before, variables)
    check('chain', `what transform ${i} gives`, after, tensors)
    if (after.length === before.length) return after
    const expected = `expected ${before.length}, as many as it was given`
    throw new RangeError(`chain: transform ${i} gave ${after.length} gradients, ${expected}`)
  }, gradients)
}

/**
 * g + λ·x, x the variable: the gradient of ½λ·x² (L2 regularisation; optax's add_decayed_weights before an optimizer). For decay
 * that no optimizer scales, see `adamW`.
 * @throws RangeError unless λ ≥ 0
 * @example
 * minimize(optimizer, loss, [encoder], { transforms: [optimizers.addDecayedWeights(1e-4)] })
 */
export function addDecayedWeights(weightDecay: number): GradientTransform {
  check('addDecayedWeights', 'the weight decay', weightDecay, notNegative)
  return (gradients, variables) => gradients.map((g, i) => add(g, mul(variables[i]!, weightDecay)))
}

/**
 * g − mean(g) over all axes but the last, for gradients of two axes and more: no output's weights change in sum (Yong et al.
 * 2020, arXiv:2004.01461, for kernels as Keras lays them out). Of a transposed convolution the last axis are its inputs.
 * @example
 * minimize(optimizer, loss, [encoder], { transforms: [optimizers.centralize()] })
 */
export const centralize = (): GradientTransform => (gradients) => gradients.map((g) => (
  g.shape.length < 2 ? g : sub(g, mean(g, g.shape.slice(1).map((_, axis) => axis), { keepDims: true }))
))
