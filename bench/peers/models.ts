// What is trained: golden models at full width, those of bench/real_models.ts, kinds of the package at 64×64×3 at their defaults.
import * as host from '../../src/entries/index.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { models } from '../../src/models/kinds.ts'
import { trainingStages } from '../../src/models/stages.ts'
import type { Stage } from '../../src/models/definition.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { realModels } from '../real_models.ts'
import type { PeerModel } from './protocol.ts'

const { autoencoder, dcgan, gan, vae } = host
const imageShape = [64, 64, 3] as const
const KINDS: Readonly<Record<string, () => ModelDefinition>> = {
  autoencoder, vae, gan, dcgan,
  'wgan-gp64': () => models['wgan-gp']({ imageShape }),
  sngan64: () => models.sngan({ imageShape }),
  'vq-vae64': () => models['vq-vae']({ imageShape }),
  cgan64: () => models.cgan({ imageShape }),
  acgan64: () => models.acgan({ imageShape }),
}

export const definitionOf = (model: PeerModel): ModelDefinition => realModels[model]?.(host) ?? KINDS[model]!()

/** A training step; all batches of a step are of the same images, of classes 0, 1, 2 … in turn. */
export function stagesOf(definition: ModelDefinition, images: Tensor): readonly Stage[] {
  const { classes, batchesPerStep = 1 } = definition
  const labels = Float32Array.from({ length: images.shape[0]! }, (_, i) => i % (classes ?? 1))
  const batch = { images, ...(classes && { labels: host.constant(labels, [labels.length]) }) }
  const batches = Array.from({ length: batchesPerStep }, () => batch)
  return trainingStages(definition, batch, new host.layers.Pass(true, undefined, batches))
}
