// Max pooling. The first maximum of a window in row-major order takes the gradient.
import { max_pool2d_f32, max_pool2d_gather_f32, max_pool2d_grad_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import { pooling, slide, type WindowAttrs, sides, windowFields } from './lowering/window.ts'

export const maxPool2dOp: Op<WindowAttrs> = {
  name: 'maxPool2d',
  shape([x], attrs) {
    const { oh, ow } = slide('maxPool2d', x!, attrs)
    return [x![0]!, oh, ow, x![3]!]
  },
  gradient: (y, dy) => [maxPool2dGrad(y.inputs[0]!, dy, y.attrs)],
  calls: (node, at) => [
    call(max_pool2d_f32, { a: at.inputs[0]!, b: 0, to: at.output, ...windowFields(node.inputs[0]!.shape, node.attrs) }),
  ],
  flops: (node) => node.size * node.attrs.kernel[0] * node.attrs.kernel[1],
}

/** Inputs x and dy. */
export const maxPool2dGradOp: Op<WindowAttrs> = {
  name: 'maxPool2dGrad',
  shape: ([x]) => x!,
  gradient: (y, dy) => [null, maxPool2dGather(y.inputs[0]!, dy, y.attrs)],
  calls: (node, at) => [
    call(max_pool2d_grad_f32, { ...sides(at), ...windowFields(node.shape, node.attrs) }),
  ],
  flops: (node) => node.inputs[1]!.size * node.attrs.kernel[0] * node.attrs.kernel[1],
}

/** Inputs x and g, of x's shape. */
export const maxPool2dGatherOp: Op<WindowAttrs> = {
  name: 'maxPool2dGather',
  shape: ([x], attrs) => maxPool2dOp.shape([x!], attrs),
  gradient: (y, dy) => [null, maxPool2dGrad(y.inputs[0]!, dy, y.attrs)],
  calls: (node, at) => [
    call(max_pool2d_gather_f32, { ...sides(at), ...windowFields(node.inputs[0]!.shape, node.attrs) }),
  ],
  flops: (node) => node.size * node.attrs.kernel[0] * node.attrs.kernel[1],
}

/**
 * The largest element of each window; a NaN counts as the largest.
 * @param x [batch, height, width, channels]; the result is [batch, out height, out width, channels]
 * @throws RangeError where x is not an image or the window does not fit
 * @example
 * ops.maxPool2d(picture, { poolSize: 2 })
 */
export const maxPool2d = pooling(maxPool2dOp)

/** The gradient of max pooling: each dy is added to the first maximum of its window of x. */
export const maxPool2dGrad = (x: Tensor, dy: Tensor, attrs: WindowAttrs): Tensor => apply(maxPool2dGradOp, [x, dy], attrs)

/** For each window the value of `g` where x has its first maximum: the transpose of the gradient. */
export const maxPool2dGather = (x: Tensor, g: Tensor, attrs: WindowAttrs): Tensor => apply(maxPool2dGatherOp, [x, g], attrs)
