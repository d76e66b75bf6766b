// Small models and data of the swarm's tests, and what one machine makes of them.
import type { ModelDefinition } from '../../src/models/definition.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import type { Progress } from '../../src/train/train.ts'
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import { generator, runtime } from '../harness.ts'

const uniform = generator(91)
/** Five steps of twelve an epoch, and for the VAE one of two. */
export const data: ImageDataset = imageDataset({
  images: Uint8Array.from({ length: 62 * 784 }, () => Math.floor(uniform() * 256)), shape: [28, 28, 1],
})
export const KINDS: Readonly<Record<string, () => ModelDefinition>> = {
  vae: () => vae({ hidden: 20, latent: 3, clipNorm: 1 }),
  gan: () => gan({ hidden: 20, discriminatorHidden: 12, latent: 5 }),
  dcgan: () => dcgan({ filters: [4, 3], latent: 5 }),
}
export const RECIPE = { batchSize: 3, microBatches: 4 }
export const EPOCHS = 2

export interface Trained {
  readonly digest: string
  readonly model: Model
  /** The last of each epoch. */
  readonly epochs: readonly Pick<Progress, 'epoch' | 'step' | 'metrics' | 'samples'>[]
}

export const modelOf = (define: () => ModelDefinition): Promise<Model> => Model.create(runtime, define(), { seed: 3 })

/** Trains to the end. */
export async function trainedBy(model: Model, steps: AsyncIterable<Progress>): Promise<Trained> {
  const epochs: Trained['epochs'][number][] = []
  for await (const { epoch, step, metrics, samples, epochDone } of steps) {
    if (epochDone) epochs.push({ epoch, step, metrics, samples })
  }
  return { model, epochs, digest: await model.digest() }
}

/** What `Model.train` makes of it on one machine: the oracle. */
export async function alone(define: () => ModelDefinition, images = data, recipe = RECIPE, epochs = EPOCHS): Promise<Trained> {
  const model = await modelOf(define)
  const { batchSize, microBatches } = recipe
  return trainedBy(model, model.train(images, { batchSize, accumulate: microBatches, epochs }))
}
