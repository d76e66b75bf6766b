// The variance, after a second centring: with a large mean the first loses what f32 cannot hold.
import { type Tensor, tensor } from '../graph/tensor.ts'
import { axes as axesRule, checked, complete, type Given } from '../options.ts'
import { sub } from './arithmetic.ts'
import { axesOf, type Axes, REDUCTION } from './lowering/axes.ts'
import { mean } from './reduce.ts'
import { stopGradient } from './stop_gradient.ts'
import { square } from './unary.ts'

/** x less its mean, and the mean in two parts. The shift is a constant for gradients: what is left does not depend on it. */
export function centre(x: Tensor, axes: readonly number[]): { centred: Tensor; shift: Tensor; rest: Tensor } {
  const shift = stopGradient(mean(x, axes, { keepDims: true }))
  const shifted = sub(x, shift)
  const rest = mean(shifted, axes, { keepDims: true })
  return { centred: sub(shifted, rest), shift, rest }
}

/**
 * The mean of (x − mean)² over `axes`, as `sum` takes them: biased, divided by the count (NumPy's var).
 * @throws as `sum` does
 * @example
 * ops.variance(constant([1, 2, 3, 4])) // 1.25
 */
export const variance = checked('variance', { x: tensor, axes: axesRule }, (
  x: Tensor, axes?: Axes, options: Given<typeof REDUCTION> = {},
): Tensor => {
  const { keepDims } = complete('variance', options, REDUCTION)
  const over = axesOf('variance', x.shape, axes)
  return mean(square(centre(x, over).centred), over, { keepDims })
})
