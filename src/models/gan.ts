// The generative adversarial network (Goodfellow et al. 2014, arXiv:1406.2661), dense, non-saturating.
import { mean } from '../ops/reduce.ts'
import { sigmoidCrossEntropy } from '../nn/losses.ts'
import type { Given } from '../options.ts'
import { DENSE_GAN, denseGan } from './dense_gan.ts'
import { defineModel, type OwnKind } from './kind.ts'

/**
 * The networks of dense_gan.ts; losses: the cross-entropy of the discriminator's logits.
 * @example
 * const model = await Model.create(runtime, gan({ ema: 0.999 }), { seed: 1 })
 */
export const gan: OwnKind<typeof DENSE_GAN, 'discriminator' | 'generator', never> = defineModel({
  kind: 'gan',
  summary: 'dense GAN, for sharp digits in minutes',
  paper: 'Goodfellow et al. 2014, arXiv:1406.2661',
  options: DENSE_GAN,
  epochs: 20,
  verify: { options: { hidden: 70, discriminatorHidden: 50, latent: 33, clipNorm: 5 }, batchSize: 12 },
  bench: { batchSize: 128, quick: true },
}, (options) => denseGan(options, (wanted, logits) => mean(sigmoidCrossEntropy(wanted, logits))))

export type GanOptions = Given<typeof DENSE_GAN>
