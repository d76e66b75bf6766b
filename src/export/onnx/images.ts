// Ops that read images, as nodes of ONNX: NCHW, every padding spelled out (`auto_pad` is deprecated, and runtimes differ in it).
import type { Tensor } from '../../graph/tensor.ts'
import { type Padding, type Pads, pads } from '../../ops/lowering/padding.ts'
import { ResizeMode } from '../../graph/contract.generated.ts'
import type { Rule } from './emitter.ts'

type Two = readonly [number, number]
interface Window {
  readonly strides: Two
  readonly padding: Padding
  readonly dilationRate?: Two
}
const AXES = [0, 1] as const

/** Where a window of `kernel` goes on an image of `size`, along both axes. */
const along = (size: readonly number[], kernel: readonly number[], { strides, padding, dilationRate = [1, 1] }: Window): Pads[] =>
  AXES.map((i) => pads(size[i]!, kernel[i]!, strides[i], padding, dilationRate[i]))
const sizeOf = ({ shape }: Tensor): number[] => shape.slice(1, 3)
/** As ONNX has them: those before, then those after. */
const padsOf = (both: readonly Pick<Pads, 'before' | 'after'>[]): number[] =>
  [...both.map(({ before }) => before), ...both.map(({ after }) => after)]

const conv2d: Rule = (node, to) => {
  const [x, w] = node.inputs as [Tensor, Tensor]
  const attrs = node.attrs as unknown as Window & { dilationRate: Two }
  const kernel = w.shape.slice(0, 2)
  to.set(node, to.add('Conv', [to.nchw(x), to.permuted(w, [3, 2, 0, 1])], {
    kernel_shape: kernel, strides: attrs.strides, dilations: attrs.dilationRate, pads: padsOf(along(sizeOf(x), kernel, attrs)),
  }, node), 'nchw')
}

/** The transposed convolution: what it pads is cut off; what is missing at the end, as where a stride is longer, is added. */
const conv2dInputGradient: Rule = (node, to) => {
  const [dy, w] = node.inputs as [Tensor, Tensor]
  const attrs = node.attrs as unknown as Window & { dilationRate: Two }
  const kernel = w.shape.slice(0, 2)
  const both = along(sizeOf(node), kernel, attrs).map(({ before }, i) => {
    const full = (dy.shape[i + 1]! - 1) * attrs.strides[i]! + (kernel[i]! - 1) * attrs.dilationRate[i]! + 1
    return { before, after: full - node.shape[i + 1]! - before }
  })
  to.set(node, to.add('ConvTranspose', [to.nchw(dy), to.permuted(w, [3, 2, 0, 1])], {
    kernel_shape: kernel, strides: attrs.strides, dilations: attrs.dilationRate,
    pads: padsOf(both.map(({ before, after }) => ({ before, after: Math.max(after, 0) }))),
    output_padding: both.map(({ after }) => Math.max(-after, 0)),
  }, node), 'nchw')
}

const depthwiseConv2d: Rule = (node, to) => {
  const [x, w] = node.inputs as [Tensor, Tensor]
  const attrs = node.attrs as unknown as Window
  const [kh, kw, c, m] = w.shape as [number, number, number, number]
  to.set(node, to.add('Conv', [to.nchw(x), to.permuted(w, [2, 3, 0, 1], [c * m, 1, kh, kw])], {
    kernel_shape: [kh, kw], strides: attrs.strides, group: c, pads: padsOf(along(sizeOf(x), [kh, kw], attrs)),
  }, node), 'nchw')
}

const pooling = (opType: string, more: Readonly<Record<string, number>>): Rule => (node, to) => {
  const [x] = node.inputs as [Tensor]
  const attrs = node.attrs as unknown as Window & { kernel: Two }
  to.set(node, to.add(opType, [to.nchw(x)], {
    kernel_shape: attrs.kernel, strides: attrs.strides, pads: padsOf(along(sizeOf(x), attrs.kernel, attrs)), ...more,
  }, node), 'nchw')
}

const COORDINATES = new Map<number, string>([
  [ResizeMode.LEGACY, 'asymmetric'], [ResizeMode.HALF_PIXEL, 'half_pixel'], [ResizeMode.ALIGNED, 'align_corners'],
])

const resizeBilinear: Rule = (node, to) => {
  const [x] = node.inputs as [Tensor]
  const coordinates = COORDINATES.get(node.attrs['mode'] as number)!
  const image = to.nchw(x)
  const head = to.add('Slice', [to.add('Shape', [image]), to.ints([0]), to.ints([2])])
  const sizes = to.add('Concat', [head, to.ints(sizeOf(node))], { axis: 0 })
  to.set(node, to.add('Resize', [image, '', '', sizes], {
    mode: 'linear', coordinate_transformation_mode: coordinates,
  }, node), 'nchw')
}

/** The pixel that each takes is computed here: runtimes divide sizes in f32, and where that is rounded take the one before. */
const resizeNearest: Rule = (node, to) => {
  const [x] = node.inputs as [Tensor]
  const mode = (node.attrs['mode'] as number) & ~ResizeMode.NEAREST
  const taken = AXES.reduce((image, axis) => {
    const [size, out] = [x.shape[axis + 1]!, node.shape[axis + 1]!]
    const indices = Array.from({ length: out }, (_, i) => Math.min(size - 1, Math.floor(
      mode === ResizeMode.HALF_PIXEL ? ((i + 0.5) * size) / out
        : mode === ResizeMode.ALIGNED && out > 1 ? (i * (size - 1)) / (out - 1) + 0.5 : (i * size) / out)))
    return to.add('Gather', [image, to.ints(indices)], { axis: axis + 2 }, node)
  }, to.nchw(x))
  to.set(node, taken, 'nchw')
}

export const IMAGES: Readonly<Record<string, Rule>> = {
  conv2d, conv2dInputGradient, depthwiseConv2d, resizeBilinear, resizeNearest,
  maxPool2d: pooling('MaxPool', {}), avgPool2d: pooling('AveragePool', { count_include_pad: 0 }),
}
