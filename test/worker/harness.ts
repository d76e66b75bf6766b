// A small trainer in a worker, the same model here, and data for both.
import { pathToFileURL } from 'node:url'
import { afterEach, expect } from 'vitest'
import { createRuntime, imageDataset, Model, type Progress, vae } from '../../src/entries/index.ts'
import { createTrainer, type Trainer, type TrainerOptions } from '../../src/worker/index.ts'
import { built } from '../dist.ts'
import { generator } from '../harness.ts'

export const file = pathToFileURL(built('worker/trainer.js'))
export const options = { hidden: 24, latent: 3, imageShape: [6, 6, 1] as [number, number, number] }
const uniform = generator(11)
export const images = Uint8Array.from({ length: 300 * 36 }, () => Math.floor(uniform() * 256))
export const newData = () => imageDataset({ images: images.slice(), shape: [6, 6, 1] })

const open: Trainer[] = []
afterEach(() => Promise.all(open.splice(0).map((trainer) => trainer.close())))
export async function make(more: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const trainer = await createTrainer({ worker: file, model: { kind: 'vae', options }, seed: 5, ...more })
  open.push(trainer)
  return trainer
}
export const here = async () => Model.create(await createRuntime(), vae(options), { seed: 5 })
export async function all(steps: AsyncIterable<Progress>): Promise<Progress[]> {
  const list: Progress[] = []
  for await (const progress of steps) list.push(progress)
  return list
}

/** That a promise fails with just this class and message. */
export async function fails(promise: Promise<unknown>, kind: new (message: string) => Error, message: string): Promise<void> {
  const error = await promise.then(() => null, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(Error)
  expect([(error as Error).constructor, (error as Error).message]).toEqual([kind, message])
}
