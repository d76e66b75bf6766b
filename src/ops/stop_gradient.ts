// A wall for gradients: no work is done.
import { apply, type Op, type Tensor } from '../graph/tensor.ts'

export const stopGradientOp: Op = {
  name: 'stopGradient',
  shape: ([x]) => x!,
  gradient: () => [null],
  calls: 'alias',
  flops: () => 0,
}

/** x, taken as a constant by `gradients`. */
export const stopGradient = (x: Tensor): Tensor => apply(stopGradientOp, [x], {})
