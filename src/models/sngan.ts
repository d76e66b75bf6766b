// The spectrally normalized GAN (Miyato et al. 2018, arXiv:1802.05957): residual networks, hinge losses.
import { type Layer, layer } from '../nn/layer.ts'
import { upSampling2d } from '../nn/image_layers.ts'
import { activation, averagePooling2d, conv2d, dense, reshape } from '../nn/layers.ts'
import { batchNormalization } from '../nn/normalization.ts'
import { residual } from '../nn/residual.ts'
import { sequential } from '../nn/sequential.ts'
import { spectralNormalization } from '../nn/spectral.ts'
import { sum } from '../ops/reduce.ts'
import { count, fractionBelowOne, type Given, option } from '../options.ts'
import { adversarial, hingeLosses } from './adversarial.ts'
import { CONV_GAN } from './conv_gan.ts'
import { crop, halvings, type Size, widths } from './conv_networks.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OWN = {
  /** Channels at half of the image's size; twice as many at each further half. Default 16. */
  filters: option(count, 16, "channels at half of the image's size; twice as many at each further half"),
  /** Adam's decay of the first moment. Default 0. */
  beta1: option(fractionBelowOne, 0, "Adam's decay of the first moment"),
}
const OPTIONS: typeof CONV_GAN & typeof OWN = joined(CONV_GAN, OWN)

const convolution = (filters: number, kernelSize: number): Layer => conv2d({ filters, kernelSize, padding: 'same' })
const judged = (filters: number, kernelSize: number): Layer => spectralNormalization(convolution(filters, kernelSize))
const normalized = (): Layer[] => [batchNormalization({ momentum: 0.9 }), activation('relu')]

/** Twice as large, but for the last row and column where a half was rounded up. */
const doubled = (to: Size): Layer[] => [upSampling2d(), crop(to)]
const halved = (): Layer => averagePooling2d({ padding: 'same' })

/** The sum of each channel over the image, as in the paper. */
const summed = (): Layer => layer('sum', {}, () => (x) => sum(x, [1, 2]))

/** Blocks of the generator go up, those of the discriminator down; beside each is a 1 × 1 convolution. */
const up = (filters: number, to: Size): Layer => residual('up', [
  ...normalized(), ...doubled(to), convolution(filters, 3), ...normalized(), convolution(filters, 3),
], [...doubled(to), convolution(filters, 1)])
const down = (filters: number, first: boolean): Layer => residual('down', [
  ...(first ? [] : [activation('relu')]), judged(filters, 3), activation('relu'), judged(filters, 3), halved(),
], [judged(filters, 1), halved()])

/**
 * @example
 * const model = await Model.create(runtime, sngan({ imageShape: [32, 32, 3] }), { seed: 1 })
 */
export const sngan: OwnKind<typeof OPTIONS, 'discriminator' | 'generator', never> = defineModel({
  kind: 'sngan',
  summary: 'spectrally normalized residual GAN, hinge losses, for coloured pictures; slow',
  paper: 'Miyato et al. 2018, arXiv:1802.05957',
  options: OPTIONS,
  batchSize: 32,
  epochs: 5,
  verify: { options: { filters: 4, latent: 10 }, batchSize: 6, steps: 20 },
  bench: { batchSize: 8, quick: false },
}, ({ filters, ...options }) => {
  const { imageShape } = options
  const sizes = halvings(imageShape)
  const channels = widths(sizes.length - 1, filters)
  const seed = [...sizes.at(-1)!, channels.at(-1)!]
  const generator = sequential('generator', [
    dense({ units: seed.reduce((n, d) => n * d, 1) }), reshape({ targetShape: seed }),
    ...channels.map((units, i) => up(units, sizes[i]!)).reverse(),
    ...normalized(), convolution(imageShape[2], 3), activation('tanh'),
  ])
  const discriminator = sequential('discriminator', [
    ...channels.map((units, i) => down(units, i === 0)), activation('relu'), summed(),
    spectralNormalization(dense({ units: 1 })),
  ])
  return adversarial({ ...options, beta2: 0.9 }, {
    generators: [generator],
    discriminators: [discriminator],
    generate: (noise, pass) => generator.apply(noise, pass),
    judge: (images, pass) => discriminator.apply(images, pass),
    ...hingeLosses,
  })
})

export type SnganOptions = Given<typeof OPTIONS>
