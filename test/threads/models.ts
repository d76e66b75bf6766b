// The models that tests of threads train.
import { autoencoder } from '../../src/models/autoencoder.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'

/** Narrow models that are still large enough to be shared. */
export const MODELS: Readonly<Record<string, () => ModelDefinition>> = {
  autoencoder: () => autoencoder(),
  vae: () => vae({ hidden: 50, latent: 5 }),
  gan: () => gan({ hidden: 60, discriminatorHidden: 40 }),
  dcgan: () => dcgan({ filters: [32, 32] }),
}

/** Images a step. */
export const BATCH = 24
