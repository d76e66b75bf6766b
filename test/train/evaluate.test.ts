// Test images judged piece by piece: the event loop turns meanwhile, and the figures are the model's own.
import { expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, vae } from '../../src/entries/index.ts'
import { evaluateInTurns } from '../../src/train/evaluate.ts'

test.each([1, 127, 128, 300, 1000])('%i images', async (count) => {
  const model = await Model.create(await createRuntime(), vae({ latent: 2, hidden: 8, imageShape: [2, 2, 1] }), { seed: 5 })
  const data = imageDataset({ images: Uint8Array.from({ length: 4 * count }, (_, i) => (i * 37) % 256), shape: [2, 2, 1] })
  let turns = 0
  const figures = await evaluateInTurns(model, data, {}, async () => { turns++ })
  expect(figures).toEqual(model.evaluate(data))
  expect(turns).toBeGreaterThanOrEqual(Math.min(Math.ceil(count / 128), 3))
})
