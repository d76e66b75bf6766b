// What the convolutional models with a Gaussian code share: the networks, the code, its losses. Losses are means over images of
// sums over pixels, in nats.
import type { Tensor } from '../graph/tensor.ts'
import type { Layer, Pass } from '../nn/layer.ts'
import { activation, dense, flatten } from '../nn/layers.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { randomNormal } from '../ops/random.ts'
import { sum } from '../ops/reduce.ts'
import { exp, square } from '../ops/unary.ts'
import { count, imageShape as imageRule, notNegative, option } from '../options.ts'
import { beside } from './conditional.ts'
import type { Batch } from './definition.ts'
import { doublings, halvingLayers, halvings, widths } from './conv_networks.ts'
import { likelihoodOf, likelihoodRule } from './likelihood.ts'
import { bounded } from './log_variance.ts'

export const CONV_CODE = {
  /** Size of the code. Default 32. */
  latent: option(count, 32, 'size of the code'),
  /** Channels at half of the image's size; twice as many at each further half. Default 32. */
  filters: option(count, 32, "channels at half of the image's size; twice as many at each further half"),
  /** Units of the dense layers beside the code. Default 256. */
  hidden: option(count, 256, 'units of the dense layers beside the code'),
}
export const CONV_TRAINING = {
  /** Adam's learning rate, or a schedule. Default 1e-3. */
  learningRate: option(rate, 1e-3, "Adam's learning rate, or a schedule"),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}
export const LIKELIHOOD = {
  /** Of pixels: bernoulli (grey values as probabilities), gaussian or logistic. Default 'bernoulli'. */
  likelihood: option(likelihoodRule, 'bernoulli', 'of pixels: bernoulli (grey values as probabilities), gaussian or logistic'),
}

export interface Sizes {
  readonly latent: number
  readonly filters: number
  readonly hidden: number
  readonly imageShape: readonly number[]
}

const relu = (): Layer[] => [activation('relu')]

/** An encoder to features [n, hidden], and a decoder from codes to images, of one depth. */
export function convolutional({ filters, hidden, imageShape }: Sizes): { encoder: Layer; decoder: Layer } {
  const channels = widths(halvings(imageShape).length - 1, filters)
  return {
    encoder: sequential('encoder', [
      ...halvingLayers(channels, relu), flatten(), dense({ units: hidden, activation: 'relu' }),
    ]),
    decoder: sequential('decoder', [
      dense({ units: hidden, activation: 'relu' }), ...doublings(imageShape, channels, relu),
    ]),
  }
}

/** A Gaussian code: its mean, log-variance and deviation, [n, latent] each. */
export interface Code {
  readonly mean: Tensor
  readonly logvar: Tensor
  readonly std: Tensor
}

/** ½ (μ² + σ² − ln σ² − 1) of each number of a code. */
export const divergence = ({ mean, logvar }: Code): Tensor =>
  mul(sub(add(square(mean), exp(logvar)), add(logvar, 1)), 0.5)

/** ln p(z) − ln q(z | x) of codes z = mean + std·ε: z² of a standard normal, ε² and ln σ² of the code's; constants are gone. */
export const priorRatio = (z: Tensor, epsilon: Tensor, logvar: Tensor): Tensor =>
  mul(sum(sub(square(z), add(square(epsilon), logvar)), 1), -0.5)

/** The networks of a variational model, conditional where there are classes. */
export function gaussianModel(options: Sizes & { likelihood: 'bernoulli' | 'gaussian' | 'logistic' }, classes?: number) {
  const { encoder, decoder } = convolutional(options)
  const [mean, logvar] = [dense({ units: options.latent, name: 'mean' }), dense({ units: options.latent, name: 'logvar' })]
  const likelihood = likelihoodOf(options.likelihood)
  function code(images: Tensor, pass: Pass, labels?: Tensor): Code {
    const h = beside(encoder.apply(images, pass), labels, classes)
    const mu = mean.apply(h, pass)
    const log = bounded(logvar.apply(h, pass))
    return { mean: mu, logvar: log, std: exp(mul(log, 0.5)) }
  }
  /** What the likelihood is of. */
  const output = (codes: Tensor, pass: Pass, labels?: Tensor): Tensor => decoder.apply(beside(codes, labels, classes), pass)
  return {
    likelihood,
    layers: [encoder, mean, logvar, decoder, ...likelihood.layers],
    code,
    output,
    /** As a definition has them. */
    importanceWeights({ images, labels }: Batch, pass: Pass): Tensor {
      const { mean: mu, logvar: log, std } = code(images, pass, labels)
      const epsilon = randomNormal(mu.shape, pass.stream('epsilon'))
      const z = add(mu, mul(std, epsilon))
      return sub(priorRatio(z, epsilon, log), likelihood.nll(images, output(z, pass, labels), pass))
    },
  }
}
