// Gradient clipping, between the gradients and the optimizer: transforms.
import { type Tensor, tensors } from '../graph/tensor.ts'
import { add, div, mul } from '../ops/arithmetic.ts'
import { clip, greater, maximum, where } from '../ops/compare.ts'
import { sum } from '../ops/reduce.ts'
import { max } from '../ops/max.ts'
import { abs, sqrt, square } from '../ops/unary.ts'
import { check, positive } from '../options.ts'
import type { GradientTransform } from './transforms.ts'

/**
 * min(max(g, −c), c) for each element of each gradient (Keras's clipvalue).
 * @throws RangeError unless c > 0
 * @example
 * minimize(optimizer, loss, [encoder], { transforms: [optimizers.clipByValue(0.5)] })
 */
export function clipByValue(c: number): GradientTransform {
  check('clipByValue', 'the bound', c, positive)
  return (gradients) => gradients.map((g) => clip(g, -c, c))
}

/** Above this, squares are taken of gradients times SMALL: exact, being a power of two, and their sum stays in f32. */
const LARGE = 1e15
/** 2^-100 */
const SMALL = 7.888609052210118e-31

/** All gradients times one power of two, and their norm, which is so within the range of f32. */
function scaled(gradients: readonly Tensor[]): { scale: Tensor; parts: Tensor[]; norm: Tensor } {
  const largest = gradients.map((g) => max(abs(g))).reduce((a, b) => maximum(a, b))
  const scale = where(greater(largest, LARGE), SMALL, 1)
  const parts = gradients.map((g) => mul(g, scale))
  return { scale, parts, norm: sqrt(parts.map((g) => sum(square(g))).reduce((a, b) => add(a, b))) }
}

/**
 * √Σ g², over all elements of all gradients: a scalar. Squares do not overflow: it is infinite where it is above 3.4e38.
 * @throws RangeError when no gradients are given
 * @example
 * const norm = optimizers.globalNorm(gradients(loss, layers.parameters(encoder)))
 */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  check('globalNorm', 'gradients', gradients, tensors)
  if (!gradients.length) throw new RangeError('globalNorm: no gradients are given')
  const { norm, scale } = scaled(gradients)
  return div(norm, scale)
}

/**
 * g · c / max(norm, c), norm = `globalNorm(gradients)`: directions stay, and the norm of all together is at most c (Keras's
 * global_clipnorm). Finite gradients of any size are scaled right; one that is not finite makes them all NaN or 0.
 * @throws RangeError unless c > 0
 * @example
 * minimize(optimizer, loss, [encoder], { transforms: [optimizers.clipByGlobalNorm(1)] })
 */
export function clipByGlobalNorm(c: number): GradientTransform {
  check('clipByGlobalNorm', 'the bound', c, positive)
  return (gradients) => {
    if (!gradients.length) return []
    const { scale, parts, norm } = scaled(gradients)
    const factor = div(c, maximum(norm, mul(scale, c)))
    return parts.map((g) => mul(g, factor))
  }
}

/**
 * g · c / max(norm, c) with each gradient's own norm (Keras's clipnorm).
 * @throws RangeError unless c > 0
 * @example
 * minimize(optimizer, loss, [encoder], { transforms: [optimizers.clipByNorm(1)] })
 */
export function clipByNorm(c: number): GradientTransform {
  check('clipByNorm', 'the bound', c, positive)
  const one = clipByGlobalNorm(c)
  return (gradients) => gradients.flatMap((g) => one([g], []))
}
