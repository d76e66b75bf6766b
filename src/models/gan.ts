// The generative adversarial network (Goodfellow et al. 2014, arXiv:1406.2661), dense, non-saturating.
import { add } from '../ops/arithmetic.ts'
import { mean } from '../ops/reduce.ts'
import { randomNormal } from '../ops/random.ts'
import { reshape } from '../ops/reshape.ts'
import { sizeOf } from '../graph/tensor.ts'
import { dense, leakyReLU } from '../nn/layers.ts'
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { checkOptions, count, fraction, imageShape as imageRule, notNegative } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { sequential } from '../nn/sequential.ts'
import type { ModelDefinition } from './definition.ts'
import { clipping, minimize } from './minimize.ts'

export interface GanOptions {
  /** Size of the noise. Default 100. */
  latent?: number
  /** Units of the generator's hidden layers. Default 1024. */
  hidden?: number
  /** Units of the discriminator's hidden layers. Default 256. */
  discriminatorHidden?: number
  /** Adam's learning rate for both networks. Default 3e-4. */
  learningRate?: number
  /** Adam's β₁ for both networks. Default 0.5. */
  beta1?: number
  /** Bound of the norm of each network's gradients together, which are scaled down to it; 0, the default, for none. */
  clipNorm?: number
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape?: readonly [number, number, number]
}

const OPTIONS = {
  latent: count, hidden: count, discriminatorHidden: count, learningRate: notNegative, beta1: fraction, clipNorm: notNegative,
  imageShape: imageRule,
}

/**
 * Generator: noise → 1024 relu → 1024 relu → 784 tanh. Discriminator: 784 → 256 → 256 (leaky relu 0.2) → 1 logit.
 * A step updates the discriminator, then, with fresh noise, the generator; no gradient of the other network is built.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function gan(options: GanOptions = {}): ModelDefinition<'discriminator' | 'generator', never> {
  checkOptions('gan', options, OPTIONS)
  const { latent = 100, hidden = 1024, discriminatorHidden = 256, learningRate = 3e-4, beta1 = 0.5 } = options
  const { clipNorm = 0, imageShape = [28, 28, 1] } = options
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
    kind: 'gan',
    options: { latent, hidden, discriminatorHidden, learningRate, beta1, imageShape, ...(clipNorm ? { clipNorm } : {}) },
    imageShape,
    codeShape: [latent],
    dropRemainder: true,
    optimizers: [discriminatorOptimizer, generatorOptimizer],
    train({ images }, pass) {
      const batch = images.shape[0]!
      const noise = () => randomNormal([batch, latent], pass.stream('noise'))
      const logLoss = (label: 0 | 1, x: typeof images) => mean(sigmoidCrossEntropy(label, discriminator.apply(x, pass)))

      const real = logLoss(1, reshape(images, [batch, pixels]))
      const dLoss = add(real, logLoss(0, generator.apply(noise(), pass)))
      const updateD = minimize(discriminatorOptimizer, dLoss, [discriminator], { metrics: { discriminator: dLoss }, ...clip })
      const gLoss = logLoss(1, generator.apply(noise(), pass))
      const updateG = minimize(generatorOptimizer, gLoss, [generator], { metrics: { generator: gLoss }, ...clip })
      return [updateD, updateG]
    },
    decode: (codes, pass) => reshape(generator.apply(codes, pass), [codes.shape[0]!, ...imageShape]),
  }
}
