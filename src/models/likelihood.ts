// What a decoder's output says of an image's pixels, in [-1, 1]: negative log-likelihoods, and the images that they expect.
import type { Tensor } from '../graph/tensor.ts'
import { constant } from '../nn/initializers.ts'
import { type Layer, layer, type Pass } from '../nn/layer.ts'
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { softplus, tanh } from '../ops/activation.ts'
import { add, mul, negative, sub } from '../ops/arithmetic.ts'
import { clip, greater, less, where } from '../ops/compare.ts'
import { reshape } from '../ops/reshape.ts'
import { sum } from '../ops/reduce.ts'
import { exp, expm1, log, square } from '../ops/unary.ts'
import { oneOf } from '../options.ts'

export const likelihoodRule = oneOf('bernoulli', 'gaussian', 'logistic')

export interface Likelihood {
  /** The layers that it has of its own, to be trained. */
  readonly layers: readonly Layer[]
  /** −ln p(image | output), summed over the pixels of each image: [batch]. */
  nll(images: Tensor, output: Tensor, pass: Pass): Tensor
  /** The images that the output expects, in [-1, 1]. */
  images(output: Tensor): Tensor
}

/** ½ ln 2π */
const HALF_LOG_TAU = 0.9189385332046727
/** Half the distance of two grey values in [-1, 1]. */
const HALF_STEP = 0.00392156862745098
/** Beyond these a pixel is black or white, and its bin reaches to infinity. */
const EDGE = 0.999
/** Bounds of the logarithm of a scale: a tenth of a grey value, and the whole range. */
const LOG_SCALE = [-8, 1] as const

const perImage = (x: Tensor): Tensor => sum(reshape(x, [x.shape[0]!, -1]), 1)

/** Grey values as probabilities of white (cross-entropy; exact where pixels are black or white). */
const bernoulli: Likelihood = {
  layers: [],
  nll: (images, output) => perImage(sigmoidCrossEntropy(mul(add(images, 1), 0.5), output)),
  // 2·sigmoid(l) − 1
  images: (output) => tanh(mul(output, 0.5)),
}

/** A scale for each channel, learned: one layer whose result is its logarithm. */
const scale = (): Layer => layer('likelihood', {}, (shape, variable) => {
  const logScale = variable('log_scale', [shape.at(-1)!], constant(-1))
  return () => clip(logScale, ...LOG_SCALE)
})

/** Normal around the output, with one learned deviation a channel (Rybkin et al. 2021, arXiv:2006.13202). */
function gaussian(): Likelihood {
  const deviation = scale()
  return {
    layers: [deviation],
    nll(images, output, pass) {
      const logSigma = deviation.apply(output, pass)
      const z = mul(sub(images, tanh(output)), exp(negative(logSigma)))
      return perImage(add(mul(square(z), 0.5), add(logSigma, HALF_LOG_TAU)))
    },
    images: tanh,
  }
}

/**
 * The mass of a logistic distribution in each grey value's bin (Kingma et al. 2016, arXiv:1606.04934): σ(p) − σ(m) is
 * σ(p)·σ(−m)·(1 − e^(m − p)), which keeps its digits.
 */
function logistic(): Likelihood {
  const width = scale()
  return {
    layers: [width],
    nll(images, output, pass) {
      const inverse = exp(negative(width.apply(output, pass)))
      const distance = sub(images, tanh(output))
      const above = mul(inverse, add(distance, HALF_STEP))
      const below = mul(inverse, sub(distance, HALF_STEP))
      const bin = log(negative(expm1(mul(inverse, -2 * HALF_STEP))))
      const [black, white] = [less(images, -EDGE), greater(images, EDGE)]
      const inside = where(add(black, white), 0, bin)
      return perImage(sub(add(where(black, 0, softplus(below)), where(white, 0, softplus(negative(above)))), inside))
    },
    images: tanh,
  }
}

export const likelihoodOf = (kind: 'bernoulli' | 'gaussian' | 'logistic'): Likelihood =>
  (kind === 'bernoulli' ? bernoulli : kind === 'gaussian' ? gaussian() : logistic())
