// The layers, by their Keras names and options. A wrong option is refused when the layer is made, a wrong shape when it
// first meets an input.
import { initializer } from '../graph/leaves.ts'
import { shapeError, show, sizeOf, type Shape, type Tensor } from '../graph/tensor.ts'
import { leakyReLU as leakyReLUOp } from '../ops/activation.ts'
import { add } from '../ops/arithmetic.ts'
import { avgPool2d } from '../ops/avg_pool2d.ts'
import { CONVOLUTION, conv2d as conv2dOp, conv2dTranspose as conv2dTransposeOp, type ConvOptions } from '../ops/conv2d.ts'
import { depthwiseConv2d as depthwiseOp } from '../ops/depthwise_conv2d.ts'
import { matmul } from '../ops/matmul.ts'
import { maxPool2d } from '../ops/max_pool2d.ts'
import { pair } from '../ops/lowering/padding.ts'
import type { WindowOptions } from '../ops/lowering/window.ts'
import { dropout as dropoutOp } from '../ops/random.ts'
import { reshape as reshapeOp } from '../ops/reshape.ts'
import { RESIZE, resizeBilinear, resizeNearest, type ResizeOptions } from '../ops/resize.ts'
import {
  check, type Complete, complete, count, flag, fractionBelowOne, type Given, notNegative, oneOf, option, required,
  shape as shapeRule, size, WINDOW,
} from '../options.ts'
import { activation as activationRule, activationOf, type ActivationOption } from './activations.ts'
import { glorotUniform, zeros } from './initializers.ts'
import { type AddVariable, type Layer, LAYER, layer, type LayerOptions } from './layer.ts'

const WEIGHTED = {
  /** Default: linear. */
  activation: option(activationRule, 'linear'),
  /** Whether a bias is added. Default true. */
  useBias: option(flag, true),
  /** Default: glorotUniform(). */
  kernelInitializer: initializer,
  /** Default: zeros(). */
  biasInitializer: initializer,
}
export type WeightedOptions = Given<typeof WEIGHTED> & LayerOptions

const DENSE = {
  /** Features of the result. */
  units: required(count),
}
export type DenseOptions = Given<typeof DENSE> & WeightedOptions

/**
 * activation(x · kernel + bias), for x of shape [batch, features]; kernel [features, units].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, features]
 * @example
 * layers.dense({ units: 400, activation: 'relu' })
 */
export function dense(options: DenseOptions): Layer {
  const all = complete('dense', options, DENSE, WEIGHTED, LAYER)
  const { units, kernelInitializer = glorotUniform() } = all
  const finish = finisher(all)
  return layer('dense', all, (shape, variable) => {
    if (shape.length !== 2) {
      throw shapeError('dense', `the input has shape ${show(shape)}, expected [batch, features]; put flatten() before it`)
    }
    const kernel = variable('kernel', [shape[1]!, units], kernelInitializer)
    const done = finish(variable, units)
    return (x) => done(matmul(x, kernel))
  })
}

const FILTERS = {
  /** Channels of the result. */
  filters: required(count),
  /** The filters' height and width. */
  kernelSize: required(size),
}
export type ConvolutionOptions = Given<typeof FILTERS> & ConvOptions & WeightedOptions

/**
 * activation(conv2d(x, kernel) + bias), NHWC; kernel [height, width, in, filters].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels] or the filter does not fit into it
 * @example
 * layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })
 */
export function conv2d(options: ConvolutionOptions): Layer {
  const all = complete('conv2d', options, FILTERS, WINDOW, CONVOLUTION, WEIGHTED, LAYER)
  const { filters, kernelSize, strides, padding, dilationRate, algorithm, kernelInitializer = glorotUniform() } = all
  const finish = finisher(all)
  return layer('conv2d', all, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), channels('conv2d', shape), filters], kernelInitializer)
    const done = finish(variable, filters)
    return (x) => done(conv2dOp(x, kernel, { strides, padding, dilationRate, algorithm }))
  })
}

/**
 * activation(conv2dTranspose(x, kernel) + bias), NHWC; kernel [height, width, filters, in]. The result has in·stride rows
 * with padding 'same', (in − 1)·stride + kernel rows with 'valid'.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels]
 * @example
 * layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' })
 */
export function conv2dTranspose(options: ConvolutionOptions): Layer {
  const all = complete('conv2dTranspose', options, FILTERS, WINDOW, CONVOLUTION, WEIGHTED, LAYER)
  const { filters, kernelSize, strides, padding, dilationRate, algorithm } = all
  const { kernelInitializer = glorotUniform({ transposed: true }) } = all
  const finish = finisher(all)
  return layer('conv2dTranspose', all, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), filters, channels('conv2dTranspose', shape)], kernelInitializer)
    const done = finish(variable, filters)
    return (x) => done(conv2dTransposeOp(x, kernel, { strides, padding, dilationRate, algorithm }))
  })
}

const DEPTHWISE = {
  /** The filters' height and width. */
  kernelSize: required(size),
  /** Filters of each channel. Default 1. */
  depthMultiplier: option(count, 1),
}
export type DepthwiseOptions = Given<typeof DEPTHWISE> & WindowOptions & WeightedOptions

/**
 * Each channel convolved with `depthMultiplier` filters of its own; kernel [height, width, in, depthMultiplier].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels] or the filter does not fit into it
 * @example
 * layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' })
 */
export function depthwiseConv2d(options: DepthwiseOptions): Layer {
  const all = complete('depthwiseConv2d', options, DEPTHWISE, WINDOW, WEIGHTED, LAYER)
  const { kernelSize, depthMultiplier, strides, padding, kernelInitializer = glorotUniform() } = all
  const finish = finisher(all)
  return layer('depthwiseConv2d', all, (shape, variable) => {
    const c = channels('depthwiseConv2d', shape)
    const kernel = variable('kernel', [...pair(kernelSize), c, depthMultiplier], kernelInitializer)
    const done = finish(variable, c * depthMultiplier)
    return (x) => done(depthwiseOp(x, kernel, { strides, padding }))
  })
}

const POOLING = {
  /** The window's height and width. Default 2. */
  poolSize: option(size, 2),
}
export type PoolingOptions = Given<typeof POOLING> & WindowOptions & LayerOptions

/* @__NO_SIDE_EFFECTS__ */
function pooling(kind: string, pool: typeof maxPool2d) {
  return (options: PoolingOptions = {}): Layer => {
    const { poolSize, strides, padding, ...all } = complete(kind, options, POOLING, WINDOW, LAYER)
    return layer(kind, all, () => (x) => pool(x, { poolSize, strides, padding }))
  }
}
/**
 * The largest value of each window. @throws as `conv2d` does
 * @example
 * layers.maxPooling2d({ poolSize: 2 })
 */
export const maxPooling2d = pooling('maxPooling2d', maxPool2d)
/**
 * The mean of each window, padding not counted. @throws as `conv2d` does
 * @example
 * layers.averagePooling2d({ poolSize: 2 })
 */
export const averagePooling2d = pooling('averagePooling2d', avgPool2d)

const RESIZING = {
  /** Rows of the result. */
  height: required(count),
  /** Columns of the result. */
  width: required(count),
  /** Default 'bilinear'. */
  interpolation: option(oneOf('bilinear', 'nearest'), 'bilinear'),
}
export type ResizingOptions = Given<typeof RESIZING> & ResizeOptions & LayerOptions

/**
 * Resizes images to [height, width]; TensorFlow's legacy coordinates by default (source = destination × in / out).
 * @throws as `conv2d` does, and RangeError when both halfPixelCenters and alignCorners are true
 * @example
 * layers.resizing({ height: 28, width: 28 })
 */
export function resizing(options: ResizingOptions): Layer {
  const { height, width, interpolation, halfPixelCenters, alignCorners, ...all } =
    complete('resizing', options, RESIZING, RESIZE, LAYER)
  const resize = interpolation === 'nearest' ? resizeNearest : resizeBilinear
  return layer('resizing', all, () => (x) => resize(x, [height, width], { halfPixelCenters, alignCorners }))
}

/**
 * All but the batch in one dimension: [batch, features].
 * @example
 * layers.flatten() // [n, h, w, c] → [n, h · w · c]
 */
export function flatten(options: LayerOptions = {}): Layer {
  return layer('flatten', complete('flatten', options, LAYER), () => (x) => reshapeOp(x, [x.shape[0]!, -1]))
}

const RESHAPE = {
  /** The shape of each sample. */
  targetShape: required(shapeRule),
}

/**
 * Another shape for each sample. @throws RangeError, when it is used, where a sample's size is another
 * @example
 * layers.reshape({ targetShape: [7, 7, 16] })
 */
export function reshape(options: Given<typeof RESHAPE> & LayerOptions): Layer {
  const { targetShape, ...all } = complete('reshape', options, RESHAPE, LAYER)
  return layer('reshape', all, () => (x) => {
    if (sizeOf(targetShape) * x.shape[0]! !== x.size) {
      throw shapeError('reshape', `a sample of ${show(x.shape.slice(1))} does not fit into ${show(targetShape)}`)
    }
    return reshapeOp(x, [x.shape[0]!, ...targetShape])
  })
}

/**
 * An activation as a layer. @param fn its name, or a function of a tensor @throws RangeError when the name is unknown
 * @example
 * layers.activation('tanh')
 */
export function activation(fn: ActivationOption, options: LayerOptions = {}): Layer {
  check('activation', 'fn', fn, activationRule)
  const act = activationOf(fn)
  return layer('activation', complete('activation', options, LAYER), () => act)
}

const LEAKY = {
  /** 0 or more. Default 0.2. */
  alpha: option(notNegative, 0.2),
}

/**
 * x > 0 ? x : alpha · x.
 * @example
 * layers.leakyReLU({ alpha: 0.2 })
 */
export function leakyReLU(options: Given<typeof LEAKY> & LayerOptions = {}): Layer {
  const { alpha, ...all } = complete('leakyReLU', options, LEAKY, LAYER)
  return layer('leakyReLU', all, () => (x) => leakyReLUOp(x, alpha))
}

const DROPOUT = {
  /** 0 or more and less than 1. */
  rate: required(fractionBelowOne),
}

/**
 * In training zeroes a fraction `rate` of the values and scales the others by 1 / (1 − rate); otherwise does nothing.
 * @example
 * layers.dropout({ rate: 0.2 })
 */
export function dropout(options: Given<typeof DROPOUT> & LayerOptions): Layer {
  const { rate, ...all } = complete('dropout', options, DROPOUT, LAYER)
  return layer('dropout', all, () => (x, pass) => (pass.training ? dropoutOp(x, rate, pass.stream('mask')) : x))
}

/** What follows a product: makes the bias for `units` outputs, and returns bias and activation as a function. */
function finisher({ activation, useBias, biasInitializer = zeros() }: Complete<typeof WEIGHTED>) {
  const act = activationOf(activation)
  return (variable: AddVariable, units: number): ((x: Tensor) => Tensor) => {
    const bias = useBias ? variable('bias', [units], biasInitializer) : null
    return (x) => act(bias ? add(x, bias) : x)
  }
}

function channels(op: string, shape: Shape): number {
  if (shape.length !== 4) {
    const mend = 'expected [batch, height, width, channels]; put reshape() before it'
    throw shapeError(op, `the input has shape ${show(shape)}, ${mend}`)
  }
  return shape[3]!
}
