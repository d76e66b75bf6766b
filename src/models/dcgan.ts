// The deep convolutional GAN (Radford et al. 2015, arXiv:1511.06434) for images whose sides four divides, 28 × 28 by
// default; non-saturating losses. Learning rate, β₁ and the weights' deviation are those of the paper's section 4.
import { mean } from '../ops/reduce.ts'
import * as initializers from '../nn/initializers.ts'
import { activation, dense, flatten, leakyReLU } from '../nn/layers.ts'
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import { batchNormalization } from '../nn/normalization.ts'
import { count, counts, fractionBelowOne, type Given, option } from '../options.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { ADVERSARIAL, adversarial } from './adversarial.ts'
import { doublings, halvingLayers, halvings } from './conv_networks.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

/** The paper leaves these to its implementation; a momentum of 0.9 follows the weights within some ten steps. */
const NORMALIZATION = { epsilon: 1e-5, momentum: 0.9 }
/** The most channels of a deeper half: the paper's 512 at 8 × 8, where it has 1024 at 4 × 4. */
const MOST = 512

const OWN = {
  /** Size of the noise. Default 100. */
  latent: option(count, 100, 'size of the noise'),
  /** Channels at a quarter and at half of the image's size; deeper, twice as many. Default [128, 64]. */
  filters: option(counts(2, 'at a quarter and at half of the size'), [128, 64],
    "channels at a quarter and at half of the image's size; deeper, twice as many"),
  /** Adam's learning rate, or a schedule. Default 2e-4. */
  learningRate: option(rate, 2e-4, "Adam's learning rate, or a schedule"),
  /** Adam's decay of the first moment. Default 0.5. */
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
}
/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
const OPTIONS: typeof OWN & typeof ADVERSARIAL = joined(OWN, ADVERSARIAL)

/**
 * Generator: noise → dense 7·7·128 → transposed conv 64 → transposed conv 1 → tanh, with batch norm and relu between.
 * Discriminator: conv 64, leaky relu 0.2 → conv 128, batch norm, leaky relu → dense 1. Kernels 4 × 4, strides 2, SAME.
 * Larger images are halved further, until their smaller side is 4 to 7. Real and generated images are normalised by their own
 * statistics each.
 * @example
 * const model = await Model.create(runtime, dcgan({ imageShape: [32, 32, 3] }), { seed: 1 })
 */
export const dcgan: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'dcgan',
  summary: 'deep convolutional GAN, for sharp images; minutes an epoch on MNIST',
  paper: 'Radford et al. 2015, arXiv:1511.06434',
  options: OPTIONS,
  images: 'images whose sides four divides',
  epochs: 5,
  verify: { options: { filters: [12, 6], latent: 20 }, batchSize: 8 },
  bench: { batchSize: 32, quick: false },
}, ({ filters: [quarter, half], ...options }) => {
  const { imageShape } = options
  const [height, width] = imageShape
  if (height % 4 || width % 4) {
    throw new RangeError(`dcgan: the images are ${height} × ${width}, expected sides that four divides; resize or pad them`)
  }
  const most = Math.max(MOST, quarter)
  const filters = Array.from({ length: halvings(imageShape, 2).length - 1 },
    (_, i) => (i ? Math.min(most, quarter * (1 << (i - 1))) : half))
  const kernelInitializer = initializers.randomNormal({ stddev: 0.02 })
  const normalized = () => batchNormalization(NORMALIZATION)

  const generator = sequential('generator', [
    ...doublings(imageShape, filters, () => [normalized(), activation('relu')], kernelInitializer), activation('tanh'),
  ])
  const discriminator = sequential('discriminator', [
    ...halvingLayers(filters, (i) => [...(i ? [normalized()] : []), leakyReLU({ alpha: 0.2 })], kernelInitializer),
    flatten(), dense({ units: 1, kernelInitializer }),
  ])
  return adversarial(options, {
    generators: [generator],
    discriminators: [discriminator],
    generate: (noise, pass) => generator.apply(noise, pass),
    judge: (images, pass) => discriminator.apply(images, pass),
    loss: (wanted, logits) => mean(sigmoidCrossEntropy(wanted, logits)),
  })
})

export type DcganOptions = Given<typeof OPTIONS>
