// The auxiliary classifier GAN (Odena et al. 2016, arXiv:1610.09585): the discriminator also says which class an image is of, and
// both networks want it to be right. Spectral normalization, log losses.
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { categoricalCrossentropy } from '../nn/losses_categorical.ts'
import { mul } from '../ops/arithmetic.ts'
import { mean } from '../ops/reduce.ts'
import { type Given, notNegative, option } from '../options.ts'
import { adversarial } from './adversarial.ts'
import { beside, CLASSES, classWeights } from './conditional.ts'
import { CONV_GAN, convFeatures, convGenerator, head } from './conv_gan.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OWN = {
  /** Weight of the cross-entropy of classes. Default 1. */
  auxiliary: option(notNegative, 1, 'weight of the cross-entropy of classes'),
}
const OPTIONS: typeof CONV_GAN & typeof CLASSES & typeof OWN = joined(joined(CONV_GAN, CLASSES), OWN)

/**
 * @example
 * const model = await Model.create(runtime, acgan({ classes: 10 }), { seed: 1 })
 */
export const acgan: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'acgan',
  summary: 'GAN with an auxiliary classifier, for images of a class',
  paper: 'Odena et al. 2016, arXiv:1610.09585',
  options: OPTIONS,
  batchSize: 64,
  images: 'images with labels',
  verify: { options: { filters: 5, latent: 10 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, ({ filters, classes, auxiliary, ...options }) => {
  const sizes = { filters, imageShape: options.imageShape }
  const [generator, features] = [convGenerator(sizes), convFeatures(sizes, true)]
  const [scores, classifier] = [head('score', 1, true), head('classifier', classes, false)]
  return adversarial({ ...options, classes }, {
    generators: [generator],
    discriminators: [features, scores, classifier],
    generate: (noise, pass, labels) => generator.apply(beside(noise, labels, classes), pass),
    judge: (images, pass) => scores.apply(features.apply(images, pass), pass),
    loss: (wanted, logits) => mean(sigmoidCrossEntropy(wanted, logits)),
    auxiliary: (images, pass, labels) => mul(
      categoricalCrossentropy(classWeights(labels, classes), classifier.apply(features.apply(images, pass), pass)), auxiliary),
  })
})

export type AcganOptions = Given<typeof OPTIONS>
