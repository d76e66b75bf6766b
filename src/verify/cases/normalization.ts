import { apply, type Shape, type Tensor } from '../../graph/tensor.ts'
import { categoricalCrossentropy, softmaxCrossEntropy } from '../../nn/losses_categorical.ts'
import { channelSumsOp } from '../../ops/channels.ts'
import { batchNormalization, batchNormalizationInference, layerNormalization } from '../../ops/normalization.ts'
import { groupNormalization } from '../../ops/group_normalization.ts'
import { logSoftmax, softmax } from '../../ops/softmax.ts'
import { casesOf, casesOfShapes, type Inputs, type OpCases } from './case.ts'

const ROWS: readonly Shape[] = [[1], [7], [3, 4], [5, 10], [2, 3, 17], [1, 65]]
const IMAGES: readonly Shape[] = [[2, 1], [5, 4], [9, 7], [2, 3, 5, 3], [2, 4, 3, 17], [9, 4, 4, 35]]
const EPSILON = 1e-3

type Apply = (...xs: Tensor[]) => Tensor
/** Of `count` tensors of one shape. */
const rowwise = (op: string, count: number, apply: Apply): OpCases<readonly Shape[]> =>
  casesOfShapes(op, ROWS.map((shape) => Array.from({ length: count }, () => shape)), apply)
/** Images and `count` vectors, an element a channel. */
export const withVectors = (image: Shape, count: number): Shape[] =>
  [image, ...Array.from({ length: count }, () => [image.at(-1)!])]
const channelwise = (op: string, count: number, apply: Apply, inputs?: Inputs): OpCases<readonly Shape[]> =>
  casesOfShapes(op, IMAGES.map((image) => withVectors(image, count)), apply, inputs)

export const rowwiseNormalization: readonly OpCases<readonly Shape[]>[] = [
  rowwise('softmax', 1, softmax),
  rowwise('logSoftmax', 1, logSoftmax),
  rowwise('softmaxCrossEntropy', 2, softmaxCrossEntropy),
  rowwise('categoricalCrossentropy', 2, categoricalCrossentropy),
]
export const channelwiseNormalization: readonly OpCases<readonly Shape[]>[] = [
  channelwise('layerNormalization', 2, (x, gamma, beta) => layerNormalization(x, gamma, beta, 0.1)),
  channelwise('batchNormalization', 2, (x, gamma, beta) => batchNormalization(x, gamma, beta, 0.1).y),
  channelwise('batchNormalization.variance', 2, (x, gamma, beta) => batchNormalization(x, gamma, beta).variance),
  channelwise('batchNormalizationInference', 4, (x, gamma, beta, mean, variance) =>
    batchNormalizationInference(x, gamma, beta, mean, variance, EPSILON),
  { domain: [[-2, 2], [-2, 2], [-2, 2], [-2, 2], [0.5, 2]] }),
]
type Grouped = readonly [image: Shape, groups: number]
const GROUPED: readonly Grouped[] = [[[2, 4], 2], [[5, 6], 1], [[2, 3, 5, 4], 2], [[2, 4, 3, 6], 6], [[3, 2, 2, 34], 17]]
export const groupwise = casesOf('groupNormalization', GROUPED, ([image, groups]) => ({
  name: `[${image}] in ${groups}`, shapes: withVectors(image, 2),
  apply: (x, gamma, beta) => groupNormalization(x, gamma, beta, groups, 0.1),
}))
/** An image, a vector, an image. */
export const channelwiseSums = casesOfShapes('channelSums', IMAGES.map((image) => [image, [image.at(-1)!], image]),
  (...inputs) => apply(channelSumsOp, inputs, {}))
export const normalization = [channelwiseSums, ...rowwiseNormalization, ...channelwiseNormalization]
