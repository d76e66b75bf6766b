// The running mean and covariance of codes, kept with the weights, so that a decoder alone can generate images afterwards, from
// codes drawn like those of the training images.
import { constant, variable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { zeros } from '../nn/initializers.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { movingAverage } from '../ops/assign.ts'
import { cholesky } from '../ops/cholesky.ts'
import { maximum } from '../ops/compare.ts'
import { matmul } from '../ops/matmul.ts'
import { mean } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'

/** Fraction of the old value that the running statistics keep at each step. */
const MOMENTUM = 0.98
/** Less than any weight after a step: keeps 0 / 0 from an untrained model's samples. */
const LEAST_WEIGHT = (1 - MOMENTUM) / 2

/** v·vᵀ */
const outer = (v: Tensor): Tensor => mul(reshape(v, [v.size, 1]), reshape(v, [1, v.size]))

export interface CodeStatistics {
  /** The updates by the codes of a batch. */
  watch(codes: Tensor): Tensor[]
  /** Codes of the Gaussian with their mean and covariance, from standard normal noise of the codes' shape. */
  sample(normal: Tensor): Tensor
}

/** @param size numbers of a code */
export function codeStatistics(size: number): CodeStatistics {
  const codeMean = variable('codes/mean', [size], zeros(), 'statistic')
  const codeSquare = variable('codes/square', [size, size], zeros(), 'statistic')
  const codeWeight = variable('codes/weight', [1], zeros(), 'statistic')
  return {
    /** The codes' running mean and uncentred second moment; all start at 0, and the weight is what 1 would be by now. */
    watch(codes) {
      const flat = reshape(codes, [-1, size])
      const second = mul(matmul(flat, flat, { transposeA: true }), 1 / codes.shape[0]!)
      const seen = [[codeMean, mean(flat, 0)], [codeSquare, second], [codeWeight, constant(1, [1])]] as const
      return seen.map(([running, value]) => movingAverage(running, value, MOMENTUM))
    },
    sample(normal) {
      const weight = maximum(codeWeight, LEAST_WEIGHT)
      const average = div(codeMean, weight)
      const factor = cholesky(sub(div(codeSquare, weight), outer(average)), 1e-6)
      const flat = matmul(reshape(normal, [-1, size]), factor, { transposeB: true })
      return reshape(add(flat, average), normal.shape)
    },
  }
}
