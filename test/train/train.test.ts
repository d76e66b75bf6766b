// The training loop as its callers see it: what it yields, how it stops, that nothing but the options changes its result.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { gan } from '../../src/models/gan.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { LEARNING_RATE } from '../../src/nn/optimizers.ts'
import { mean } from '../../src/ops/reduce.ts'
import { bytesData, chunksOf, floatData, newModel, SHAPE, smallVae, trained, trainSteps } from './data.ts'

afterEach(() => { vi.restoreAllMocks() })
const smallGan = () => gan({ latent: 3, hidden: 5, discriminatorHidden: 4, imageShape: SHAPE })
const BOTH = [['vae', smallVae], ['gan', smallGan]] as const

describe('progress', () => {
  it('counts steps, samples and epochs; the last batch is smaller', async () => {
    chunksOf(1000)
    const all = await trained(await newModel(), bytesData(10), { batchSize: 4, epochs: 2 })
    expect(all.map(({ epoch, step, lastStep, samples, epochDone }) => [epoch, step, lastStep, samples, epochDone])).toEqual([
      [1, 1, 6, 4, false], [1, 2, 6, 8, false], [1, 3, 6, 10, true],
      [2, 4, 6, 4, false], [2, 5, 6, 8, false], [2, 6, 6, 10, true],
    ])
    for (const { metrics, seconds } of all) {
      expect(Object.keys(metrics)).toEqual(['loss', 'reconstruction', 'kl'])
      expect(Math.abs(metrics.reconstruction! + metrics.kl! - metrics.loss!)).toBeLessThan(1e-5 * metrics.loss!)
      expect(seconds).toBeGreaterThan(0)
    }
  })

  it('leaves the smaller batch out where the model asks for it', async () => {
    const all = await trained(await newModel(smallGan()), bytesData(10), { batchSize: 4, epochs: 2 })
    const epochs = all.filter((p) => p.epochDone).map(({ epoch, step, lastStep, samples }) => [epoch, step, lastStep, samples])
    expect(epochs).toEqual([[1, 2, 4, 8], [2, 4, 4, 8]])
  })

  it.each(BOTH)('goes on from any place with any batch size: %s', async (_, definition) => {
    const data = bytesData(40)
    for (const [first, steps, then] of [[4, 1, 16], [4, 9, 16], [5, 3, 16], [15, 1, 16], [16, 1, 3]] as const) {
      const model = await newModel(definition())
      await trainSteps(model, data, first, steps)
      const all = await trained(model, data, { batchSize: then, epochs: 2 })
      const last = all.at(-1)!
      expect([last.step, last.epochDone], `${steps} × ${first}, then ${then}`).toEqual([last.lastStep, true])
    }
  })

  it('weighs a batch by its samples: the mean over an epoch is that of the data, in whichever order', async () => {
    const data = { ...bytesData(7), images: Float32Array.from({ length: 7 * 12 }, (_, i) => Math.floor(i / 12)) }
    const own: ModelDefinition = { ...smallVae(), train: ({ images }) => [{ metrics: { mean: mean(images) } }] }
    const all = await trained(await newModel(own), data, { batchSize: 4, epochs: 5 })
    expect(all.filter((p) => p.epochDone).map(({ metrics }) => metrics)).toEqual(Array(5).fill({ mean: expect.closeTo(3, 6) }))
  })

  it('brings the loss down', async () => {
    const all = await trained(await newModel(smallVae({ learningRate: 0.01 })), bytesData(64), { batchSize: 16, epochs: 40 })
    const epochs = all.filter((p) => p.epochDone)
    expect(epochs).toHaveLength(40)
    expect(epochs.at(-1)!.metrics.loss!).toBeLessThan(0.9 * epochs[0]!.metrics.loss!)
  })
})

describe('stopping', () => {
  const data = bytesData(64)
  it.each(['break', 'abort'] as const)('by %s keeps what was trained, and training goes on from there', async (how) => {
    const model = await newModel()
    chunksOf(1000)
    const controller = new AbortController()
    for await (const { step } of model.train(data, { batchSize: 4, epochs: 2, signal: controller.signal })) {
      if (step < 5) continue
      if (how === 'break') break
      controller.abort()
    }
    expect(model.session.counters('train')[0]).toBe(5)
    await trained(model, data, { batchSize: 4 })
    const straight = await newModel()
    await trained(straight, data, { batchSize: 4 })
    expect(await model.digest()).toBe(await straight.digest())
  })

  it.each([1, 5, 16, 21, 40])('after %i steps, whatever a chunk is: the bits of as many of a longer call', async (steps) => {
    const [model, other] = [await newModel(), await newModel()]
    chunksOf(0)
    const last = (await trained(model, data, { batchSize: 4, epochs: 9, steps })).at(-1)!
    vi.restoreAllMocks()
    expect([last.step, last.lastStep, last.epochDone]).toEqual([steps, steps, steps % 16 === 0])
    await trainSteps(other, data, 4, steps)
    expect(await model.digest()).toBe(await other.digest())
    await trained(model, data, { batchSize: 4, steps: 3 })
    await trained(other, data, { batchSize: 4, steps: 2 })
    await trained(other, data, { batchSize: 4, steps: 1 })
    expect(await model.digest()).toBe(await other.digest())
  })

  it('after its epochs, where those have fewer steps; fit takes steps too', async () => {
    const model = await newModel()
    expect((await trained(model, data, { batchSize: 4, steps: 99 })).at(-1)).toMatchObject({ step: 16, lastStep: 16 })
    const history = await model.fit(data, { batchSize: 4, epochs: 3, steps: 20 })
    expect([history.epoch, history.stopped, model.session.counters('train')[0]]).toEqual([[2], null, 36])
  })

  it('before the first step changes nothing', async () => {
    const model = await newModel()
    const before = await model.digest()
    expect(await trained(model, data, { batchSize: 4, signal: AbortSignal.abort() })).toEqual([])
    expect(await model.digest()).toBe(before)
  })
})

describe('other data', () => {
  it.each([10, 40, 80])('of %i images after a stop in the middle of an epoch: a new epoch', async (count) => {
    const model = await newModel()
    await trainSteps(model, bytesData(64), 4, 9)
    const all = await trained(model, bytesData(count), { batchSize: 4 })
    const { epoch, samples, step, lastStep, epochDone } = all.at(-1)!
    expect([epoch, samples, step, lastStep, epochDone]).toEqual([2, count, lastStep, 9 + Math.ceil(count / 4), true])
  })

  it('with a state of data that was larger: a new epoch; of the same size: the rest of the old one', async () => {
    const model = await newModel()
    await trainSteps(model, bytesData(64), 4, 9)
    for (const [count, seen] of [[20, 20], [64, 28]] as const) {
      const copy = await newModel()
      copy.loadState(model.state())
      const all = await trained(copy, bytesData(count), { batchSize: 4 })
      expect([all.at(-1)!.samples, all.at(-1)!.epochDone]).toEqual([seen, true])
    }
  })

  it('may be the same images in another dataset: the old epoch goes on', async () => {
    const model = await newModel()
    const data = bytesData(64)
    await trainSteps(model, data, 4, 9)
    expect((await trained(model, { ...data, name: 'again' }, { batchSize: 4 })).at(-1)!.samples).toBe(28)
  })
})

it('refuses a second loop on one model, until the first has ended', async () => {
  const model = await newModel()
  const data = bytesData(64)
  chunksOf(1000)
  const first = model.train(data, { batchSize: 4 })
  await first.next()
  await expect(trained(model, data, { batchSize: 4 })).rejects.toThrow(new GanglionError('train: another loop is training ' +
    'this model; let it end, leave it, or call return() on what train() gave, and then train again'))
  await first.return()
  await trained(model, data, { batchSize: 4 })
  expect(model.session.counters('train')[0]).toBe(16)
})

describe('the digest', () => {
  const data = bytesData(50)
  const digestOf = async (definition = smallVae(), seed = 1, ms = 5) => {
    chunksOf(ms)
    const model = await newModel(definition, seed)
    await trained(model, data, { batchSize: 4, epochs: 2 })
    return model.digest()
  }
  it.each(BOTH)('does not depend on chunks: %s', async (_, definition) => {
    const one = await digestOf(definition())
    for (const ms of [0, 20, 1000]) expect(await digestOf(definition(), 1, ms), `chunks of ${ms} ms`).toBe(one)
  })
  it('depends on the seed and the options', async () => {
    const digests = [
      await digestOf(),
      await digestOf(smallVae(), 2),
      await digestOf(smallVae({ learningRate: 2e-3 })),
      await digestOf(smallVae({ noise: 'batch' })),
    ]
    expect(new Set(digests).size).toBe(4)
  })
  it('is that of one definition in two sessions, trained in turns', async () => {
    const definition = smallVae()
    const models = [await newModel(definition), await newModel(definition)]
    const runs = models.map((m) => m.train(data, { batchSize: 4, epochs: 2 }))
    for (let running = runs; running.length;) {
      const ended = await Promise.all(running.map(async (r) => (await r.next()).done))
      running = running.filter((_, i) => !ended[i])
    }
    for (const m of models) expect(await m.digest()).toBe(await digestOf())
  })
})

describe('weights and state', () => {
  const data = bytesData(50)
  it('a restored state goes on to the same digest', async () => {
    const model = await newModel()
    await trainSteps(model, data, 4, 7)
    const saved = model.state()
    const copy = await newModel(smallVae(), 99)
    copy.loadState(saved)
    expect(await copy.digest()).toBe(await model.digest())
    for (const m of [model, copy]) await trained(m, data, { batchSize: 4 })
    expect(await copy.digest()).toBe(await model.digest())
  })
  it('loaded weights give the same images; the optimizer starts anew', async () => {
    const model = await newModel()
    await trainSteps(model, data, 4, 7)
    const weights = model.weights()
    expect([...weights.keys()].filter((name) => name.includes('adam'))).toEqual([])
    const copy = await newModel()
    copy.loadWeights(weights)
    expect(copy.sample(5)).toEqual(model.sample(5))
    expect(copy.reconstruct(floatData(3).images as Float32Array)).toEqual(model.reconstruct(floatData(3).images as Float32Array))
  })
  it('refuses what is of another model, and changes nothing', async () => {
    const model = await newModel()
    const before = await model.digest()
    const wider = await newModel(smallVae({ hidden: 8 }))
    expect(() => { model.loadWeights(wider.weights()) }).toThrow(
      "weights: 'decoder/dense/bias' has shape [8], expected [7]; the options must be those it was trained with",
    )
    const missing = new Map([...model.weights()].slice(1))
    expect(() => { model.loadWeights(missing) }).toThrow(
      "weights: 'decoder/dense/bias' is missing; the weights are of another model",
    )
    const extra = new Map([...model.weights(), ['more', { shape: [1], data: new Float32Array(1) }]])
    expect(() => { model.loadWeights(extra) }).toThrow(
      "weights: 'more' is not of this vae; the options must be those it was trained with",
    )
    expect(() => { model.loadState(wider.state()) }).toThrow(
      "state: 'adam/momentum/decoder/dense/bias' has 8 values, expected 7; the state is of another model",
    )
    expect(await model.digest()).toBe(before)
  })
  it('refuses what is damaged, and changes nothing', async () => {
    const model = await newModel()
    const before = await model.digest()
    const name = 'decoder/dense/bias'
    const weights = (data: unknown) => new Map([...model.weights(), [name, { shape: [7], data: data as Float32Array }]])
    const state = (data: unknown) => {
      const { variables, counters } = model.state()
      return { variables: new Map([...variables, [name, data as Float32Array]]), counters }
    }
    const cases: [unknown, string, string][] = [
      [new Float32Array(6), `weights: '${name}' has 6 values, expected 7 for its shape`,
        `state: '${name}' has 6 values, expected 7; the state is of another model`],
      [undefined, `weights: '${name}' has no values, expected 7 for its shape`,
        `state: '${name}' has no values, expected 7; the state is of another model`],
      [new Array(9).fill(0), `weights: '${name}' has 9 values, expected 7 for its shape`,
        `state: '${name}' has 9 values, expected 7; the state is of another model`],
      [new Float64Array(7), `weights: '${name}' is a Float64Array, expected a Float32Array`,
        `state: '${name}' is a Float64Array, expected a Float32Array`],
      [new Float32Array(7).fill(NaN), `weights: '${name}' holds NaN, expected finite numbers; load weights from before it arose`,
        `state: '${name}' holds NaN, expected finite numbers; load weights from before it arose`],
    ]
    for (const [data, ofWeights, ofState] of cases) {
      expect(() => { model.loadWeights(weights(data)) }).toThrow(ofWeights)
      expect(() => { model.loadState(state(data)) }).toThrow(ofState)
    }
    expect(await model.digest()).toBe(before)
  })
  it('refuses counters that training cannot have come to, which would never end', async () => {
    const model = await newModel()
    const before = await model.digest()
    const { variables, counters } = model.state()
    // The high word of the step, the place in the epoch, the epoch.
    for (const at of [1, 2, 3]) {
      for (const word of [2 ** 31, 2 ** 32 - 1]) {
        const wrong = Uint32Array.from(counters, (x, i) => (i === at ? word : x))
        expect(() => { model.loadState({ variables, counters: wrong }) }).toThrow(new RangeError(
          `state: the counters are ${wrong.join(', ')}, expected steps, places and epochs below 2^31; the state is damaged`))
      }
    }
    expect(await model.digest()).toBe(before)
    model.loadState({ variables, counters: Uint32Array.from(counters, (x, i) => (i === 0 ? 2 ** 32 - 1 : x)) })
    expect((await trained(model, bytesData(8), { batchSize: 4 })).at(-1)!.step).toBe(2 ** 32 + 1)
  })
  it('holds the learning rate', async () => {
    const model = await newModel(smallVae({ learningRate: 0.25 }))
    const { state } = model.definition.optimizers[0]!
    expect(model.session.values(state)[LEARNING_RATE]).toBe(0.25)
  })
})
