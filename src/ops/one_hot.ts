// One-hot codes of class numbers.
import { constant } from '../graph/leaves.ts'
import { shapeError, type Tensor } from '../graph/tensor.ts'
import { equal } from './compare.ts'
import { reshape } from './reshape.ts'

/**
 * y[…, d] = 1 where indices[…] = d, else 0; an index outside of 0 … depth − 1 gives zeros only. Its gradient is 0.
 * @param indices class numbers as floats, any shape; the result has one more axis, of `depth`
 * @throws RangeError where depth is not a positive integer
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  if (!Number.isInteger(depth) || depth < 1) {
    throw shapeError('oneHot', `depth ${depth}: expected a positive integer, the number of classes`)
  }
  return equal(reshape(indices, [...indices.shape, 1]), constant(Float32Array.from({ length: depth }, (_, i) => i)))
}
