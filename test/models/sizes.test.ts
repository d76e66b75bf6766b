// Built-in models at their defaults train on pictures of any size: figures stay finite, losses fall, no divergence is absurd.
// `npm run test:sizes` (sizes_run.ts) goes through all of `matrix`, 300 steps each, which takes many hours.
import { describe, expect, it } from 'vitest'
import { modelNames } from '../../src/models/kinds.ts'
import { vae } from '../../src/models/vae.ts'
import { newModel, trained } from '../train/data.ts'
import { curvesOf, faultsOf, matrix, picturesOf, title, type Trial } from './sizes.ts'

/** Each model at its smallest size, grey and coloured, and a VAE where its rates once were too high. */
const FEW: readonly Trial[] = [
  ...modelNames.flatMap((model) => {
    const all = matrix(40).filter((trial) => trial.model === model && trial.batchSize === 16)
    return all.filter(({ shape }) => shape[0] === all[0]!.shape[0])
  }),
  { model: 'vae', shape: [64, 64, 3], pictures: 'smooth', batchSize: 16, steps: 24 },
  { model: 'vae', shape: [128, 128, 3], pictures: 'smooth', batchSize: 16, steps: 10 },
  { model: 'vae', shape: [48, 48, 3], pictures: 'random', batchSize: 16, steps: 24 },
]

describe('at its defaults', () => {
  it.each(FEW.map((trial) => [title(trial), trial] as const))('%s', async (_, trial) => {
    expect(faultsOf(await curvesOf(trial))).toEqual([])
  }, 120_000)
})

describe('a log-variance beyond its bounds', () => {
  it.each([100, -100, 3000])('of %d is finite, and training leads back', async (start) => {
    const model = await newModel(vae({ imageShape: [4, 4, 1], hidden: 8, latent: 2, learningRate: 0.1 }))
    model.loadWeights(new Map([['logvar/bias', { shape: [2], data: new Float32Array(2).fill(start) }]]), { strict: false })
    const bias = () => model.weights().get('logvar/bias')!.data[0]!
    expect(bias()).toBe(start)
    for (const { metrics } of await trained(model, picturesOf('smooth', 16, [4, 4, 1]), { batchSize: 8, epochs: 5 })) {
      expect(Number.isFinite(metrics.kl)).toBe(true)
    }
    expect(Math.abs(bias())).toBeLessThan(Math.abs(start))
  })
})
