// The deep convolutional GAN (Radford et al. 2015, arXiv:1511.06434) for images whose sides four divides, 28 × 28 by
// default; non-saturating losses. Learning rate, β₁ and the weights' deviation are those of the paper's section 4.
import { mean } from '../ops/reduce.ts'
import * as initializers from '../nn/initializers.ts'
import { activation, conv2d, conv2dTranspose, dense, flatten, leakyReLU, reshape } from '../nn/layers.ts'
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { batchNormalization } from '../nn/normalization.ts'
import { count, counts, fractionBelowOne, imageShape as imageRule, notNegative, option } from '../options.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { adversarial } from './adversarial.ts'
import { defineModel, type Graphs, type OptionsOf } from './kind.ts'

/** The paper leaves these to its implementation; a momentum of 0.9 follows the weights within some ten steps. */
const NORMALIZATION = { epsilon: 1e-5, momentum: 0.9 }

/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
const OPTIONS = {
  /** Size of the noise. Default 100. */
  latent: option(count, 100, 'size of the noise'),
  /** Channels at a quarter and at half of the image's size. Default [128, 64]. */
  filters: option(counts(2, 'at a quarter and at half of the size'), [128, 64],
    "channels at a quarter and at half of the image's size"),
  /** Adam's learning rate, or a schedule. Default 2e-4. */
  learningRate: option(rate, 2e-4, "Adam's learning rate, or a schedule"),
  /** Adam's decay of the first moment. Default 0.5. */
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels], sides that four divides. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels], sides that four divides'),
}

/**
 * Generator: noise → dense 7·7·128 → transposed conv 64 → transposed conv 1 → tanh, with batch norm and relu between.
 * Discriminator: conv 64, leaky relu 0.2 → conv 128, batch norm, leaky relu → dense 1. Kernels 4 × 4, strides 2, SAME.
 * Real and generated images are normalised by their own statistics each.
 */
export const dcgan = defineModel({
  kind: 'dcgan',
  summary: 'deep convolutional GAN, slow: minutes an epoch on MNIST',
  options: OPTIONS,
  images: 'images whose sides four divides',
  epochs: 5,
  verify: { options: { filters: [12, 6], latent: 20 }, batchSize: 8 },
  bench: { batchSize: 32, quick: false },
}, ({ filters, imageShape, ...options }): Graphs<'discriminator' | 'generator', never> => {
  const [height, width, channels] = imageShape
  if (height % 4 || width % 4) {
    throw new RangeError(`dcgan: the images are ${height} × ${width}, expected sides that four divides; resize or pad them`)
  }
  const [quarter, half] = filters
  const small = [height / 4, width / 4, quarter] as const
  const kernelInitializer = initializers.randomNormal({ stddev: 0.02 })
  const halving = { kernelSize: 4, strides: 2, padding: 'same', kernelInitializer } as const

  const generator = sequential('generator', [
    dense({ units: small[0] * small[1] * quarter, kernelInitializer }), reshape({ targetShape: small }),
    batchNormalization(NORMALIZATION), activation('relu'),
    conv2dTranspose({ filters: half, ...halving }), batchNormalization(NORMALIZATION), activation('relu'),
    conv2dTranspose({ filters: channels, ...halving }), activation('tanh'),
  ])
  const discriminator = sequential('discriminator', [
    conv2d({ filters: half, ...halving }), leakyReLU({ alpha: 0.2 }),
    conv2d({ filters: quarter, ...halving }), batchNormalization(NORMALIZATION), leakyReLU({ alpha: 0.2 }),
    flatten(), dense({ units: 1, kernelInitializer }),
  ])
  return {
    imageShape,
    ...adversarial(options, {
      generator, discriminator, real: (images) => images, loss: (label, logits) => mean(sigmoidCrossEntropy(label, logits)),
    }),
    decode: (codes, pass) => generator.apply(codes, pass),
  }
})

export type DcganOptions = OptionsOf<typeof dcgan>
