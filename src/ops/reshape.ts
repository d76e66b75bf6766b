// The same elements under another shape: no work is done.
import { apply, type Op, sameShape, type Shape, shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'

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

/**
 * `x` under another shape of as many elements; one dimension may be −1: what is left.
 * @throws RangeError where the numbers of elements differ
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1)
  const full = shape.map((d) => (d === -1 ? x.size / known : d))
  return sameShape(full, x.shape) ? x : apply(reshapeOp, [x], { shape: full })
}
