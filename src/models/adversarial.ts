// The step that the adversarial models share; their networks and losses tell them apart.
import { add } from '../ops/arithmetic.ts'
import { randomNormal } from '../ops/random.ts'
import type { Tensor } from '../graph/tensor.ts'
import type { Layer } from '../nn/layer.ts'
import { adam } from '../nn/optimizers.ts'
import type { Rate } from '../nn/rate.ts'
import type { Graphs } from './kind.ts'
import { clipping, minimize } from './minimize.ts'

export interface Networks {
  /** From noise [n, latent] to what the discriminator takes. */
  readonly generator: Layer
  /** To scores [n, 1]. */
  readonly discriminator: Layer
  /** A batch's images as the discriminator takes them. */
  readonly real: (images: Tensor) => Tensor
  /** A scalar: how far scores are from those wanted, 1 of real images and 0 of generated ones. */
  readonly loss: (wanted: 0 | 1, scores: Tensor) => Tensor
}

/**
 * A step updates the discriminator, then, with fresh noise, the generator; no gradient of the other network is built. Real and
 * generated images are two batches.
 */
export function adversarial(
  { latent, learningRate, beta1, clipNorm }: { latent: number; learningRate: Rate; beta1: number; clipNorm: number },
  { generator, discriminator, real, loss }: Networks,
): Pick<Graphs<'discriminator' | 'generator', never>, 'codeShape' | 'discriminate' | 'dropRemainder' | 'optimizers' | 'train'> {
  const clip = clipping(clipNorm)
  const discriminatorOptimizer = adam({ learningRate, beta1, name: 'adam_discriminator' })
  const generatorOptimizer = adam({ learningRate, beta1, name: 'adam_generator' })
  return {
    codeShape: [latent],
    dropRemainder: true,
    optimizers: [discriminatorOptimizer, generatorOptimizer],
    train({ images }, pass) {
      const noise = () => randomNormal([images.shape[0]!, latent], pass.stream('noise'))
      const lossOf = (wanted: 0 | 1, x: Tensor) => loss(wanted, discriminator.apply(x, pass))

      const dLoss = add(lossOf(1, real(images)), lossOf(0, generator.apply(noise(), pass)))
      const updateD = minimize(discriminatorOptimizer, dLoss, [discriminator], { metrics: { discriminator: dLoss }, ...clip })
      const gLoss = lossOf(1, generator.apply(noise(), pass))
      const updateG = minimize(generatorOptimizer, gLoss, [generator], { metrics: { generator: gLoss }, ...clip })
      return [updateD, updateG]
    },
    discriminate: (images, pass) => discriminator.apply(real(images), pass),
  }
}
