// The conditional GAN with a projection discriminator (Miyato & Koyama 2018, arXiv:1802.05637): a score is that of an image's
// features, and how well they go with its class. Spectral normalization, hinge losses.
import { dense } from '../nn/layers.ts'
import { spectralNormalization } from '../nn/spectral.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { rate } from '../nn/rate.ts'
import { fractionBelowOne, type Given, option } from '../options.ts'
import { adversarial, hingeLosses } from './adversarial.ts'
import { beside, CLASSES, classWeights } from './conditional.ts'
import { CONV_GAN, convFeatures, convGenerator, head } from './conv_gan.ts'
import { halvings, widths } from './conv_networks.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OWN = {
  /** Adam's learning rate, or a schedule. Default 4e-4. */
  learningRate: option(rate, 4e-4, "Adam's learning rate, or a schedule"),
  /** What an average of the generator's weights keeps at each step, less in the first, to draw with; 0: none. Default 0.999. */
  ema: option(fractionBelowOne, 0.999, "what an average of the generator's weights keeps at each step, to draw with; 0: none"),
}
const OPTIONS: typeof CONV_GAN & typeof CLASSES & typeof OWN = joined(joined(CONV_GAN, CLASSES), OWN)

/**
 * @example
 * const model = await Model.create(runtime, cgan({ classes: 10 }), { seed: 1 })
 */
export const cgan: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'cgan',
  summary: 'conditional GAN with a projection discriminator, for images of a class',
  paper: 'Miyato & Koyama 2018, arXiv:1802.05637',
  options: OPTIONS,
  batchSize: 64,
  images: 'images with labels',
  verify: { options: { filters: 5, latent: 10 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, ({ filters, classes, ...options }) => {
  const sizes = { filters, imageShape: options.imageShape }
  const [generator, features, scores] = [convGenerator(sizes), convFeatures(sizes, true), head('score', 1, true)]
  const halved = halvings(options.imageShape)
  const [height, width] = halved.at(-1)!
  const units = height * width * widths(halved.length - 1, filters).at(-1)!
  // A row for each class: an embedding, as a product, whose kernel can be normalized.
  const projection = spectralNormalization(dense({ units, useBias: false, name: 'projection' }))
  return adversarial({ ...options, classes }, {
    generators: [generator],
    discriminators: [features, scores, projection],
    generate: (noise, pass, labels) => generator.apply(beside(noise, labels, classes), pass),
    judge(images, pass, labels) {
      const h = features.apply(images, pass)
      const fit = mul(reshape(h, [-1, units]), projection.apply(classWeights(labels!, classes), pass))
      return add(scores.apply(h, pass), sum(fit, 1, { keepDims: true }))
    },
    ...hingeLosses,
  })
})

export type CganOptions = Given<typeof OPTIONS>
