// The auxiliary classifier GAN (Odena et al. 2016, arXiv:1610.09585): the discriminator also says which class an image is of, and
// both networks want it to be right. Spectral normalization, log losses.
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { categoricalCrossentropy } from '../nn/losses_categorical.ts'
import { rate } from '../nn/rate.ts'
import { mul } from '../ops/arithmetic.ts'
import { oneHot } from '../ops/one_hot.ts'
import { mean } from '../ops/reduce.ts'
import { count, fractionBelowOne, type Given, notNegative, option } from '../options.ts'
import { ADVERSARIAL, adversarial } from './adversarial.ts'
import { convFeatures, convGenerator, head, withClass } from './conv_gan.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OWN = {
  /** Size of the noise. Default 64. */
  latent: option(count, 64, 'size of the noise'),
  /** Channels at half of the image's size; twice as many at each further half. Default 32. */
  filters: option(count, 32, "channels at half of the image's size; twice as many at each further half"),
  /** Adam's learning rate, or a schedule. Default 2e-4. */
  learningRate: option(rate, 2e-4, "Adam's learning rate, or a schedule"),
  /** Adam's decay of the first moment. Default 0.5. */
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
  /** Weight of the cross-entropy of classes. Default 1. */
  auxiliary: option(notNegative, 1, 'weight of the cross-entropy of classes'),
  /** How many classes the images have. Default 10. */
  classes: option(count, 10, 'how many classes the images have'),
}
const OPTIONS: typeof ADVERSARIAL & typeof OWN = joined(ADVERSARIAL, OWN)

export const acgan: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'acgan',
  summary: 'GAN with an auxiliary classifier: images of a class',
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
    generate: (noise, pass, labels) => generator.apply(withClass(noise, labels, classes), pass),
    judge: (images, pass) => scores.apply(features.apply(images, pass), pass),
    loss: (wanted, logits) => mean(sigmoidCrossEntropy(wanted, logits)),
    auxiliary: (images, pass, labels) => mul(
      categoricalCrossentropy(oneHot(labels, classes), classifier.apply(features.apply(images, pass), pass)), auxiliary),
  })
})

export type AcganOptions = Given<typeof OPTIONS>
