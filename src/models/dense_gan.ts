// The networks that the dense GANs share; their losses tell them apart.
import { reshape } from '../ops/reshape.ts'
import { sizeOf } from '../graph/tensor.ts'
import { dense, leakyReLU } from '../nn/layers.ts'
import { type Complete, count, fractionBelowOne, option } from '../options.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { ADVERSARIAL, adversarial, type Networks } from './adversarial.ts'
import { joined } from './joined.ts'
import type { Graphs } from './kind.ts'

const OWN = {
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
}
export const DENSE_GAN: typeof OWN & typeof ADVERSARIAL = joined(OWN, ADVERSARIAL)

/**
 * Generator: noise → 1024 relu → 1024 relu → 784 tanh. Discriminator: 784 → 256 → 256 (leaky relu 0.2) → 1 score.
 * @param loss see `Networks`
 */
export function denseGan(
  { hidden, discriminatorHidden, ...options }: Complete<typeof DENSE_GAN>, loss: Networks['loss'],
): Graphs<'discriminator' | 'generator', never> {
  const { imageShape } = options
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
  return adversarial(options, {
    generators: [generator],
    discriminators: [discriminator],
    generate: (noise, pass) => reshape(generator.apply(noise, pass), [noise.shape[0]!, ...imageShape]),
    judge: (images, pass) => discriminator.apply(reshape(images, [images.shape[0]!, pixels]), pass),
    loss,
  })
}
