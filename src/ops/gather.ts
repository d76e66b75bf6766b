// Slices of a tensor by their numbers: a product with one-hot codes, so that threads, order and accuracy of its gradient, which
// adds up what falls on one slice, are those of matrix products.
import { type Tensor, tensor } from '../graph/tensor.ts'
import { aNumber, checked, optional } from '../options.ts'
import { axesOf } from './lowering/axes.ts'
import { matmul } from './matmul.ts'
import { oneHot } from './one_hot.ts'
import { reshape } from './reshape.ts'
import { transpose } from './transpose.ts'

/**
 * The slices of x along `axis` at `indices` (TensorFlow's gather): y[…, j, …] = x[…, indices[j], …]. Exact, where x is finite. An
 * index that is none, from 0 to the axis' length − 1, gives zeros. It takes memory for a float for each index and slice.
 * @param indices whole numbers as floats, of any shape, which takes the axis' place in the result; they have no gradient
 * @param axis negative from the end. Default 0
 * @throws RangeError where x has no such axis
 * @example
 * ops.gather(book, labels) // row i is the row labels[i] of the book
 */
export const gather = checked('gather', { x: tensor, indices: tensor, axis: optional(aNumber) }, (
  x: Tensor, indices: Tensor, axis: number = 0,
): Tensor => {
  const [at] = axesOf('gather', x.shape, axis) as [number]
  const n = x.shape[at]!
  const axes = x.shape.map((_, i) => i)
  const order = [at, ...axes.filter((i) => i !== at)]
  const others = order.slice(1).map((i) => x.shape[i]!)
  const codes = reshape(oneHot(indices, n), [indices.size, n])
  const rows = reshape(matmul(codes, reshape(transpose(x, order), [n, -1])), [indices.size, ...others])
  const back = transpose(rows, axes.map((i) => order.indexOf(i)))
  return reshape(back, [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)])
})
