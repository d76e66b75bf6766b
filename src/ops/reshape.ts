// The same elements under another shape: no work is done.
import { apply, type Op, sameShape, type Shape, shapeError, show, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, isCount, isNumbers, rule } from '../options.ts'

export const reshapeOp: Op<{ shape: Shape }> = {
  name: 'reshape',
  shape([x], { shape }) {
    if (sizeOf(x!) !== sizeOf(shape)) {
      throw shapeError('reshape', `${show(x!)} has ${sizeOf(x!)} elements, ${show(shape)} has ${sizeOf(shape)}`)
    }
    return shape
  },
  gradient: (y, dy) => [reshape(dy, y.inputs[0]!.shape)],
  calls: 'alias',
  flops: () => 0,
}

const TARGET = rule('a list of positive integers, one of which may be -1: what is left', isNumbers,
  (d) => d.every((n) => n === -1 || isCount(n)) && d.indexOf(-1) === d.lastIndexOf(-1))

/**
 * `x` under another shape of as many elements; one dimension may be −1: what is left.
 * @throws RangeError where the numbers of elements differ
 * @example
 * ops.reshape(picture, [picture.shape[0]!, -1]) // [n, h, w, c] → [n, h · w · c]
 */
export const reshape = checked('reshape', { x: tensor, shape: TARGET }, (x: Tensor, shape: Shape): Tensor => {
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1)
  const left = x.size / known
  if (shape.includes(-1) && !isCount(left)) {
    throw shapeError('reshape', `the ${x.size} elements of ${show(x.shape)} do not divide by the ${known} of ${show(shape)}`)
  }
  const full = shape.map((d) => (d === -1 ? left : d))
  return sameShape(full, x.shape) ? x : apply(reshapeOp, [x], { shape: full })
})
