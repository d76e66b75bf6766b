// The likelihood by importance sampling, where it is known, and between its bounds.
import { beforeAll, expect, it } from 'vitest'
import { imageDataset, layers, Model, ops, vae } from '../../src/entries/index.ts'
import { negativeLogLikelihood } from '../../src/metrics/likelihood.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { createRuntime, type Runtime } from '../../src/runtime/create_runtime.ts'
import { lcg } from '../golden/lcg.ts'

let runtime: Runtime
beforeAll(async () => { runtime = await createRuntime() })

/** p(z) = N(0, 1), p(x | z) = N(z, 1), so p(x) = N(0, 2); q(z | x) = N(x / 2, 1), wider than the posterior N(x / 2, ½). */
const linear: ModelDefinition = {
  kind: 'linear', options: {}, imageShape: [1, 1, 1], codeShape: [1], optimizers: [],
  train: () => [{ metrics: { loss: ops.zeros([]) } }],
  decode: (codes) => ops.reshape(codes, [codes.shape[0]!, 1, 1, 1]),
  importanceWeights({ images }, pass) {
    const n = images.shape[0]!
    const x = ops.reshape(images, [n])
    const epsilon = ops.randomNormal([n], pass.stream('epsilon'))
    const z = ops.add(ops.mul(x, 0.5), epsilon)
    const log = (t: ReturnType<typeof ops.sub>) => ops.sub(ops.mul(ops.square(t), -0.5), Math.log(2 * Math.PI) / 2)
    return ops.sub(ops.add(log(z), log(ops.sub(x, z))), log(epsilon))
  },
}

it('comes to the likelihood where that is known', async () => {
  const model = await Model.create(runtime, linear)
  const values = [-1.5, -0.3, 0, 0.4, 1, 2]
  const data = imageDataset({ images: Float32Array.from(values, (v) => v / 2), shape: [1, 1, 1] })
  const exact = values.reduce((sum, v) => sum + (v / 2) ** 2 / 4 + Math.log(4 * Math.PI) / 2, 0) / values.length
  expect(await negativeLogLikelihood(model, data, { codes: 4000 })).toBeCloseTo(exact, 2)
})

it('falls with more codes, from the bound that a VAE trains by, and is the same each time', async () => {
  const model = await Model.create(runtime, vae({ hidden: 30, latent: 4, imageShape: [6, 6, 1] }))
  const data = imageDataset({ images: lcg(5, 300 * 36), shape: [6, 6, 1] })
  for await (const { epochDone } of model.train(data, { epochs: 3, batchSize: 20 })) void epochDone
  const digest = await model.digest()
  const nll = []
  for (const codes of [1, 10, 200]) nll.push(await negativeLogLikelihood(model, data, { codes }))
  const { loss } = model.evaluate(data)
  expect(Math.abs(nll[0]! - (loss + 18 * Math.log(Math.PI)))).toBeLessThan(0.5)
  expect(nll[1]).toBeLessThan(nll[0]! - 0.05)
  expect(nll[2]).toBeLessThan(nll[1]! - 0.01)
  expect(await negativeLogLikelihood(model, data, { codes: 10 })).toBe(nll[1])
  expect(await model.digest()).toBe(digest)
})

it('says what has no likelihood', async () => {
  const { importanceWeights: _, ...without } = linear
  const model = await Model.create(runtime, without)
  const data = imageDataset({ images: new Float32Array(3), shape: [1, 1, 1] })
  await expect(negativeLogLikelihood(model, data)).rejects.toThrow('a linear has no likelihood (importanceWeights)')
  await expect(negativeLogLikelihood(layers as never, data)).rejects.toThrow('model is ')
  await expect(negativeLogLikelihood(model, data, { codes: 0 })).rejects.toThrow('codes is 0')
})
