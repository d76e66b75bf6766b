// The conditional variational autoencoder (Sohn et al. 2015, "Learning structured output representation using deep conditional
// generative models"): conv-vae, whose encoder and decoder are told the class.
import type { Given } from '../options.ts'
import { CLASSES } from './conditional.ts'
import { CONV_VAE, convVaeGraphs } from './conv_vae.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'

const OPTIONS: typeof CONV_VAE & typeof CLASSES = joined(CONV_VAE, CLASSES)

/**
 * @example
 * const model = await Model.create(runtime, cvae({ classes: 10 }), { seed: 1 })
 */
export const cvae: OwnKind<typeof OPTIONS, 'loss' | 'reconstruction' | 'kl'> = defineModel({
  kind: 'cvae',
  summary: 'conditional convolutional variational autoencoder, for images of a class',
  paper: 'Sohn et al. 2015, NeurIPS',
  options: OPTIONS,
  images: 'images with labels',
  verify: { options: { filters: 5, hidden: 24, latent: 6, likelihood: 'logistic' }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, ({ classes, ...options }) => convVaeGraphs(options, classes))

export type CvaeOptions = Given<typeof OPTIONS>
