// What the compiler knows of a model: the names of its figures. `npm run check` is the test; here the values are there too.
import { expect, it } from 'vitest'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'
import { bytesData, SHAPE } from './data.ts'
import { classData, conditional } from './own.ts'

it("metrics and figures are known by name, another's are not", async () => {
  const model = await Model.create(runtime, vae({ latent: 3, hidden: 7, imageShape: SHAPE }))
  const data = bytesData(8)
  for await (const { metrics } of model.train(data, { batchSize: 4 })) {
    const known: number = metrics.loss + metrics.reconstruction + metrics.kl
    expect(known).toBeGreaterThan(0)
    // @ts-expect-error -- a VAE reports no such metric
    expect(metrics.nothing).toBeUndefined()
  }
  const figures = model.evaluate(data)
  const loss: number = figures.loss
  expect(loss).toBeGreaterThan(0)
  // @ts-expect-error -- nor such a figure
  expect(figures.accuracy).toBeUndefined()
})

it("one's own definition needs no annotation, or says its names", async () => {
  const own = await Model.create(runtime, conditional())
  const { loss, mismatch }: { loss: number; mismatch: number } = own.evaluate(classData(8, (i) => i % 5))
  expect([loss > 0, mismatch]).toEqual([true, 0])

  const { train, ...rest } = gan({ latent: 3, hidden: 5, discriminatorHidden: 4, imageShape: SHAPE })
  const inferred = await Model.create(runtime, { ...rest, train: (batch, pass) => train(batch, pass).slice(0, 1) })
  for await (const { metrics } of inferred.train(bytesData(8), { batchSize: 4 })) {
    expect(metrics.discriminator).toBeGreaterThan(0)
    // @ts-expect-error -- a GAN has two losses, and none of this name
    expect(metrics.loss).toBeUndefined()
  }
})

it('a model of any names is one of these', async () => {
  const any: ModelDefinition = vae({ latent: 3, hidden: 7, imageShape: SHAPE })
  const model: Model = await Model.create(runtime, any)
  const definition = vae({ latent: 3, hidden: 7, imageShape: SHAPE })
  const typed: Model<'loss' | 'reconstruction' | 'kl'> = await Model.create(runtime, definition)
  const models: Model[] = [model, typed]
  for (const each of models) expect(each.evaluate(bytesData(8)).anything).toBeUndefined()
})
