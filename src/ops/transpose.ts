// Reordering axes.
import { apply, type Op, type Shape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, isNumbers, optional, rule } from '../options.ts'
import { axesOfCopy, copyStrided, stridesOf } from './lowering/copy_strided.ts'

/** The strides of x along the axes of y. */
function stridesFrom(x: Shape, perm: readonly number[]): number[] {
  const strides = stridesOf(x)
  return perm.map((axis) => strides[axis]!)
}

export const transposeOp: Op<{ perm: readonly number[] }> = {
  name: 'transpose',
  shape([x], { perm }) {
    if (perm.length !== x!.length || !x!.every((_, i) => perm.includes(i))) {
      const mend = `name each of 0 … ${x!.length - 1} once`
      throw shapeError('transpose', `perm ${show(perm)} does not reorder the axes of ${show(x!)}; ${mend}`)
    }
    const to = perm.map((axis) => x![axis]!)
    axesOfCopy('transpose', to, stridesFrom(x!, perm), stridesOf(to))
    return to
  },
  gradient(y, dy) {
    const { perm } = y.attrs
    return [transpose(dy, perm.map((_, i) => perm.indexOf(i)))]
  },
  calls(node, at) {
    const from = { address: at.inputs[0]!, strides: stridesFrom(node.inputs[0]!.shape, node.attrs.perm) }
    return [copyStrided('transpose', node.shape, from, { address: at.output, strides: stridesOf(node.shape) })]
  },
  flops: () => 0,
}

const PERM = { x: tensor, perm: optional(rule('a list of axes', isNumbers)) }

/**
 * y[i_perm[0], i_perm[1], …] = x[i_0, i_1, …]: axis k of y is axis perm[k] of x; by default the axes in reverse order.
 * @throws RangeError where `perm` does not name each axis once
 * @example
 * ops.transpose(picture, [0, 3, 1, 2]) // NHWC → NCHW
 */
export const transpose = checked('transpose', PERM, (
  x: Tensor, perm: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i),
): Tensor => {
  const same = perm.length === x.shape.length && perm.every((axis, i) => axis === i)
  return same ? x : apply(transposeOp, [x], { perm: [...perm] })
})
