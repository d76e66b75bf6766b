// A model's memory stays flat, whatever it is given over and over.
import { expect, it } from 'vitest'
import { imageDataset, take } from '../../src/data/dataset.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'

const ROUNDS = 1000
const digits = (count: number, seed: number) =>
  imageDataset({ images: Uint8Array.from({ length: count * 784 }, (_, i) => (i * seed) % 256), shape: [28, 28, 1] })
const small = () => Model.create(runtime, vae({ latent: 2, hidden: 4 }), { seed: 1 })
const bytesOf = (model: Model): number => model.session.core.memory.buffer.byteLength

it('judging parts of a dataset 1,000 times', async () => {
  const model = await small()
  const data = digits(40, 7)
  const first = model.evaluate(take(data, 20), { batchSize: 8 })
  for (let n = 1; n <= 10; n++) model.evaluate(take(data, 20 + n), { batchSize: 8 })
  const before = bytesOf(model)
  for (let i = 0; i < ROUNDS; i++) model.evaluate(take(data, 20 + (i % 11)), { batchSize: 8 })
  expect(bytesOf(model)).toBe(before)
  expect(model.evaluate(take(data, 20), { batchSize: 8 })).toEqual(first)
})

it('a new dataset each epoch 1,000 times, while others are judged in the midst of some', async () => {
  const model = await small()
  const epoch = async (seed: number) => {
    const data = digits(24, seed)
    for await (const { metrics } of model.train(data, { batchSize: 8 })) {
      expect(metrics.loss).toBeGreaterThan(0)
      if (seed % 50 === 0) for (let n = 1; n < 7; n++) model.evaluate(digits(8 + n, n), { batchSize: 8 })
    }
  }
  for (let seed = 1; seed <= 60; seed++) await epoch(seed)
  const before = bytesOf(model)
  for (let seed = 61; seed <= 60 + ROUNDS; seed++) await epoch(seed)
  expect(bytesOf(model)).toBe(before)
}, 120_000)
