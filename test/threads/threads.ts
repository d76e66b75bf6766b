// Threaded runtimes for tests: the source's host, with the built worker file, because a worker runs JavaScript.
import { pathToFileURL } from 'node:url'
import { imageDataset } from '../../src/data/dataset.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { createRuntime, type Runtime, type RuntimeOptions } from '../../src/runtime/create_runtime.ts'
import { Model } from '../../src/train/model.ts'
import type { Progress } from '../../src/train/train.ts'
import { built } from '../dist.ts'
import { generator } from '../harness.ts'
import { BATCH } from './models.ts'

export const worker = pathToFileURL(built('runtime/thread.js'))
export const threaded = (options: RuntimeOptions): Promise<Runtime> => createRuntime({ worker, ...options })

const uniform = generator(3)
/** 20 steps of one batch; labels for models with classes. */
export const data = imageDataset({
  images: Uint8Array.from({ length: 20 * BATCH * 784 }, () => Math.floor(uniform() * 256)), shape: [28, 28, 1],
  labels: Uint8Array.from({ length: 20 * BATCH }, (_, i) => i % 10),
})

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
