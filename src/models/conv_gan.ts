// What the convolutional GANs after dcgan share: options; a generator with batch normalization; and convolutions that judge, with
// spectral normalization or without any.
import type { Layer } from '../nn/layer.ts'
import { activation, dense, flatten, leakyReLU } from '../nn/layers.ts'
import { batchNormalization } from '../nn/normalization.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { spectralNormalization } from '../nn/spectral.ts'
import { count, fractionBelowOne, option } from '../options.ts'
import { ADVERSARIAL } from './adversarial.ts'
import { doublings, halvingLayers, halvings, widths } from './conv_networks.ts'
import { joined } from './joined.ts'

const OWN = {
  /** Size of the noise. Default 64. */
  latent: option(count, 64, 'size of the noise'),
  /** Channels at half of the image's size; twice as many at each further half. Default 32. */
  filters: option(count, 32, "channels at half of the image's size; twice as many at each further half"),
  /** Adam's learning rate, or a schedule. Default 2e-4. */
  learningRate: option(rate, 2e-4, "Adam's learning rate, or a schedule"),
  /** Adam's decay of the first moment. Default 0.5. */
  beta1: option(fractionBelowOne, 0.5, "Adam's decay of the first moment"),
}
export const CONV_GAN: typeof ADVERSARIAL & typeof OWN = joined(ADVERSARIAL, OWN)

interface Sizes {
  readonly filters: number
  readonly imageShape: readonly number[]
}
const channelsOf = ({ filters, imageShape }: Sizes): number[] => widths(halvings(imageShape).length - 1, filters)

/** From noise, and what is beside it, to images. */
export const convGenerator = (sizes: Sizes): Layer => sequential('generator', [
  ...doublings(sizes.imageShape, channelsOf(sizes), () => [batchNormalization({ momentum: 0.9 }), activation('relu')]),
  activation('tanh'),
])

/** From images to features [n, height, width, channels]. */
export const convFeatures = (sizes: Sizes, spectral: boolean): Layer => sequential('discriminator', halvingLayers(
  channelsOf(sizes), () => [leakyReLU({ alpha: 0.2 })], undefined, spectral ? spectralNormalization : undefined))

/** From features to `units` scores. */
export const head = (name: string, units: number, spectral: boolean): Layer => {
  const scores = dense({ units, name: 'scores' })
  return sequential(name, [flatten(), spectral ? spectralNormalization(scores) : scores])
}
