// The Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028): the critic's slope is held near 1 between
// real and generated images, by a gradient of a gradient.
import { gradients } from '../autodiff/gradients.ts'
import type { Tensor } from '../graph/tensor.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { randomUniform } from '../ops/random.ts'
import { mean, sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { sqrt, square } from '../ops/unary.ts'
import { count, fractionBelowOne, type Given, notNegative, option } from '../options.ts'
import { adversarial } from './adversarial.ts'
import { CONV_GAN, convFeatures, convGenerator, head } from './conv_gan.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OWN = {
  /** Adam's decay of the first moment. Default 0. */
  beta1: option(fractionBelowOne, 0, "Adam's decay of the first moment"),
  /** Steps of the discriminator for each of the generator. Default 3. */
  criticSteps: option(count, 3, 'steps of the discriminator for each of the generator'),
  /** Weight of the gradient penalty, λ of the paper. Default 10. */
  penalty: option(notNegative, 10, 'weight of the gradient penalty, λ of the paper'),
}
const OPTIONS: typeof CONV_GAN & typeof OWN = joined(CONV_GAN, OWN)

/** Keeps the root's slope finite where the critic's is 0. */
const TINY = 1e-12

/** The mean of (‖∇ D(x̂)‖ − 1)², x̂ between a real and a generated image each. */
export function gradientPenalty(real: Tensor, fake: Tensor, judge: (x: Tensor) => Tensor, u: Tensor): Tensor {
  const between = add(fake, mul(u, sub(real, fake)))
  const [slope] = gradients(sum(judge(between)), [between]) as [Tensor]
  const norms = sqrt(add(sum(square(reshape(slope, [slope.shape[0]!, -1])), 1), TINY))
  return mean(square(sub(norms, 1)))
}

/**
 * Losses: the mean scores, which the critic drives apart and the generator raises. Adam's β₂ is the paper's.
 * @example
 * const model = await Model.create(runtime, wganGp({ criticSteps: 5 }), { seed: 1 })
 */
export const wganGp: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'wgan-gp',
  summary: 'convolutional Wasserstein GAN with gradient penalty, for steady training',
  paper: 'Gulrajani et al. 2017, arXiv:1704.00028',
  options: OPTIONS,
  batchSize: 32,
  verify: { options: { filters: 5, latent: 10, criticSteps: 2 }, batchSize: 6, steps: 20 },
  bench: { batchSize: 16, quick: false },
}, ({ penalty, filters, ...options }) => {
  const sizes = { filters, imageShape: options.imageShape }
  const [generator, features, scores] = [convGenerator(sizes), convFeatures(sizes, false), head('critic', 1, false)]
  return adversarial({ ...options, beta2: 0.9 }, {
    generators: [generator],
    discriminators: [features, scores],
    generate: (noise, pass) => generator.apply(noise, pass),
    judge: (images, pass) => scores.apply(features.apply(images, pass), pass),
    loss: (wanted, judged) => mul(mean(judged), wanted ? -1 : 1),
    penalty: (real, fake, judge, pass) => {
      const u = randomUniform([real.shape[0]!, 1, 1, 1], pass.stream('between'))
      return mul(gradientPenalty(real, fake, judge, u), penalty)
    },
  })
})

export type WganGpOptions = Given<typeof OPTIONS>
