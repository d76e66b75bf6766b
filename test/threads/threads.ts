// Threaded runtimes for tests: the source's host, with the built worker file, because a worker runs JavaScript.
import { pathToFileURL } from 'node:url'
import { imageDataset } from '../../src/data/dataset.ts'
import { autoencoder } from '../../src/models/autoencoder.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import { createRuntime, type Runtime, type RuntimeOptions } from '../../src/runtime/runtime.ts'
import { Model } from '../../src/train/model.ts'
import type { Progress } from '../../src/train/train.ts'
import { built } from '../dist.ts'
import { generator } from '../harness.ts'

export const worker = pathToFileURL(built('runtime/thread.js'))
export const threaded = (options: RuntimeOptions): Promise<Runtime> => createRuntime({ worker, ...options })

/** Narrow models that are still large enough to be shared. */
export const MODELS: Readonly<Record<string, () => ModelDefinition>> = {
  autoencoder: () => autoencoder(),
  vae: () => vae({ hidden: 50, latent: 5 }),
  gan: () => gan({ hidden: 60, discriminatorHidden: 40 }),
  dcgan: () => dcgan({ filters: [6, 12] }),
}

const uniform = generator(3)
/** 20 steps of 24 images. */
export const BATCH = 24
export const data = imageDataset(
  { images: Uint8Array.from({ length: 20 * BATCH * 784 }, () => Math.floor(uniform() * 256)), shape: [28, 28, 1] },
)

/** A model after an epoch on `data`. */
export async function trained(runtime: Runtime, definition: ModelDefinition): Promise<Model> {
  const model = await Model.create(runtime, definition, { seed: 5 })
  await last(model.train(data, { batchSize: BATCH }))
  return model
}

/** The last progress of a training, to its end. */
export async function last(steps: AsyncIterable<Progress>): Promise<Progress> {
  let now: Progress | undefined
  for await (now of steps) { /* to the end */ }
  return now!
}
