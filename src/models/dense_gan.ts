// The networks that the dense GANs share; their losses tell them apart.
import { reshape } from '../ops/reshape.ts'
import { sizeOf } from '../graph/tensor.ts'
import { dense, leakyReLU } from '../nn/layers.ts'
import { type Complete, count, fractionBelowOne, imageShape as imageRule, notNegative, option } from '../options.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { adversarial, type Networks } from './adversarial.ts'
import type { Graphs } from './kind.ts'

export const DENSE_GAN = {
  /** Size of the noise. Default 100. */
  latent: option(count, 100, 'size of the noise'),
  /** Units of the generator's hidden layers. Default 1024. */
  hidden: option(count, 1024, "units of the generator's hidden layers"),
  /** Units of the discriminator's hidden layers. Default 256. */
  discriminatorHidden: option(count, 256, "units of the discriminator's hidden layers"),
  /** Adam's learning rate, or a schedule. Default 3e-4. */
  learningRate: option(rate, 3e-4, "Adam's learning rate, or a schedule"),
  /** Adam's decay of the first moment. Default 0.5. */
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}

/**
 * Generator: noise → 1024 relu → 1024 relu → 784 tanh. Discriminator: 784 → 256 → 256 (leaky relu 0.2) → 1 score.
 * @param loss see `Networks`
 */
export function denseGan(
  { hidden, discriminatorHidden, imageShape, ...options }: Complete<typeof DENSE_GAN>, loss: Networks['loss'],
): Graphs<'discriminator' | 'generator', never> {
  const pixels = sizeOf(imageShape)
  const generator = sequential('generator', [
    dense({ units: hidden, activation: 'relu' }),
    dense({ units: hidden, activation: 'relu' }),
    dense({ units: pixels, activation: 'tanh' }),
  ])
  const discriminator = sequential('discriminator', [
    dense({ units: discriminatorHidden }), leakyReLU({ alpha: 0.2 }),
    dense({ units: discriminatorHidden }), leakyReLU({ alpha: 0.2 }),
    dense({ units: 1 }),
  ])
  return {
    imageShape,
    ...adversarial(options, { generator, discriminator, loss, real: (x) => reshape(x, [x.shape[0]!, pixels]) }),
    decode: (codes, pass) => reshape(generator.apply(codes, pass), [codes.shape[0]!, ...imageShape]),
  }
}
