import type { Shape, Tensor } from '../../graph/tensor.ts'
import { softmaxCrossEntropy } from '../../nn/losses_categorical.ts'
import { batchNormalization, batchNormalizationInference, layerNormalization } from '../../ops/normalization.ts'
import { logSoftmax, softmax } from '../../ops/softmax.ts'
import type { OpCases } from './case.ts'

const ROWS: readonly Shape[] = [[1], [7], [3, 4], [5, 10], [2, 3, 17], [1, 65]]
const IMAGES: readonly Shape[] = [[2, 1], [5, 4], [9, 7], [2, 3, 5, 3], [2, 4, 3, 17]]
const EPSILON = 1e-3

/** Of `inputs` tensors of one shape. */
const rowwise = (op: string, inputs: 1 | 2, apply: (...xs: Tensor[]) => Tensor): OpCases =>
  ({ op, cases: ROWS.map((shape) => ({ shapes: inputs === 1 ? [shape] : [shape, shape], apply, row: null })) })
/** Of images and `count` vectors, an element a channel. */
const withVectors = (op: string, count: number, apply: (...xs: Tensor[]) => Tensor): OpCases => ({
  op,
  cases: IMAGES.map((shape) => ({
    shapes: [shape, ...Array.from({ length: count }, () => [shape.at(-1)!])], apply, row: null,
  })),
})

export const normalization: readonly OpCases[] = [
  rowwise('softmax', 1, softmax),
  rowwise('logSoftmax', 1, logSoftmax),
  rowwise('softmaxCrossEntropy', 2, softmaxCrossEntropy),
  withVectors('layerNormalization', 2, (x, gamma, beta) => layerNormalization(x!, gamma!, beta!, 0.1)),
  withVectors('batchNormalization', 2, (x, gamma, beta) => batchNormalization(x!, gamma!, beta!, 0.1).y),
  withVectors('batchNormalization.variance', 2, (x, gamma, beta) => batchNormalization(x!, gamma!, beta!).variance),
  {
    ...withVectors('batchNormalizationInference', 4, (x, gamma, beta, mean, variance) =>
      batchNormalizationInference(x!, gamma!, beta!, mean!, variance!, EPSILON)),
    domain: [[-2, 2], [-2, 2], [-2, 2], [-2, 2], [0.5, 2]],
  },
]
