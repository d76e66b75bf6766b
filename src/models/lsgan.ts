// The least squares GAN (Mao et al. 2017, arXiv:1611.04076), dense, with the codes 0, 1, 1 of its equation 9: the discriminator
// wants 0 of generated images and 1 of real ones, the generator wants 1.
import { leastSquares } from '../nn/losses.ts'
import type { Given } from '../options.ts'
import { DENSE_GAN, denseGan } from './dense_gan.ts'
import { defineModel, type OwnKind } from './kind.ts'

/**
 * The networks of dense_gan.ts; losses: half the mean squared distance of the discriminator's scores.
 * @example
 * const model = await Model.create(runtime, lsgan({ latent: 64 }), { seed: 1 })
 */
export const lsgan: OwnKind<typeof DENSE_GAN, 'discriminator' | 'generator', never> = defineModel({
  kind: 'lsgan',
  summary: 'dense GAN of least squares, for losses that do not saturate',
  paper: 'Mao et al. 2017, arXiv:1611.04076',
  options: DENSE_GAN,
  epochs: 20,
  verify: { options: { hidden: 70, discriminatorHidden: 50, latent: 33 }, batchSize: 12 },
  bench: { batchSize: 128, quick: false },
}, (options) => denseGan(options, leastSquares))

export type LsganOptions = Given<typeof DENSE_GAN>
