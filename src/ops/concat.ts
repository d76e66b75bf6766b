// Joining tensors along an axis.
import { apply, type Op, type Shape, shapeError, show, type Tensor, tensors as tensorsRule } from '../graph/tensor.ts'
import { aNumber, checked } from '../options.ts'
import { axesOf } from './lowering/axes.ts'
import { copyStrided, elementAddress, stridesOf } from './lowering/copy_strided.ts'
import { slice } from './slice.ts'

/** Where each input begins along `axis`. */
const starts = (shapes: readonly Shape[], axis: number): number[] => {
  let at = 0
  return shapes.map((shape) => (at += shape[axis]!) - shape[axis]!)
}
const index = (shape: Shape, axis: number, at: number): number[] => shape.map((_, i) => (i === axis ? at : 0))
const shapesOf = (tensors: readonly Tensor[]): Shape[] => tensors.map((t) => t.shape)

export const concatOp: Op<{ axis: number }> = {
  name: 'concat',
  shape(shapes, { axis }) {
    const [first] = shapes as [Shape, ...Shape[]]
    for (const shape of shapes) {
      if (shape.length !== first.length || shape.some((d, i) => i !== axis && d !== first[i])) {
        throw shapeError('concat', `${show(first)} and ${show(shape)} differ outside of axis ${axis}; reshape or slice one`)
      }
    }
    return first.map((d, i) => (i === axis ? shapes.reduce((sum, shape) => sum + shape[axis]!, 0) : d))
  },
  gradient(y, dy) {
    const { axis } = y.attrs
    const at = starts(shapesOf(y.inputs), axis)
    return y.inputs.map((x, i) => slice(dy, index(x.shape, axis, at[i]!), x.shape))
  },
  calls(node, at) {
    const { axis } = node.attrs
    const begin = starts(shapesOf(node.inputs), axis)
    return node.inputs.map(({ shape }, i) => {
      const to = { address: elementAddress(at.output, node.shape, index(shape, axis, begin[i]!)), strides: stridesOf(node.shape) }
      return copyStrided('concat', shape, { address: at.inputs[i]!, strides: stridesOf(shape) }, to)
    })
  },
  flops: () => 0,
}

/**
 * The tensors one after another along `axis` (negative: from the end); their other dimensions must be equal.
 * @throws RangeError where they are not, or there are no tensors
 * @example
 * ops.concat([x, ops.oneHot(labels, 10)], 1) // each row with its class
 */
export const concat = checked('concat', { tensors: tensorsRule, axis: aNumber }, (
  tensors: readonly Tensor[], axis: number,
): Tensor => {
  const [first] = tensors
  if (!first) throw shapeError('concat', 'there are no tensors to join; give at least one')
  const [at] = axesOf('concat', first.shape, axis) as [number]
  return tensors.length === 1 ? first : apply(concatOp, tensors, { axis: at })
})
