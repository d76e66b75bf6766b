// A wall for gradients: no work is done.
import { type Op } from '../graph/tensor.ts'
import { unary } from './lowering/elementwise.ts'

export const stopGradientOp: Op = {
  name: 'stopGradient',
  shape: ([x]) => x!,
  gradient: () => [null],
  calls: 'alias',
  flops: () => 0,
}

/**
 * x, taken as a constant by `gradients`.
 * @example
 * ops.add(x, ops.stopGradient(ops.sub(ops.sign(x), x))) // sign(x), with the gradient of x
 */
export const stopGradient = unary(stopGradientOp)
