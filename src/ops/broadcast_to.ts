// Stretching a tensor to a larger shape, scaled: the gradient of sums.
import { apply, bits, type Op, type Shape, sameShape, shapeError, show, type Tensor } from '../graph/tensor.ts'
import { broadcastShape, stretchedAxes, walk } from './broadcast.ts'
import { reshape } from './reshape.ts'
import { sum } from './reduce.ts'

export const broadcastToOp: Op<{ shape: Shape; scale: number }> = {
  name: 'broadcastTo',
  shape([x], { shape }) {
    if (!sameShape(broadcastShape('broadcastTo', x!, shape), shape)) {
      throw shapeError('broadcastTo', `${show(x!)} cannot be stretched to ${show(shape)}`)
    }
    return shape
  },
  gradient(y, dy) {
    const x = y.inputs[0]!
    return [reshape(sum(dy, stretchedAxes(x.shape, y.shape), { scale: y.attrs.scale }), x.shape)]
  },
  calls(node, at) {
    const { dims, strides } = walk('broadcastTo', [node.inputs[0]!.shape, []], node.shape)
    return [['broadcast_to_f32', at.inputs[0]!, at.inputs[0]!, at.output, ...dims, ...strides.flat(), bits(node.attrs.scale)]]
  },
  flops: (node) => node.size,
}

/**
 * `scale · x`, stretched to `shape` by the broadcasting rule: trailing dimensions align, 1 stretches.
 * @throws RangeError where x cannot be stretched so
 */
export const broadcastTo = (x: Tensor, shape: Shape, scale = 1): Tensor =>
  sameShape(x.shape, shape) && scale === 1 ? x : apply(broadcastToOp, [x], { shape, scale })
