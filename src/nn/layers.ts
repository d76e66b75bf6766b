// The layers, by their Keras names and options. A wrong option is refused when the layer is made, a wrong shape when it
// first meets an input.
import type { Initializer } from '../graph/leaves.ts'
import { shapeError, show, sizeOf, type Shape, type Tensor } from '../graph/tensor.ts'
import { leakyReLU as leakyReLUOp } from '../ops/activation.ts'
import { add } from '../ops/arithmetic.ts'
import { avgPool2d } from '../ops/avg_pool2d.ts'
import {
  conv2d as conv2dOp, conv2dTranspose as conv2dTransposeOp, CONVOLUTION as OF_OP, type ConvOptions,
} from '../ops/conv2d.ts'
import { depthwiseConv2d as depthwiseOp } from '../ops/depthwise_conv2d.ts'
import { matmul } from '../ops/matmul.ts'
import { maxPool2d } from '../ops/max_pool2d.ts'
import { type Padding, pair } from '../ops/lowering/padding.ts'
import { dropout as dropoutOp } from '../ops/random.ts'
import { reshape as reshapeOp } from '../ops/reshape.ts'
import { resizeBilinear, type ResizeOptions, resizeNearest } from '../ops/resize.ts'
import { activationOf, type ActivationOption } from './activations.ts'
import { glorotUniform, zeros } from './initializers.ts'
import { type AddVariable, LAYER, type Layer, layer, type LayerOptions } from './layer.ts'
import * as rules from '../options.ts'
import { checkOptions, required, WINDOW } from '../options.ts'

export interface WeightedOptions extends LayerOptions {
  /** Default: linear. */
  activation?: ActivationOption
  /** Whether a bias is added. Default true. */
  useBias?: boolean
  /** Default: glorotUniform(). */
  kernelInitializer?: Initializer
  /** Default: zeros(). */
  biasInitializer?: Initializer
}
const WEIGHTED = {
  activation: rules.activation, useBias: rules.flag, kernelInitializer: rules.initializer, biasInitializer: rules.initializer,
  ...LAYER,
}

export interface DenseOptions extends WeightedOptions {
  /** Features of the result. */
  units: number
}

/**
 * activation(x · kernel + bias), for x of shape [batch, features]; kernel [features, units].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, features]
 */
export function dense(options: DenseOptions): Layer {
  checkOptions('dense', options, { units: required(rules.count), ...WEIGHTED })
  const { units, kernelInitializer = glorotUniform() } = options
  const finish = finisher(options)
  return layer('dense', options, (shape, variable) => {
    if (shape.length !== 2) {
      throw shapeError('dense', `the input has shape ${show(shape)}, expected [batch, features]; put flatten() before it`)
    }
    const kernel = variable('kernel', [shape[1]!, units], kernelInitializer)
    const done = finish(variable, units)
    return (x) => done(matmul(x, kernel))
  })
}

export interface ConvolutionOptions extends WeightedOptions, ConvOptions {
  /** Channels of the result. */
  filters: number
  /** The filters' height and width. */
  kernelSize: number | readonly [number, number]
}
const CONVOLUTION = {
  filters: required(rules.count), kernelSize: required(rules.size), ...OF_OP, ...WEIGHTED,
}

/**
 * activation(conv2d(x, kernel) + bias), NHWC; kernel [height, width, in, filters].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels] or the filter does not fit into it
 */
export function conv2d(options: ConvolutionOptions): Layer {
  checkOptions('conv2d', options, CONVOLUTION)
  const { filters, kernelSize, kernelInitializer = glorotUniform() } = options
  const finish = finisher(options)
  return layer('conv2d', options, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), channels('conv2d', shape), filters], kernelInitializer)
    const done = finish(variable, filters)
    return (x) => done(conv2dOp(x, kernel, windowOf(options)))
  })
}

/**
 * activation(conv2dTranspose(x, kernel) + bias), NHWC; kernel [height, width, filters, in]. The result has in·stride rows
 * with padding 'same', (in − 1)·stride + kernel rows with 'valid'.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels]
 */
export function conv2dTranspose(options: ConvolutionOptions): Layer {
  checkOptions('conv2dTranspose', options, CONVOLUTION)
  const { filters, kernelSize, kernelInitializer = glorotUniform({ transposed: true }) } = options
  const finish = finisher(options)
  return layer('conv2dTranspose', options, (shape, variable) => {
    const kernel = variable('kernel', [...pair(kernelSize), filters, channels('conv2dTranspose', shape)], kernelInitializer)
    const done = finish(variable, filters)
    return (x) => done(conv2dTransposeOp(x, kernel, windowOf(options)))
  })
}

export interface DepthwiseOptions extends WeightedOptions {
  /** The filters' height and width. */
  kernelSize: number | readonly [number, number]
  /** Filters of each channel. Default 1. */
  depthMultiplier?: number
  strides?: number | readonly [number, number]
  padding?: Padding
}

/**
 * Each channel convolved with `depthMultiplier` filters of its own; kernel [height, width, in, depthMultiplier].
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its
 *   first use, when the input is not [batch, height, width, channels] or the filter does not fit into it
 */
export function depthwiseConv2d(options: DepthwiseOptions): Layer {
  const known = { kernelSize: required(rules.size), depthMultiplier: rules.count, ...WINDOW, ...WEIGHTED }
  checkOptions('depthwiseConv2d', options, known)
  const { kernelSize, depthMultiplier = 1, strides, padding, kernelInitializer = glorotUniform() } = options
  const finish = finisher(options)
  return layer('depthwiseConv2d', options, (shape, variable) => {
    const c = channels('depthwiseConv2d', shape)
    const kernel = variable('kernel', [...pair(kernelSize), c, depthMultiplier], kernelInitializer)
    const done = finish(variable, c * depthMultiplier)
    return (x) => done(depthwiseOp(x, kernel, { strides, padding }))
  })
}

export interface PoolingOptions extends LayerOptions {
  /** The window's height and width. Default 2. */
  poolSize?: number | readonly [number, number]
  /** Default: the window's size. */
  strides?: number | readonly [number, number]
  /** Default 'valid'. */
  padding?: Padding
}

/* @__NO_SIDE_EFFECTS__ */
function pooling(kind: string, pool: typeof maxPool2d) {
  return (options: PoolingOptions = {}): Layer => {
    checkOptions(kind, options, { poolSize: rules.size, ...WINDOW, ...LAYER })
    const { poolSize = 2, strides = poolSize, padding } = options
    return layer(kind, options, () => (x) => pool(x, { poolSize, strides, padding }))
  }
}
/** The largest value of each window. @throws as `conv2d` does */
export const maxPooling2d = pooling('maxPooling2d', maxPool2d)
/** The mean of each window, padding not counted. @throws as `conv2d` does */
export const averagePooling2d = pooling('averagePooling2d', avgPool2d)

export interface ResizingOptions extends LayerOptions, ResizeOptions {
  height: number
  width: number
  /** Default 'bilinear'. */
  interpolation?: 'bilinear' | 'nearest'
}

/**
 * Resizes images to [height, width]; TensorFlow's legacy coordinates by default (source = destination × in / out).
 * @throws as `conv2d` does, and RangeError when both halfPixelCenters and alignCorners are true
 */
export function resizing(options: ResizingOptions): Layer {
  checkOptions('resizing', options, {
    height: required(rules.count), width: required(rules.count), interpolation: rules.oneOf('bilinear', 'nearest'),
    halfPixelCenters: rules.flag, alignCorners: rules.flag, ...LAYER,
  })
  const { height, width, interpolation = 'bilinear', halfPixelCenters, alignCorners } = options
  const resize = interpolation === 'nearest' ? resizeNearest : resizeBilinear
  return layer('resizing', options, () => (x) => resize(x, [height, width], { halfPixelCenters, alignCorners }))
}

/** All but the batch in one dimension: [batch, features]. */
export function flatten(options: LayerOptions = {}): Layer {
  checkOptions('flatten', options, LAYER)
  return layer('flatten', options, () => (x) => reshapeOp(x, [x.shape[0]!, -1]))
}

/** Another shape for each sample. @throws RangeError, when it is used, where a sample's size is another */
export function reshape(options: LayerOptions & { targetShape: Shape }): Layer {
  checkOptions('reshape', options, { targetShape: required(rules.shape), ...LAYER })
  const { targetShape } = options
  return layer('reshape', options, () => (x) => {
    if (sizeOf(targetShape) * x.shape[0]! !== x.size) {
      throw shapeError('reshape', `a sample of ${show(x.shape.slice(1))} does not fit into ${show(targetShape)}`)
    }
    return reshapeOp(x, [x.shape[0]!, ...targetShape])
  })
}

/** An activation as a layer. @param fn its name, or a function of a tensor @throws RangeError when the name is unknown */
export function activation(fn: ActivationOption, options: LayerOptions = {}): Layer {
  checkOptions('activation', options, LAYER)
  const act = activationOf(fn)
  return layer('activation', options, () => act)
}

/** x > 0 ? x : alpha · x. @param options.alpha 0 or more, 0.2 by default */
export function leakyReLU(options: LayerOptions & { alpha?: number } = {}): Layer {
  checkOptions('leakyReLU', options, { alpha: rules.notNegative, ...LAYER })
  return layer('leakyReLU', options, () => (x) => leakyReLUOp(x, options.alpha))
}

/**
 * In training zeroes a fraction `rate` of the values and scales the others by 1 / (1 − rate); otherwise does nothing.
 * @param options.rate 0 or more and less than 1
 */
export function dropout(options: LayerOptions & { rate: number }): Layer {
  checkOptions('dropout', options, { rate: required(rules.fractionBelowOne), ...LAYER })
  const { rate } = options
  return layer('dropout', options, () => (x, pass) => (pass.training ? dropoutOp(x, rate, pass.stream('mask')) : x))
}

/** What follows a product: makes the bias for `units` outputs, and returns bias and activation as a function. */
function finisher({ activation = 'linear', useBias = true, biasInitializer = zeros() }: WeightedOptions) {
  const act = activationOf(activation)
  return (variable: AddVariable, units: number): ((x: Tensor) => Tensor) => {
    const bias = useBias ? variable('bias', [units], biasInitializer) : null
    return (x) => act(bias ? add(x, bias) : x)
  }
}

const windowOf = ({ strides, padding, dilationRate, algorithm }: ConvOptions): ConvOptions =>
  ({ strides, padding, dilationRate, algorithm })

function channels(op: string, shape: Shape): number {
  if (shape.length !== 4) {
    const mend = 'expected [batch, height, width, channels]; put reshape() before it'
    throw shapeError(op, `the input has shape ${show(shape)}, ${mend}`)
  }
  return shape[3]!
}
