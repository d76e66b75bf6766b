// Options of models that change what is trained: each against its definition, at the first steps, in plain doubles.
import { describe, expect, it } from 'vitest'
import { autoencoder, type AutoencoderOptions } from '../../src/models/autoencoder.ts'
import { convVae, type ConvVaeOptions } from '../../src/models/conv_vae.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { floats, generator } from '../harness.ts'
import { newModel, trained } from '../train/data.ts'
import { picturesOf } from './sizes.ts'

const ROWS = 8
const total = (xs: Iterable<number>) => [...xs].reduce((a, b) => a + b, 0)
const squares = (a: Float32Array, b: Float32Array) => total(a.map((x, i) => (x - b[i]!) ** 2))

describe('conv-vae', () => {
  const SMALL = { imageShape: [8, 8, 1], filters: 2, hidden: 5, latent: 3 } as const
  /** Of each of three epochs of one step. */
  async function steps(options: ConvVaeOptions): Promise<{ paid: number, kl: number }[]> {
    const model = await newModel(convVae({ ...SMALL, ...options }))
    const all = await trained(model, picturesOf('smooth', ROWS, [8, 8, 1]), { batchSize: ROWS, epochs: 3 })
    return all.filter(({ epochDone }) => epochDone).map(({ metrics }) => {
      const { loss, reconstruction, kl } = metrics as Record<string, number>
      return { paid: loss! - reconstruction!, kl: kl! }
    })
  }

  it('beta weighs the divergence, which warm-up lets grow to it', async () => {
    for (const { paid, kl } of await steps({ beta: 40 })) expect(paid / (40 * kl)).toBeCloseTo(1, 3)
    for (const [i, { paid, kl }] of (await steps({ beta: 40, warmup: 2 })).entries()) {
      expect(paid / (40 * kl)).toBeCloseTo([0.5, 1, 1][i]!, 3)
    }
  })
  it('free bits: each number of the code costs at least that much, on the average over a batch', async () => {
    for (const { paid } of await steps({ freeBits: 20 })) expect(paid).toBeCloseTo(3 * 20, 3)
    for (const { paid, kl } of await steps({ freeBits: 1e-9 })) expect(paid).toBeCloseTo(kl, 3)
  })
})

describe('autoencoder', () => {
  const shape = [16, 16, 1] as const
  const data = picturesOf('smooth', ROWS, shape)
  const images = scaledImages(data, Array.from({ length: ROWS }, (_, i) => i))
  const make = (options: AutoencoderOptions) =>
    newModel(autoencoder({ imageShape: shape, filters: [4, 4, 6], latent: 3, ...options }))

  it('sparse: the mean size of the code, by its weight', async () => {
    const model = await make({ sparse: 30 })
    const [codes, made] = [model.encode(images), model.reconstruct(images)]
    const error = squares(images, made) / images.length
    const size = total(codes.map(Math.abs)) / codes.length
    expect(size).toBeGreaterThan(1e-3)
    const [step] = await trained(model, data, { batchSize: ROWS, epochs: 1 })
    expect(step!.metrics['loss']! / (error + 30 * size)).toBeCloseTo(1, 4)
  })
  it('denoising: it learns to take noise away', async () => {
    const uniform = generator(7)
    const noise = floats(images.length, () => 2 * (uniform() + uniform() + uniform() - 1.5))
    const noisy = images.map((x, i) => Math.min(1, Math.max(-1, x + 0.5 * noise[i]!)))
    const errorOf = async (denoising: number) => {
      const model = await make({ denoising, learningRate: 0.01 })
      await trained(model, data, { batchSize: ROWS, epochs: 400 })
      return squares(images, model.reconstruct(noisy))
    }
    expect(await errorOf(0.5)).toBeLessThan(0.9 * await errorOf(0))
  }, 60_000)
})
