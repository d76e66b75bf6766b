// The layers beyond the first: what they compute, and what of it is a run's.
import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/leaves.ts'
import { Pass, parameters } from '../../src/nn/layer.ts'
import * as layers from '../../src/nn/namespaces/layers.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { minimize } from '../../src/models/minimize.ts'
import { trainingStages } from '../../src/models/stages.ts'
import type { StageSpec } from '../../src/models/definition.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { ones } from '../../src/nn/initializers.ts'
import { add } from '../../src/ops/arithmetic.ts'
import { sum } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import { evaluate, newSession } from '../harness.ts'

const run = async (shape: readonly number[], values: ArrayLike<number>, build: (x: Tensor) => Tensor): Promise<number[]> => {
  const [y] = evaluate(await newSession(), [shape], (x) => [build(x)], [values])
  return Array.from(y!)
}
const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const inference = new Pass(false)

describe('globalAveragePooling2d and upSampling2d', () => {
  it('take means over images, and repeat pixels', async () => {
    const pool = layers.globalAveragePooling2d()
    expect(await run([2, 2, 2, 1], count(8), (x) => pool.apply(x, inference))).toEqual([1.5, 5.5])
    const kept = layers.globalAveragePooling2d({ keepDims: true }).apply(input('x', [2, 2, 2, 3]), inference)
    expect(kept.shape).toEqual([2, 1, 1, 3])
    const up = layers.upSampling2d({ size: [1, 2] })
    expect(await run([1, 2, 2, 1], count(4), (x) => up.apply(x, inference))).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    const smooth = layers.upSampling2d({ interpolation: 'bilinear' })
    expect(await run([1, 1, 2, 1], [0, 4], (x) => smooth.apply(x, inference))).toEqual([0, 1, 3, 4, 0, 1, 3, 4])
  })
  it('refuse what is no image', () => {
    const expected = 'the input has shape [2, 3], expected [batch, height, width, channels]; put reshape() before it'
    expect(() => layers.upSampling2d().apply(input('x', [2, 3]), inference)).toThrow(new RangeError(`upSampling2d: ${expected}`))
    expect(() => layers.globalAveragePooling2d().apply(input('x', [2, 3]), inference)).toThrow(expected)
  })
})

describe('embedding', () => {
  it('gives each index its row, and zeros to an index that is none', async () => {
    const layer = layers.embedding({ inputDim: 3, outputDim: 2, embeddingsInitializer: ones() })
    expect(await run([4], [0, 2, 3, -1], (x) => layer.apply(x, inference))).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
    expect(layer.apply(input('x', [5, 7]), inference).shape).toEqual([5, 7, 2])
    expect(layer.variables.map(({ attrs }) => [attrs.name, attrs.shape])).toEqual([['embedding/embeddings', [3, 2]]])
  })
})

describe('gaussianNoise', () => {
  it('is there in training only', async () => {
    const layer = layers.gaussianNoise({ stddev: 0.5 })
    expect(await run([3], [1, 2, 3], (x) => layer.apply(x, inference))).toEqual([1, 2, 3])
    const noise = await run([4000], new Float32Array(4000), (x) => layer.apply(x, new Pass(true)))
    expect(Math.sqrt(noise.reduce((s, v) => s + v * v, 0) / 4000)).toBeCloseTo(0.5, 1)
  })
})

describe('residual', () => {
  it('adds its input, or what a shortcut makes of it', async () => {
    const double = () => layers.layer('double', {}, () => (x) => add(x, x))
    expect(await run([2], [1, 2], (x) => layers.residual('block', [double()]).apply(x, inference))).toEqual([3, 6])
    expect(await run([2], [1, 2], (x) => layers.residual('block', [double()], [double()]).apply(x, inference))).toEqual([4, 8])
  })
  it('has the variables of both sides under its name, and is frozen as one', () => {
    const dense = () => layers.dense({ units: 3, useBias: false })
    const block = layers.residual('block', [dense()], [dense()])
    block.apply(input('x', [1, 2]), inference)
    expect(parameters(block).map((v) => v.attrs.name)).toEqual(['block/dense/kernel', 'block/shortcut/dense/kernel'])
    layers.freeze(block)
    expect(parameters(block)).toEqual([])
  })
  it('refuses sides of different shapes', () => {
    const block = layers.residual('block', [layers.dense({ units: 3 })])
    expect(() => block.apply(input('x', [1, 2]), inference)).toThrow(new RangeError(
      'block: residual: the layers give [1, 3], and beside them is [1, 2]; give a shortcut that brings x to it'))
  })
})

describe('groupNormalization', () => {
  it('of one group and channel is as layer normalization', async () => {
    const y = await run([1, 4], [1, 2, 3, 4], (x) => layers.groupNormalization({ groups: 1, epsilon: 0 }).apply(x, inference))
    y.forEach((v, i) => expect(v).toBeCloseTo((i - 1.5) / Math.sqrt(1.25), 5))
  })
})

describe('spectralNormalization', () => {
  const kernel = [3, 0, 0, 0, 1, 0]
  const made = () => {
    const dense = layers.spectralNormalization(layers.dense({ units: 3, useBias: false }))
    const train = (x: Tensor, pass: Pass): StageSpec[] => {
      const loss = sum(square(add(dense.apply(x, pass), dense.apply(add(x, x), pass))))
      return [minimize(sgd({ learningRate: 0 }), loss, [dense])]
    }
    return { dense, train }
  }
  it('divides the kernel by its largest singular value once u has found it; u moves once a step', async () => {
    const { dense, train } = made()
    const session = await newSession()
    const x = input('x', [2, 2])
    const stages = trainingStages({ train: ({ images }, pass) => train(images, pass) }, { images: x })
    expect(stages[0]!.updates!.filter(({ op }) => op.name === 'assign').length).toBe(1)
    const fn = session.compile({ group: 'train', stages })
    const decoded = session.compile({ group: 'decode', stages: [{ outputs: { y: dense.apply(x, inference) } }] })
    const [weights, u] = dense.variables as [never, never]
    session.values(weights).set(kernel)
    fn.feed('x', [1, 0, 0, 1]).run(30)
    const vector = session.read(u)
    expect(Math.abs(vector[0]!)).toBeCloseTo(1, 5)
    decoded.feed('x', [1, 0, 0, 1]).run(1)
    Array.from(decoded.read('y')).forEach((v, i) => expect(v).toBeCloseTo(kernel[i]! / 3, 5))
    const before = Array.from(vector)
    decoded.run(3)
    expect(Array.from(session.read(u))).toEqual(before)
  })
  it('keeps u with the weights: no parameter, and named beside the kernel', () => {
    const { dense, train } = made()
    trainingStages({ train: ({ images }, pass) => train(images, pass) }, { images: input('x', [2, 2]) })
    expect(dense.variables.map((v) => `${v.attrs.name} ${v.attrs.role}`)).toEqual(
      ['dense/kernel parameter', 'dense/vector_u statistic'])
    expect(parameters(dense).map((v) => v.attrs.name)).toEqual(['dense/kernel'])
  })
  it('refuses a layer without a kernel', () => {
    const layer = layers.spectralNormalization(layers.flatten())
    expect(() => layer.apply(input('x', [2, 2]), inference)).toThrow(
      new RangeError("spectralNormalization: the layer 'flatten' has no kernel; leave it as it is"))
  })
})
