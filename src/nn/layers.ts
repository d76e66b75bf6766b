// The layers, by their Keras names and options.
import type { Initializer } from '../graph/leaves.ts'
import { shapeError, show, sizeOf, type Shape, type Tensor } from '../graph/tensor.ts'
import { add } from '../ops/arithmetic.ts'
import { conv2d as conv2dOp, conv2dTranspose as conv2dTransposeOp, type ConvOptions } from '../ops/conv2d.ts'
import { depthwiseConv2d as depthwiseOp } from '../ops/depthwise_conv2d.ts'
import { matmul } from '../ops/matmul.ts'
import type { Padding } from '../ops/padding.ts'
import { pair } from '../ops/padding.ts'
import { maxPool2d } from '../ops/max_pool2d.ts'
import { avgPool2d } from '../ops/avg_pool2d.ts'
import { dropout as dropoutOp } from '../ops/random.ts'
import { reshape as reshapeOp } from '../ops/reshape.ts'
import { resizeBilinear, type ResizeOptions, resizeNearest } from '../ops/resize.ts'
import { leakyReLU as leakyReLUOp } from '../ops/activation.ts'
import { activationOf, type ActivationOption } from './activations.ts'
import { glorotUniform, zeros } from './initializers.ts'
import { type Layer, layer } from './layer.ts'

interface Common {
  /** Names the layer in its parent's scope; the kind by default. */
  name?: string
}
interface Weighted extends Common {
  activation?: ActivationOption
  useBias?: boolean
  kernelInitializer?: Initializer
  biasInitializer?: Initializer
}

/** activation(x · kernel + bias), for x of shape [batch, features]. */
export function dense({ units, activation = 'linear', useBias = true, kernelInitializer = glorotUniform(), biasInitializer = zeros(), name }: Weighted & { units: number }): Layer {
  positive('dense', 'units', units)
  const act = activationOf(activation)
  return layer('dense', name, (shape, variable) => {
    if (shape.length !== 2) throw shapeError('dense', `the input has shape ${show(shape)}, expected [batch, features]; put flatten() before it`)
    const kernel = variable('kernel', [shape[1]!, units], kernelInitializer)
    const bias = useBias ? variable('bias', [units], biasInitializer) : null
    return (x) => act(biased(matmul(x, kernel), bias))
  })
}

interface Convolution extends Weighted, ConvOptions {
  filters: number
  kernelSize: number | readonly [number, number]
}

/** activation(conv2d(x, kernel) + bias), NHWC; kernel [height, width, in, filters]. */
export function conv2d({ filters, kernelSize, activation = 'linear', useBias = true, kernelInitializer = glorotUniform(), biasInitializer = zeros(), name, ...rest }: Convolution): Layer {
  positive('conv2d', 'filters', filters)
  const act = activationOf(activation)
  return layer('conv2d', name, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), channels('conv2d', shape), filters], kernelInitializer)
    const bias = useBias ? variable('bias', [filters], biasInitializer) : null
    return (x) => act(biased(conv2dOp(x, kernel, rest), bias))
  })
}

/** activation(conv2dTranspose(x, kernel) + bias), NHWC; kernel [height, width, filters, in]. */
export function conv2dTranspose({ filters, kernelSize, activation = 'linear', useBias = true, kernelInitializer = glorotUniform({ transposed: true }), biasInitializer = zeros(), name, ...rest }: Convolution): Layer {
  positive('conv2dTranspose', 'filters', filters)
  const act = activationOf(activation)
  return layer('conv2dTranspose', name, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), filters, channels('conv2dTranspose', shape)], kernelInitializer)
    const bias = useBias ? variable('bias', [filters], biasInitializer) : null
    return (x) => act(biased(conv2dTransposeOp(x, kernel, rest), bias))
  })
}

interface Depthwise extends Omit<Weighted, 'dilation'> {
  kernelSize: number | readonly [number, number]
  depthMultiplier?: number
  strides?: number | readonly [number, number]
  padding?: Padding
}

/** Each channel convolved with `depthMultiplier` filters of its own; kernel [height, width, in, depthMultiplier]. */
export function depthwiseConv2d({ kernelSize, depthMultiplier = 1, activation = 'linear', useBias = true, kernelInitializer = glorotUniform(), biasInitializer = zeros(), name, ...rest }: Depthwise): Layer {
  const act = activationOf(activation)
  return layer('depthwiseConv2d', name, (shape, variable) => {
    const c = channels('depthwiseConv2d', shape)
    const kernel = variable('kernel', [...pair(kernelSize), c, depthMultiplier], kernelInitializer)
    const bias = useBias ? variable('bias', [c * depthMultiplier], biasInitializer) : null
    return (x) => act(biased(depthwiseOp(x, kernel, rest), bias))
  })
}

interface Pooling extends Common {
  poolSize?: number | readonly [number, number]
  strides?: number | readonly [number, number]
  padding?: Padding
}
/** The largest value of each window. */
export const maxPooling2d = ({ poolSize = 2, strides = poolSize, padding = 'valid', name }: Pooling = {}): Layer =>
  layer('maxPooling2d', name, () => (x) => maxPool2d(x, { poolSize, strides, padding }))
/** The mean of each window, padding not counted. */
export const averagePooling2d = ({ poolSize = 2, strides = poolSize, padding = 'valid', name }: Pooling = {}): Layer =>
  layer('averagePooling2d', name, () => (x) => avgPool2d(x, { poolSize, strides, padding }))

/** Resizes images to [height, width]; TensorFlow's legacy coordinates by default (source = destination × in / out). */
export const resizing = ({ height, width, interpolation = 'bilinear', name, ...options }: Common & ResizeOptions & { height: number; width: number; interpolation?: 'bilinear' | 'nearest' }): Layer =>
  layer('resizing', name, () => (x) => (interpolation === 'nearest' ? resizeNearest(x, [height, width]) : resizeBilinear(x, [height, width], options)))

/** All but the batch in one dimension. */
export const flatten = ({ name }: Common = {}): Layer => layer('flatten', name, () => (x) => reshapeOp(x, [x.shape[0]!, -1]))
/** Another shape for each sample. */
export const reshape = ({ targetShape, name }: Common & { targetShape: Shape }): Layer =>
  layer('reshape', name, () => (x) => {
    if (sizeOf(targetShape) * x.shape[0]! !== x.size) throw shapeError('reshape', `a sample of ${show(x.shape.slice(1))} does not fit into ${show(targetShape)}`)
    return reshapeOp(x, [x.shape[0]!, ...targetShape])
  })

/** An activation as a layer. */
export const activation = (fn: ActivationOption, { name }: Common = {}): Layer => {
  const act = activationOf(fn)
  return layer('activation', name, () => act)
}
/** x > 0 ? x : alpha · x */
export const leakyReLU = ({ alpha = 0.2, name }: Common & { alpha?: number } = {}): Layer => layer('leakyReLU', name, () => (x) => leakyReLUOp(x, alpha))

/** In training zeroes a share `rate` of the values and scales the others by 1 / (1 − rate); otherwise does nothing. */
export const dropout = ({ rate, name }: Common & { rate: number }): Layer =>
  layer('dropout', name, () => (x, pass) => (pass.training ? dropoutOp(x, rate, pass.stream('mask')) : x))

const biased = (x: Tensor, bias: Tensor | null): Tensor => (bias ? add(x, bias) : x)

function channels(op: string, shape: Shape): number {
  if (shape.length !== 4) throw shapeError(op, `the input has shape ${show(shape)}, expected [batch, height, width, channels]; put reshape() before it`)
  return shape[3]!
}

function positive(op: string, what: string, n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`${op}: ${what} is ${n}, expected a positive integer`)
}
