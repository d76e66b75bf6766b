// One side of a GAN alone, in Node: the other's weights stay what they are, to the bit.
import { createRuntime, gan, imageDataset, Model } from 'ganglion'
import { expect, test } from 'vitest'
import { type Side, Sides } from '../src/state/sides.ts'

const shape = [1, 1, 2] as const
const made = async () => (
  Model.create(await createRuntime(), gan({ imageShape: shape, latent: 2, hidden: 8, discriminatorHidden: 8 })))
const data = imageDataset({ images: Float32Array.from({ length: 128 }, (_, i) => (i % 19) / 10 - 0.9), shape })

/** The networks whose weights a step changed. */
async function changed(model: Model, side: Side, sides: Sides): Promise<string[]> {
  await sides.train(model as never, side)
  const before = model.weights()
  await model.fit(data, { batchSize: 16, steps: 1 })
  const parts = [...model.weights()].filter(([name, { data }]) => (
    data.some((x, i) => x !== before.get(name)!.data[i]))).map(([name]) => name.split('/')[0]!)
  return [...new Set(parts)].sort()
}

test('each side alone, then both again', async () => {
  const [model, sides] = [await made(), new Sides()]
  expect(sides.touched.value).toBe(false)
  expect(await changed(model, 'both', sides)).toEqual(['discriminator', 'generator'])
  expect(sides.touched.value).toBe(false)
  expect(await changed(model, 'discriminator', sides)).toEqual(['discriminator'])
  expect(sides.touched.value).toBe(true)
  expect(await changed(model, 'generator', sides)).toEqual(['generator'])
  expect(await changed(model, 'both', sides)).toEqual(['discriminator', 'generator'])
})

test('what is kept while one side stands still trains both', async () => {
  const [model, sides] = [await made(), new Sides()]
  const rates = model.hyperparameters()
  await sides.train(model as never, 'generator')
  const kept = await sides.asBoth(model as never, () => Promise.resolve(model.state()))
  expect(model.hyperparameters()['adam_discriminator/learningRate']).toBe(0)
  const other = await made()
  other.loadState(kept)
  expect(other.hyperparameters()).toEqual(rates)
})
