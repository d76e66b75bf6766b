// Layers of images without weights, and noise, by their Keras names and options.
import { shapeError, show } from '../graph/tensor.ts'
import { add } from '../ops/arithmetic.ts'
import { pair } from '../ops/lowering/padding.ts'
import { randomNormal } from '../ops/random.ts'
import { mean } from '../ops/reduce.ts'
import { resizeBilinear, resizeNearest } from '../ops/resize.ts'
import { complete, flag, type Given, notNegative, oneOf, option, required, size } from '../options.ts'
import { type Layer, LAYER, layer, type LayerOptions } from './layer.ts'

const GLOBAL = {
  /** Leaves height and width as 1. Default false. */
  keepDims: option(flag, false),
}

function checkImage(kind: string, shape: readonly number[]): void {
  if (shape.length === 4) return
  throw shapeError(kind, `the input has shape ${show(shape)}, expected [batch, height, width, channels]; put reshape() before it`)
}

/**
 * The mean of each channel over the image: [batch, channels].
 * @throws RangeError when an option is unknown, TypeError when it has a wrong type; RangeError, at its first use, when the input
 *   is not [batch, height, width, channels]
 * @example
 * layers.globalAveragePooling2d() // [n, h, w, c] → [n, c]
 */
export function globalAveragePooling2d(options: Given<typeof GLOBAL> & LayerOptions = {}): Layer {
  const { keepDims, ...all } = complete('globalAveragePooling2d', options, GLOBAL, LAYER)
  return layer('globalAveragePooling2d', all, (shape) => {
    checkImage('globalAveragePooling2d', shape)
    return (x) => mean(x, [1, 2], { keepDims })
  })
}

const UP_SAMPLING = {
  /** How many times as high and wide. Default 2. */
  size: option(size, 2),
  /** Default 'nearest'. 'bilinear' has half-pixel centres, as in Keras. */
  interpolation: option(oneOf('nearest', 'bilinear'), 'nearest'),
}
export type UpSamplingOptions = Given<typeof UP_SAMPLING> & LayerOptions

/**
 * Images `size` times as large, each pixel repeated or interpolated.
 * @throws as `globalAveragePooling2d` does
 * @example
 * layers.upSampling2d({ size: 2 })
 */
export function upSampling2d(options: UpSamplingOptions = {}): Layer {
  const { size: factor, interpolation, ...all } = complete('upSampling2d', options, UP_SAMPLING, LAYER)
  const [rows, columns] = pair(factor)
  const resize = interpolation === 'nearest' ? resizeNearest : resizeBilinear
  return layer('upSampling2d', all, (shape) => {
    checkImage('upSampling2d', shape)
    return (x) => resize(x, [x.shape[1]! * rows, x.shape[2]! * columns], { halfPixelCenters: true })
  })
}

const NOISE = {
  /** The noise's standard deviation, 0 or more. */
  stddev: required(notNegative),
}

/**
 * In training adds normal noise of that standard deviation; otherwise does nothing.
 * @example
 * layers.gaussianNoise({ stddev: 0.5 })
 */
export function gaussianNoise(options: Given<typeof NOISE> & LayerOptions): Layer {
  const { stddev, ...all } = complete('gaussianNoise', options, NOISE, LAYER)
  return layer('gaussianNoise', all, () => (x, pass) => (
    pass.training && stddev ? add(x, randomNormal(x.shape, pass.stream('noise'), { stddev })) : x))
}
