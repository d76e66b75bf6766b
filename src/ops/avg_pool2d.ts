// Average pooling: padding is not counted, neither forward nor in the gradient.
import { avg_pool2d_f32, avg_pool2d_grad_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Shape, type Tensor } from '../graph/tensor.ts'
import { pooling, slide, type WindowAttrs, windowFields } from './lowering/window.ts'

type GradAttrs = WindowAttrs & { readonly image: Shape }

export const avgPool2dOp: Op<WindowAttrs> = {
  name: 'avgPool2d',
  shape([x], attrs) {
    const { oh, ow } = slide('avgPool2d', x!, attrs)
    return [x![0]!, oh, ow, x![3]!]
  },
  gradient: (y, dy) => [avgPool2dGrad(dy, y.inputs[0]!.shape, y.attrs)],
  calls: (node, at) => [
    call(avg_pool2d_f32, { a: at.inputs[0]!, b: 0, to: at.output, ...windowFields(node.inputs[0]!.shape, node.attrs) }),
  ],
  flops: (node) => node.size * (node.attrs.kernel[0] * node.attrs.kernel[1] + 1),
}

/** Input dy; `image` is the shape of x. */
export const avgPool2dGradOp: Op<GradAttrs> = {
  name: 'avgPool2dGrad',
  shape: (_, { image }) => image,
  gradient: (y, dy) => [apply(avgPool2dOp, [dy], y.attrs)],
  calls: (node, at) => [
    call(avg_pool2d_grad_f32, { a: at.inputs[0]!, b: 0, to: at.output, ...windowFields(node.shape, node.attrs) }),
  ],
  flops: (node) => node.inputs[0]!.size * node.attrs.kernel[0] * node.attrs.kernel[1] * 2,
}

/**
 * The mean of each window's elements that lie in the image.
 * @param x [batch, height, width, channels]; the result is [batch, out height, out width, channels]
 * @throws RangeError where x is not an image or the window does not fit
 * @example
 * ops.avgPool2d(picture, { poolSize: 2 }) // half as high, half as wide
 */
export const avgPool2d = pooling(avgPool2dOp)

/** The gradient of average pooling over images of shape `image`: each dy is spread evenly over its window. */
export const avgPool2dGrad = (dy: Tensor, image: Shape, attrs: WindowAttrs): Tensor =>
  apply(avgPool2dGradOp, [dy], { kernel: attrs.kernel, strides: attrs.strides, padding: attrs.padding, image })
