// Depthwise convolution: each input channel has its own m filters. The op and its two gradients are linear in each of
// their inputs and give each other's gradients, so they can be differentiated any number of times.
import {
  depthwise_conv2d_f32, depthwise_conv2d_filter_grad_f32, depthwise_conv2d_input_grad_f32,
} from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Places, type Shape, shapeError, show, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, complete, WINDOW } from '../options.ts'
import { pair } from './lowering/padding.ts'
import { slide, type WindowAttrs, type WindowOptions, sides, windowFields } from './lowering/window.ts'

/** `image` is the shape of x [n, h, w, c], `multiplier` the m of w [kh, kw, c, m]. */
type DepthwiseAttrs = WindowAttrs & { readonly image: Shape; readonly multiplier: number }

const fields = ({ attrs }: Tensor<DepthwiseAttrs>, at: Places) =>
  ({ ...sides(at), ...windowFields(attrs.image, attrs, attrs.multiplier) })
const filterShape = ({ kernel, image, multiplier }: DepthwiseAttrs): Shape => [...kernel, image[3]!, multiplier]
const outputShape = (attrs: DepthwiseAttrs): Shape => {
  const { oh, ow } = slide('depthwiseConv2d', attrs.image, attrs)
  return [attrs.image[0]!, oh, ow, attrs.image[3]! * attrs.multiplier]
}
const flops = ({ attrs }: Tensor<DepthwiseAttrs>): number => 2 * attrs.kernel[0] * attrs.kernel[1] * sizeOf(outputShape(attrs))

/** Inputs x and w. */
export const depthwiseConv2dOp: Op<DepthwiseAttrs> = {
  name: 'depthwiseConv2d',
  shape: (_, attrs) => outputShape(attrs),
  gradient(y, dy) {
    const [x, w] = y.inputs as [Tensor, Tensor]
    return [apply(depthwiseConv2dInputGradOp, [dy, w], y.attrs), apply(depthwiseConv2dFilterGradOp, [x, dy], y.attrs)]
  },
  calls: (node, at) => [call(depthwise_conv2d_f32, fields(node, at))],
  flops,
}

/** Inputs dy and w; the result has x's shape. */
export const depthwiseConv2dInputGradOp: Op<DepthwiseAttrs> = {
  name: 'depthwiseConv2dInputGrad',
  shape: (_, { image }) => image,
  gradient(dx, ddx) {
    const [dy, w] = dx.inputs as [Tensor, Tensor]
    return [apply(depthwiseConv2dOp, [ddx, w], dx.attrs), apply(depthwiseConv2dFilterGradOp, [ddx, dy], dx.attrs)]
  },
  calls: (node, at) => [call(depthwise_conv2d_input_grad_f32, fields(node, at))],
  flops,
}

/** Inputs x and dy; the result has w's shape. */
export const depthwiseConv2dFilterGradOp: Op<DepthwiseAttrs> = {
  name: 'depthwiseConv2dFilterGrad',
  shape: (_, attrs) => filterShape(attrs),
  gradient(dw, ddw) {
    const [x, dy] = dw.inputs as [Tensor, Tensor]
    return [apply(depthwiseConv2dInputGradOp, [dy, ddw], dw.attrs), apply(depthwiseConv2dOp, [x, ddw], dw.attrs)]
  },
  calls: (node, at) => [call(depthwise_conv2d_filter_grad_f32, fields(node, at))],
  flops,
}

/**
 * y[n, oy, ox, c·m + j] = Σ x[n, oy·stride + ky − pad, ox·stride + kx − pad, c] · w[ky, kx, c, j].
 * @param x [batch, height, width, c]
 * @param w [kernel height, kernel width, c, m]
 * @throws RangeError where the shapes do not fit or the window does not fit into the image
 * @example
 * const kernel = variable('kernel', [3, 3, 3, 1], initializers.glorotUniform())
 * ops.depthwiseConv2d(picture, kernel, { padding: 'same' })
 */
export const depthwiseConv2d = checked('depthwiseConv2d', { x: tensor, w: tensor }, (
  x: Tensor, w: Tensor, options: WindowOptions = {},
): Tensor => {
  const { strides = 1, padding } = complete('depthwiseConv2d', options, WINDOW)
  const [kh, kw, c, m] = w.shape as [number, number, number, number]
  if (w.shape.length !== 4 || x.shape.length !== 4 || c !== x.shape[3]) {
    const want = 'expected x [batch, height, width, c] and w [kernel height, kernel width, c, multiplier] with the same c'
    throw shapeError('depthwiseConv2d', `x ${show(x.shape)} and w ${show(w.shape)} do not fit: ${want}; reshape the filter`)
  }
  const window = { kernel: [kh, kw], strides: pair(strides), padding } as const
  return apply(depthwiseConv2dOp, [x, w], { ...window, image: x.shape, multiplier: m })
})
