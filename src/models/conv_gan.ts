// The networks that the convolutional GANs after dcgan share: a generator with batch normalization, and convolutions that judge,
// with spectral normalization or without any.
import type { Tensor } from '../graph/tensor.ts'
import type { Layer } from '../nn/layer.ts'
import { activation, dense, flatten, leakyReLU } from '../nn/layers.ts'
import { batchNormalization } from '../nn/normalization.ts'
import { sequential } from '../nn/sequential.ts'
import { spectralNormalization } from '../nn/spectral.ts'
import { concat } from '../ops/concat.ts'
import { oneHot } from '../ops/one_hot.ts'
import { doublings, halvingLayers, halvings, widths } from './conv_networks.ts'

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

/** Noise, and beside it the one-hot code of a class. */
export const withClass = (noise: Tensor, labels: Tensor | undefined, classes: number): Tensor =>
  (labels ? concat([noise, oneHot(labels, classes)], 1) : noise)
