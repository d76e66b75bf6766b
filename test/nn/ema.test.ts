// Averages of weights against doubles, in decoding, and over a resumed run.
import { describe, expect, it } from 'vitest'
import { input, type Variable } from '../../src/graph/leaves.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { ema } from '../../src/nn/ema.ts'
import { Pass } from '../../src/nn/layer.ts'
import { dense, flatten } from '../../src/nn/layers.ts'
import { meanSquaredError } from '../../src/nn/losses.ts'
import { batchNormalization } from '../../src/nn/normalization.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { newSession } from '../harness.ts'
import { bytesData, newModel, SHAPE, trainSteps } from '../train/data.ts'

/** Images to images, with batch normalization, whose averages decode. */
function averaging(decay = 0.9, warmup = false): ModelDefinition {
  const net = sequential('net', [flatten(), dense({ units: 5 }), batchNormalization({ momentum: 0.7 }), dense({ units: 12 })])
  const optimizer = sgd({ learningRate: 0.1 })
  const average = ema([net], { decay, warmup })
  const images = (x: Parameters<typeof net.apply>[0], pass: Pass) => reshape(net.apply(x, pass), [x.shape[0]!, ...SHAPE])
  return {
    kind: 'averaging', options: {}, imageShape: SHAPE, codeShape: [...SHAPE], optimizers: [optimizer],
    train({ images: x }, pass) {
      return [minimize(optimizer, meanSquaredError(x, images(x, pass)), [net]), average.stage()]
    },
    encode: images,
    decode: (codes, pass) => average.apply(images(codes, pass)),
  }
}
const data = bytesData(20)

describe('ema', () => {
  it('begins with the weights and follows them, statistics too', async () => {
    const model = await newModel(averaging())
    const all = () => new Map([...model.state().variables].map(([name, values]) => [name, Float64Array.from(values)]))
    const start = all()
    const names = [...start.keys()].filter((name) => name.startsWith('net/'))
    expect(names).toContain('net/batchNormalization/moving_variance')
    expect([...start.keys()].filter((name) => name.startsWith('ema/'))).toEqual(names.map((name) => `ema/${name}`))
    for (const name of names) expect(start.get(`ema/${name}`)).toEqual(start.get(name))
    expect([...model.weights().keys()]).toContain('ema/net/dense/kernel')

    const expected = start
    for (let step = 1; step <= 7; step++) {
      await trainSteps(model, data, 4, step)
      const now = all()
      for (const name of names) {
        const average = expected.get(`ema/${name}`)!
        average.forEach((x, i) => (average[i] = 0.9 * x + 0.1 * now.get(name)![i]!))
      }
    }
    const now = all()
    for (const name of names) {
      now.get(`ema/${name}`)!.forEach((x, i) => expect(x).toBeCloseTo(expected.get(`ema/${name}`)![i]!, 6))
    }
    expect(now.get('ema/net/dense/kernel')).not.toEqual(now.get('net/dense/kernel'))
  })

  it('follows them more closely at first, with a warm-up', async () => {
    const model = await newModel(averaging(0.5, true))
    const kernel = (prefix = '') => Float64Array.from(model.state().variables.get(`${prefix}net/dense/kernel`)!)
    const expected = kernel()
    for (let done = 0; done < 12; done++) {
      await trainSteps(model, data, 4, done + 1)
      const kept = Math.min(0.5, (1 + done) / (10 + done))
      const now = kernel()
      expected.forEach((x, i) => (expected[i] = kept * x + (1 - kept) * now[i]!))
      kernel('ema/').forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 6))
    }
  })

  it('decodes with the averages', async () => {
    const model = await newModel(averaging())
    await trainSteps(model, data, 4, 5)
    const codes = new Float32Array(24).map((_, i) => Math.fround(i / 24 - 0.5))
    const [averaged, plain] = [model.decode(codes), model.encode(codes)]
    expect(averaged).not.toEqual(plain)
    const other = await newModel(averaging())
    other.loadWeights(new Map([...model.weights()].map(([name, weight]) => (
      [name, name.startsWith('net/') ? model.weights().get(`ema/${name}`)! : weight]))))
    expect(other.encode(codes)).toEqual(averaged)
    expect(other.decode(codes)).toEqual(averaged)
  })

  it('ends in the same digest where the run was resumed', async () => {
    const whole = await newModel(averaging(0.99))
    await trainSteps(whole, data, 4, 8)
    const first = await newModel(averaging(0.99))
    await trainSteps(first, data, 4, 3)
    const second = await newModel(averaging(0.99))
    second.loadState(first.state())
    await trainSteps(second, data, 4, 8)
    expect(await second.digest()).toBe(await whole.digest())
  })

  it('leaves frozen layers as they are', () => {
    const [a, b] = [dense({ units: 2, name: 'a', trainable: false }), dense({ units: 2, name: 'b' })]
    const y = b.apply(a.apply(input('x', [1, 2]), new Pass(true)), new Pass(true))
    const average = ema([a, b], { name: 'mean' })
    expect(average.variables.map((v) => v.attrs.name)).toEqual(['mean/b/kernel', 'mean/b/bias'])
    expect(average.stage().updates.map((u) => (u.inputs[0] as Variable).attrs.name)).toEqual(['mean/b/kernel', 'mean/b/bias'])
    expect(average.apply(y)).not.toBe(y)
  })

  it('refuses what cannot be meant', () => {
    expect(() => ema([], { decay: 2 })).toThrow('ema: decay is 2, expected a number from 0 to 1')
    const layer = dense({ units: 2 })
    layer.apply(input('x', [1, 2]), new Pass(true))
    expect(() => ema([layer]).apply(mul(input('y', [1]), 2))).toThrow("ema: the tensor is computed without a weight of 'dense'")
  })
})

it('two averages of one layer need two names', async () => {
  const layer = dense({ units: 2 })
  layer.apply(input('x', [1, 2]), new Pass(true))
  const session = await newSession()
  const compile = (...names: string[]) => session.compile({
    group: 'train', stages: names.map((name) => ema([layer], { name }).stage()),
  })
  compile('a', 'b')
  expect(() => compile('c', 'c')).toThrow("two variables are named 'c/dense/kernel'")
})
