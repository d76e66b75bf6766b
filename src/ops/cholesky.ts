// The Cholesky factor, for drawing from a Gaussian with a known covariance.
import { bits } from '../graph/kernel_call.ts'
import { apply, type Op, shapeError, show, type Tensor } from '../graph/tensor.ts'

export const choleskyOp: Op<{ ridge: number }> = {
  name: 'cholesky',
  shape([a]) {
    if (a!.length !== 2 || a![0] !== a![1]) throw shapeError('cholesky', `the matrix has shape ${show(a!)}, expected a square`)
    return a!
  },
  gradient: null,
  calls: (node, at) => [['cholesky_f32', at.inputs[0]!, at.output, node.shape[0]!, bits(node.attrs.ridge)]],
  flops: (node) => (node.size * node.shape[0]!) / 3,
}

/**
 * Lower triangular L with L·Lᵀ = a + ridge·I. A pivot that is not positive becomes 0, and so does its column. No gradient.
 * @param a [n, n], symmetric; only the lower triangle is read
 * @throws RangeError where `a` is no square
 */
export const cholesky = (a: Tensor, ridge = 0): Tensor => apply(choleskyOp, [a], { ridge })
