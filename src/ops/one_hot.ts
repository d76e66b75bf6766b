// One-hot codes of class numbers.
import { constant } from '../graph/leaves.ts'
import { checkShape, MOST_VALUES, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, count } from '../options.ts'
import { equal } from './compare.ts'
import { reshape } from './reshape.ts'

/**
 * y[…, d] = 1 where indices[…] = d, else 0; an index outside of 0 … depth − 1 gives zeros only. Its gradient is 0.
 * @param indices class numbers as floats, any shape; the result has one more axis, of `depth`
 * @throws RangeError where depth is not a positive integer
 * @example
 * ops.oneHot(labels, 10) // [n] → [n, 10]
 */
export const oneHot = checked('oneHot', { indices: tensor, depth: count }, (indices: Tensor, depth: number): Tensor => {
  checkShape('oneHot', [...indices.shape, depth], MOST_VALUES)
  return equal(reshape(indices, [...indices.shape, 1]), constant(Float32Array.from({ length: depth }, (_, i) => i)))
})
