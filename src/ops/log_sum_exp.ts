// The logarithm of a sum of exponentials, which neither overflows nor vanishes.
import { type Tensor, tensor } from '../graph/tensor.ts'
import { axes as axesRule, checked, complete, type Given } from '../options.ts'
import { add, sub } from './arithmetic.ts'
import { less, where } from './compare.ts'
import { axesOf, type Axes, REDUCTION } from './lowering/axes.ts'
import { max } from './max.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { stopGradient } from './stop_gradient.ts'
import { abs, exp, log } from './unary.ts'

/**
 * ln Σ e^x over `axes`, for x of any size; −∞ where all are −∞.
 * @param axes one or several, negative from the end; all of them by default
 * @throws RangeError where x has no such axis
 * @example
 * ops.logSumExp(constant([1000, 1000])) // 1000.693
 */
export const logSumExp = checked('logSumExp', { x: tensor, axes: axesRule }, (
  x: Tensor, axes?: Axes, options: Given<typeof REDUCTION> = {},
): Tensor => {
  const { keepDims } = complete('logSumExp', options, REDUCTION)
  const over = axesOf('logSumExp', x.shape, axes)
  const top = max(x, over, { keepDims: true })
  // An infinite one would be subtracted from itself.
  const shift = stopGradient(where(less(abs(top), Infinity), top, 0))
  const y = add(log(sum(exp(sub(x, shift)), over, { keepDims: true })), shift)
  return keepDims ? y : reshape(y, y.shape.filter((_, i) => !over.includes(i)))
})
