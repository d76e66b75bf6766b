// The library as its users see it: nothing but src/entries/index.ts and ganglion/safetensors.
import { describe, expect, it } from 'vitest'
import {
  constant, createRuntime, gradients, imageDataset, imageGrid, initializers, input, layers,
  minimize, Model, type ModelDefinition, ops, optimizers, scoped, type Tensor, vae, variable,
} from '../src/entries/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../src/formats/safetensors.ts'

/** Two kinds of stripes, 8 × 8. */
const stripes = imageDataset({
  images: Uint8Array.from({ length: 200 * 64 }, (_, i) => ((i >> 6) % 2 ? i & 1 : (i >> 3) & 1) * 255),
  shape: [8, 8, 1],
  name: 'stripes',
})

describe('a dozen lines', () => {
  it('train a VAE', async () => {
    const runtime = await createRuntime()
    const model = await Model.create(runtime, vae({ latent: 2, hidden: 32, imageShape: [8, 8, 1] }), { seed: 1 })
    const losses: number[] = []
    for await (const { epochDone, metrics } of model.train(stripes, { epochs: 30, batchSize: 20 })) {
      if (epochDone) losses.push(metrics.loss)
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 5)
    const samples = model.sample(16)
    expect(imageGrid(samples, { shape: [8, 8, 1], scale: 1, gap: 0 })).toMatchObject({ width: 32, height: 32, channels: 1 })
    model.loadWeights(decodeSafetensors(encodeSafetensors(model.weights())).tensors)
    expect(model.sample(16)).toEqual(samples)
  })
})

describe('a level lower', () => {
  it("one's own model from layers, with any loss", async () => {
    const encoder = layers.sequential('encoder', [
      layers.flatten(), layers.dense({ units: 16, activation: 'elu' }), layers.dense({ units: 2 }),
    ])
    const decoder = layers.sequential('decoder', [
      layers.dense({ units: 32, activation: 'softplus' }), layers.dense({ units: 64, activation: 'tanh' }),
      layers.reshape({ targetShape: [8, 8, 1] }),
    ])
    const optimizer = optimizers.adamW({ learningRate: 0.01 })
    const own: ModelDefinition = {
      kind: 'own', options: {}, imageShape: [8, 8, 1], codeShape: [2], dropRemainder: false, optimizers: [optimizer],
      train({ images }, pass) {
        const error = ops.abs(ops.sub(decoder.apply(encoder.apply(images, pass), pass), images))
        const loss = ops.mean(ops.log1p(ops.square(error)))
        return [minimize(optimizer, loss, [encoder, decoder])]
      },
      encode: (images, pass) => encoder.apply(images, pass),
      decode: (codes, pass) => decoder.apply(codes, pass),
      sampleCodes: (noise) => noise,
    }
    const model = await Model.create(await createRuntime(), own)
    const losses: number[] = []
    for await (const { epochDone, metrics } of model.train(stripes, { epochs: 30, batchSize: 20 })) {
      if (epochDone) losses.push(metrics.loss!)
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 10)
    const images = Float32Array.from(stripes.images.subarray(0, 3 * 64), (x) => x / 127.5 - 1)
    expect(model.reconstruct(images).every((y, i) => Math.sign(y) === Math.sign(images[i]!))).toBe(true)
  })

  it("one's own graph from ops", async () => {
    // y = 3x − 1, by gradient descent.
    const [x, y] = [input('x', [32]), input('y', [32])]
    const slope = variable('slope', [1], initializers.zeros())
    const offset = variable('offset', [1], initializers.zeros())
    const loss = ops.mean(ops.square(ops.sub(ops.add(ops.mul(x, slope), offset), y)))
    const [ds, dOffset] = gradients(loss, [slope, offset])
    const optimizer = optimizers.sgd({ learningRate: 0.2, momentum: 0.5 })
    const session = await (await createRuntime()).session(1)
    const updates = optimizer.apply([ds!, dOffset!], [slope, offset])
    const step = session.compile({ group: 'fit', stages: [{ metrics: { loss }, updates }] })
    const xs = Array.from({ length: 32 }, (_, i) => i / 16 - 1)
    step.feed('x', xs).feed('y', xs.map((v) => 3 * v - 1))
    expect(step.run(200)).toBe(200)
    expect(step.metrics().loss.count).toBe(200)
    expect(session.values(slope)[0]).toBeCloseTo(3, 4)
    expect(session.values(offset)[0]).toBeCloseTo(-1, 4)
  })

  it('an adversarial pair: two optimizers over two sets of parameters', async () => {
    // A generator of one number learns the mean of the data; its critic is a line, its loss Wasserstein's with a penalty.
    const real = input('real', [64, 1])
    const critic = variable('critic', [1], initializers.zeros())
    const shift = variable('shift', [1], initializers.constant(-2))
    const score = (t: Tensor) => ops.mean(ops.mul(t, critic))
    const fake = (stream: string) => scoped(stream, () => ops.add(ops.mul(ops.randomNormal([64, 1], stream), 0.1), shift))
    const criticLoss = ops.add(ops.sub(score(fake('first')), score(real)), ops.sum(ops.square(critic)))
    const generatorLoss = ops.negative(score(fake('second')))
    const first = optimizers.sgd({ learningRate: 0.1, name: 'critic_sgd' })
    const second = optimizers.sgd({ learningRate: 0.1, name: 'generator_sgd' })
    const session = await (await createRuntime()).session(7)
    const [dCritic] = gradients(criticLoss, [critic])
    const [dShift] = gradients(generatorLoss, [shift])
    const step = session.compile({
      group: 'duel',
      stages: [
        { metrics: { criticLoss }, updates: first.apply([dCritic!], [critic]) },
        { metrics: { generatorLoss }, updates: second.apply([dShift!], [shift]) },
      ],
    })
    step.feed('real', new Float32Array(64).fill(1.5))
    step.run(1)
    // The critic's gradient at 0 is the difference of the means; the generator then follows the critic it was left.
    const moved = session.values(critic)[0]!
    expect(moved).toBeGreaterThan(0.3)
    expect(session.values(shift)[0]! + 2).toBeCloseTo(0.1 * moved, 6)
    step.run(400)
    expect(session.values(shift)[0]).toBeCloseTo(1.5, 1)
    // Only what was asked for is built: the generator's step computes no gradient of the critic.
    expect(step.schedule.items.filter(({ node }) => node.op.effect)).toHaveLength(2)
  })

  it('says what is wrong', async () => {
    const session = await (await createRuntime()).session(1)
    const x = input('x', [2, 3])
    expect(() => ops.matmul(x, constant([1, 2], [2, 1]))).toThrow(/\[2, 3\].*\[2, 1\]/)
    expect(() => layers.dense({ units: 4 }).apply(input('images', [1, 8, 8, 1]), new layers.Pass(true))).toThrow(
      'dense: the input has shape [1, 8, 8, 1], expected [batch, features]; put flatten() before it')
    const fn = session.compile({ group: 'g', stages: [{ outputs: { y: ops.relu(x) } }] })
    expect(() => fn.feed('x', [1])).toThrow("input 'x': 1 values given, expected 6 for the shape [2, 3]")
    expect(() => fn.feed('z', [1])).toThrow("no input is named 'z'; the function has: x")
    // @ts-expect-error: there is no such output
    expect(() => fn.read('z')).toThrow("no output is named 'z'; the function has: y")
    const [a, b] = [variable('a', [1], initializers.zeros()), variable('a', [1], initializers.ones())]
    expect(() => session.compile({ group: 'g', stages: [{ outputs: { y: ops.add(a, b) } }] })).toThrow(
      "two variables are named 'a'; give each a name of its own")
  })
})
