// Small seeded datasets and models for the tests of training.
import { vi } from 'vitest'
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { vae, type VaeOptions } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import type { Progress, TrainOptions } from '../../src/train/train.ts'
import { floats, generator, runtime } from '../harness.ts'

export const SHAPE = [2, 3, 2] as const

/** `count` images of random bytes. */
export function bytesData(count: number, shape: readonly [number, number, number] = SHAPE): ImageDataset {
  const uniform = generator(count)
  const images = Uint8Array.from({ length: count * shape[0] * shape[1] * shape[2] }, () => Math.floor(uniform() * 256))
  return imageDataset({ images, shape })
}

/** The same as floats, where `values` may be bad: past the checks of imageDataset. */
export function floatData(count: number, bad: Readonly<Record<number, number>> = {}): ImageDataset {
  const uniform = generator(count)
  const images = floats(count * 12, () => 2 * uniform() - 1)
  for (const [at, value] of Object.entries(bad)) images[Number(at)] = value
  return { name: 'floats', images, count, shape: SHAPE }
}

export const smallVae = (options: VaeOptions = {}): ModelDefinition =>
  vae({ latent: 3, hidden: 7, imageShape: SHAPE, ...options })

export const newModel = (definition: ModelDefinition = smallVae(), seed = 1): Promise<Model> =>
  Model.create(runtime, definition, { seed })

/** Trains to the end; everything that it yielded. */
export async function trained(model: Model, data: ImageDataset, options: TrainOptions = {}): Promise<Progress[]> {
  const all: Progress[] = []
  for await (const progress of model.train(data, options)) all.push(progress)
  return all
}

/** Lets every chunk seem to take `ms` milliseconds: 100 and more make chunks of one step, 0 makes them double each time. */
export function chunksOf(ms: number): void {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += ms))
}

/** Trains `steps` steps and leaves the loop. */
export async function trainSteps(model: Model, data: ImageDataset, batchSize: number, steps: number): Promise<void> {
  chunksOf(200)
  try {
    if (steps) for await (const { step } of model.train(data, { batchSize, epochs: steps })) if (step === steps) break
  } finally {
    vi.restoreAllMocks()
  }
}
