// The networks and the step that the dense GANs share; their losses tell them apart.
import { add } from '../ops/arithmetic.ts'
import { randomNormal } from '../ops/random.ts'
import { reshape } from '../ops/reshape.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import { dense, leakyReLU } from '../nn/layers.ts'
import { type Complete, count, fractionBelowOne, imageShape as imageRule, notNegative, option } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import type { Graphs } from './kind.ts'
import { clipping, minimize } from './minimize.ts'

export const DENSE_GAN = {
  latent: option(count, 100, 'size of the noise'),
  hidden: option(count, 1024, "units of the generator's hidden layers"),
  discriminatorHidden: option(count, 256, "units of the discriminator's hidden layers"),
  learningRate: option(rate, 3e-4, "Adam's learning rate, or a schedule"),
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}

/**
 * Generator: noise → 1024 relu → 1024 relu → 784 tanh. Discriminator: 784 → 256 → 256 (leaky relu 0.2) → 1 score.
 * A step updates the discriminator, then, with fresh noise, the generator; no gradient of the other network is built.
 * @param loss a scalar: how far scores [n, 1] are from those wanted, 1 of real images and 0 of generated ones
 */
export function denseGan(
  { latent, hidden, discriminatorHidden, learningRate, beta1, clipNorm, imageShape }: Complete<typeof DENSE_GAN>,
  loss: (wanted: 0 | 1, scores: Tensor) => Tensor,
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
  const clip = clipping(clipNorm)
  const discriminatorOptimizer = adam({ learningRate, beta1, name: 'adam_discriminator' })
  const generatorOptimizer = adam({ learningRate, beta1, name: 'adam_generator' })

  return {
    imageShape,
    codeShape: [latent],
    dropRemainder: true,
    optimizers: [discriminatorOptimizer, generatorOptimizer],
    train({ images }, pass) {
      const batch = images.shape[0]!
      const noise = () => randomNormal([batch, latent], pass.stream('noise'))
      const lossOf = (wanted: 0 | 1, x: Tensor) => loss(wanted, discriminator.apply(x, pass))

      const real = lossOf(1, reshape(images, [batch, pixels]))
      const dLoss = add(real, lossOf(0, generator.apply(noise(), pass)))
      const updateD = minimize(discriminatorOptimizer, dLoss, [discriminator], { metrics: { discriminator: dLoss }, ...clip })
      const gLoss = lossOf(1, generator.apply(noise(), pass))
      const updateG = minimize(generatorOptimizer, gLoss, [generator], { metrics: { generator: gLoss }, ...clip })
      return [updateD, updateG]
    },
    decode: (codes, pass) => reshape(generator.apply(codes, pass), [codes.shape[0]!, ...imageShape]),
  }
}
