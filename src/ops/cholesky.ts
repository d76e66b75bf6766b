// The Cholesky factor, for drawing from a Gaussian with a known covariance.
import { apply, bits, type Op, shapeError, show, type Tensor } from '../graph/tensor.ts'

const choleskyOp: Op<{ ridge: number }> = {
  name: 'cholesky',
  shape([a]) {
    if (a!.length !== 2 || a![0] !== a![1]) throw shapeError('cholesky', `the matrix has shape ${show(a!)}, expected a square`)
    return a!
  },
  gradient: null,
  calls: (node, at) => [['cholesky_f32', at.inputs[0]!, at.output, node.shape[0]!, bits(node.attrs.ridge)]],
  flops: (node) => (node.size * node.shape[0]!) / 3,
}

/** Lower triangular L with L·Lᵀ = a + ridge·I, for a symmetric `a` [n, n]; no gradient. */
export const cholesky = (a: Tensor, ridge = 0): Tensor => apply(choleskyOp, [a], { ridge })
