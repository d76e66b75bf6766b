// The Cholesky factor, for drawing from a Gaussian with a known covariance.
import { cholesky_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, notNegative, optional } from '../options.ts'

export const choleskyOp: Op<{ ridge: number }> = {
  name: 'cholesky',
  shape([a]) {
    if (a!.length !== 2 || a![0] !== a![1]) throw shapeError('cholesky', `the matrix has shape ${show(a!)}, expected a square`)
    return a!
  },
  gradient: null,
  calls: (node, at) => [
    call(cholesky_f32, { a: at.inputs[0]!, l: at.output, n: node.shape[0]!, ridge: node.attrs.ridge }),
  ],
  flops: (node) => (node.size * node.shape[0]!) / 3,
}

/**
 * Lower triangular L with L·Lᵀ = a + ridge·I. A pivot that is not positive becomes 0, and so does its column. No gradient.
 * @param a [n, n], symmetric; only the lower triangle is read
 * @throws RangeError where `a` is no square
 * @example
 * const covariance = ops.matmul(x, x, { transposeA: true })
 * ops.cholesky(covariance, 1e-3)
 */
export const cholesky = checked('cholesky', { a: tensor, ridge: optional(notNegative) },
  (a: Tensor, ridge = 0): Tensor => apply(choleskyOp, [a], { ridge }))
