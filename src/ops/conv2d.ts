// Convolution and its two gradients: three ops, each linear in each input, closed under differentiation.
// NHWC images, filters [height, width, in, out]. The transposed convolution is the gradient for the input.
import {
  apply, type GradientRule, type Op, type Places, sameShape, type Shape, shapeError, show, type Tensor, tensor,
} from '../graph/tensor.ts'
import * as directly from './lowering/conv_filter_gradient.ts'
import { convolution } from './lowering/conv_lowering.ts'
import { type ConvAttrs, convFlops, forwardPatches, type Geometry, geometry } from './lowering/conv_patches.ts'
import { backward, forward } from './lowering/conv_phases.ts'
import { PLAIN } from './lowering/epilogue.ts'
import {
  check, checked, complete, counts, type Given, oneOf, option, optional, record, size, WINDOW,
} from '../options.ts'
import { pair } from './lowering/padding.ts'
import type { WindowOptions } from './lowering/window.ts'
import type { Lowered } from './lowering/scratch.ts'
import { flopsOf, winograd } from './lowering/winograd.ts'
import * as byPoints from './lowering/winograd_calls.ts'

/** `of`: the filter's dimension that is the image's channels; none where `w` is no filter. */
function checkShapes(op: string, x: Shape, w: Shape, of?: 2 | 3): void {
  if (x.length !== 4) throw shapeError(op, `the image has shape ${show(x)}, expected [batch, height, width, channels]`)
  if (w.length !== 4) throw shapeError(op, `the filter has shape ${show(w)}, expected 4 dimensions`)
  if (!of || x[3] === w[of]) return
  const takes = `the image ${show(x)} has ${x[3]} channels and the filter ${show(w)} takes ${w[of]}`
  throw shapeError(op, `${takes}; the filter is [height, width, ${of === 2 ? 'in, out' : 'out, in'}]`)
}

/** How one of the ops is computed: by points where that gains. Flops are of what is computed. */
interface Lowering {
  readonly g: Geometry
  readonly lower: (at: Places) => Lowered
  readonly flops: number
}
type Node = Tensor<ConvAttrs>

/** Floats of scratch, by what they follow from: a network has few kinds of convolutions, and to lower one takes a while. */
const known = new Map<string, number>()

/** Floats of scratch: what is taken, wherever it lies. */
function scratchOf({ op }: Node, { g, lower }: Lowering, threads: number): number {
  const key = [op.name, ...Object.values(g), threads].join()
  const floats = known.get(key) ?? lower({ inputs: [0, 0, 0], output: 0, scratch: 0, seed: 0, counter: 0, threads }).bytes / 4
  known.set(key, floats)
  return floats
}

export const conv2dOp: Op<ConvAttrs> = {
  name: 'conv2d',
  fusable: true,
  shape([x, w], attrs) {
    checkShapes('conv2d', x!, w!, 2)
    const { b, oh, ow, f } = geometry(x!, w!, attrs)
    if (oh < 1 || ow < 1) {
      const larger = `the filter ${show(w!)} is larger than the image ${show(x!)}`
      throw shapeError('conv2d', `${larger}; use padding 'same' or a smaller kernel`)
    }
    return [b, oh, ow, f]
  },
  gradient(y, dy) {
    const [x, w] = y.inputs as [Tensor, Tensor]
    return [inputGradient(dy, w, x.shape, y.attrs), filterGradient(x, dy, w.shape, y.attrs)]
  },
  scratch: (node, threads) => scratchOf(node, forwardOf(node), threads),
  calls: (node, at) => forwardOf(node).lower(at).calls,
  flops: (node) => forwardOf(node).flops,
}

function forwardOf(node: Node): Lowering {
  const g = geometry(node.inputs[0]!.shape, node.inputs[1]!.shape, node.attrs)
  const w = winograd(g)
  return w
    ? { g, lower: (at) => byPoints.convolution(node, at, w, false), flops: flopsOf(w) }
    : { g, lower: (at) => convolution(node, at, ...forward(g, forwardPatches(g))), flops: convFlops(g) }
}

const filterGradientRule: GradientRule<ConvAttrs> = (node, g) => {
  const [x, dy] = node.inputs as [Tensor, Tensor]
  return [inputGradient(dy, g, x.shape, node.attrs), conv(x, g, node.attrs)]
}

/** dw = Σ over images and positions of patchᵀ · dy */
export const conv2dFilterGradientOp: Op<ConvAttrs> = {
  name: 'conv2dFilterGradient',
  shape([x, dy], attrs) {
    checkShapes('conv2dFilterGradient', x!, dy!)
    const filter = [...attrs.extent, x![3]!, dy![3]!]
    const { b, oh, ow } = geometry(x!, filter, attrs)
    if (!sameShape([b, oh, ow], dy!.slice(0, 3))) {
      const wanted = `${show([b, oh, ow, dy![3]!])} for the image ${show(x!)}`
      throw shapeError('conv2dFilterGradient', `dy has shape ${show(dy!)}, expected ${wanted}`)
    }
    return filter
  },
  gradient: filterGradientRule,
  scratch: (node, threads) => scratchOf(node, filterGradientOf(node), threads),
  calls: (node, at) => filterGradientOf(node).lower(at).calls,
  flops: (node) => filterGradientOf(node).flops,
}

function filterGradientOf(node: Node): Lowering {
  const g = geometry(node.inputs[0]!.shape, node.shape, node.attrs)
  const w = winograd(g)
  return w
    ? { g, lower: (at) => byPoints.filterGradient(at, w), flops: flopsOf(w) }
    : { g, lower: (at) => directly.filterGradient(node, at, forwardPatches(g), g.f), flops: convFlops(g) }
}

const inputGradientRule: GradientRule<ConvAttrs> = (node, g) => {
  const [dy, w] = node.inputs as [Tensor, Tensor]
  return [conv(g, w, node.attrs), filterGradient(g, dy, w.shape, node.attrs)]
}

/** dx: each image element gets the sum, over the patches that read it, of filter · dy. */
export const conv2dInputGradientOp: Op<ConvAttrs> = {
  name: 'conv2dInputGradient',
  fusable: true,
  shape: ([dy, w], { extent }) => [dy![0]!, ...extent, w![2]!],
  gradient: inputGradientRule,
  scratch: (node, threads) => scratchOf(node, inputGradientOf(node), threads),
  calls: (node, at) => inputGradientOf(node).lower(at).calls,
  flops: (node) => inputGradientOf(node).flops,
}

function inputGradientOf(node: Node): Lowering {
  const g = geometry(node.shape, node.inputs[1]!.shape, node.attrs)
  const w = winograd(g)
  return w
    ? { g, lower: (at) => byPoints.convolution(node, at, w, true), flops: flopsOf(w) }
    : { g, lower: (at) => convolution(node, at, ...backward(g)), flops: convFlops(g) }
}

const plain = (attrs: ConvAttrs): ConvAttrs => ({ ...attrs, epilogue: PLAIN })
const hw = (shape: Shape, from: number): [number, number] => [shape[from]!, shape[from + 1]!]
const conv = (x: Tensor, w: Tensor, attrs: ConvAttrs) => apply(conv2dOp, [x, w], { ...plain(attrs), extent: [0, 0] })
const inputGradient = (dy: Tensor, w: Tensor, image: Shape, attrs: ConvAttrs) =>
  apply(conv2dInputGradientOp, [dy, w], { ...plain(attrs), extent: hw(image, 1) })
const filterGradient = (x: Tensor, dy: Tensor, filter: Shape, attrs: ConvAttrs) =>
  apply(conv2dFilterGradientOp, [x, dy], { ...plain(attrs), extent: hw(filter, 0) })

/** How a filter moves over an image, beside `WINDOW`. */
export const CONVOLUTION = {
  /** How far apart the filter's elements lie on the image. Default 1. */
  dilationRate: option(size, 1),
  /**
   * 'auto', the default: by Winograd's products where they are faster. 'direct': sums of the very products x · w, in the
   * gradients too; see `conv2d` for when.
   */
  algorithm: option(oneOf('auto', 'direct'), 'auto'),
}
export type ConvOptions = WindowOptions & Given<typeof CONVOLUTION>

function attributes(op: string, options: ConvOptions): ConvAttrs {
  const { strides = 1, padding, dilationRate, algorithm } = complete(op, options, WINDOW, CONVOLUTION)
  return { strides: pair(strides), padding, dilationRate: pair(dilationRate), algorithm, extent: [0, 0], epilogue: PLAIN }
}

/**
 * y[b,i,j,f] = Σ x[b, i·s + u·d − pad, j·s + v·d − pad, c] · w[u, v, c, f] over u, v, c (TensorFlow's conv2d; the filter is not
 * flipped).
 *
 * Kernels of two or three strides with many channels, and of 5 at stride 2, are computed by Winograd's products, in the gradients
 * too. Their error is relative to the largest |x| · the largest |w| · the number of products in a sum: within 2⁻²³ of it for
 * numbers of both signs, and 2⁻¹⁹ for those of one, measured for up to 6400 products. That is as good as any where pixels and
 * taps are of one size, but one that is 1e4 times larger costs its neighbours up to 1e-3 of their Σ |x·w|, and an infinite one
 * makes them NaN. Where that matters, `algorithm: 'direct'` adds up the very products x · w, within 4e-6 of Σ |x·w|, measured
 * likewise.
 * @param x [batch, height, width, in]
 * @param w [height, width, in, out]
 * @throws RangeError where ranks or channels do not fit, or the filter is larger than the image without padding
 * @example
 * ops.conv2d(picture, kernel, { strides: 2, padding: 'same' })
 */
export const conv2d = (x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor =>
  apply(conv2dOp, [x, w], attributes('conv2d', options))

/**
 * The gradient of conv2d for its filter: dw[u,v,c,f] = Σ x[b, i·s + u·d − pad, …, c] · dy[b,i,j,f].
 * (The gradient for the image is `conv2dTranspose(dy, w, { …, extent: [height, width] })`.)
 * @param x [batch, height, width, in]
 * @param dy [batch, rows, columns, out], of the convolution's shape
 * @param kernelSize height and width of the filter
 * @throws RangeError where dy's shape is not that of the convolution
 */
export function conv2dFilterGradient(
  x: Tensor, dy: Tensor, kernelSize: readonly [number, number], options: ConvOptions = {},
): Tensor {
  return apply(conv2dFilterGradientOp, [x, dy], { ...attributes('conv2dFilterGradient', options), extent: kernelSize })
}

const EXTENT = counts(2, '[height, width]')

/**
 * The transposed convolution, the gradient of conv2d for its image: y[b, i·s + u·d − pad, j·s + v·d − pad, o] sums
 * x[b,i,j,c] · w[u, v, o, c] over all i, j, u, v, c that meet there.
 * @param x [batch, height, width, in]
 * @param w [height, width, out, in]
 * @param extent height and width of the result; 'same': in·stride, 'valid': (in − 1)·stride + kernel, by default
 * @throws RangeError where ranks or channels do not fit, or no image of that extent gives x's shape
 * @example
 * const kernel = variable('kernel', [3, 3, 8, 3], initializers.glorotUniform()) // to 8 channels, from 3
 * ops.conv2dTranspose(picture, kernel, { strides: 2, padding: 'same' }) // twice as high, twice as wide
 */
export const conv2dTranspose = checked('conv2dTranspose', { x: tensor, w: tensor, options: optional(record) }, (
  x: Tensor, w: Tensor, { extent: asked, ...options }: ConvOptions & { readonly extent?: readonly [number, number] } = {},
): Tensor => {
  if (asked !== undefined) check('conv2dTranspose', 'extent', asked, EXTENT)
  checkShapes('conv2dTranspose', x.shape, w.shape, 3)
  const attrs = attributes('conv2dTranspose', options)
  const full = [0, 1].map((i) => {
    const kernel = (w.shape[i]! - 1) * attrs.dilationRate[i]! + 1
    return attrs.padding === 'same' ? x.shape[i + 1]! * attrs.strides[i]! : (x.shape[i + 1]! - 1) * attrs.strides[i]! + kernel
  }) as [number, number]
  const extent = asked ?? full
  const back = geometry([x.shape[0]!, ...extent, w.shape[2]!], w.shape, attrs)
  if (back.oh !== x.shape[1] || back.ow !== x.shape[2]) {
    const source = `a result of ${show(extent)} would come from an image of ${show([back.oh, back.ow])}`
    const given = `${show(hw(x.shape, 1))}; leave extent out for ${show(full)}`
    throw shapeError('conv2dTranspose', `${source}, not ${given}`)
  }
  return inputGradient(x, w, [x.shape[0]!, ...extent, w.shape[2]!], attrs)
})
