// Pooling, resizing, joining, normalizing and softmax where sampling does not reach: ties, NaN, huge values, identities,
// and the sentences of the shape errors.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { constant, input } from '../src/graph/leaves.ts'
import type { Shape, Tensor } from '../src/graph/tensor.ts'
import { softmaxCrossEntropy } from '../src/nn/losses_categorical.ts'
import * as losses from '../src/nn/namespaces/losses.ts'
import * as ops from '../src/ops/index.ts'
import { scoped } from '../src/graph/tensor.ts'
import { evaluate, newSession } from './harness.ts'

async function values(apply: (x: Tensor) => Tensor, shape: Shape, x: ArrayLike<number>): Promise<number[]> {
  return Array.from(evaluate(await newSession(), [shape], (t) => [apply(t)], [x])[0]!)
}
/** The gradient of the sum of `apply(x)`. */
const slopes = (apply: (x: Tensor) => Tensor, shape: Shape, x: readonly number[]) =>
  values((t) => gradients(ops.sum(apply(t)), [t])[0]!, shape, x)

const pool = (x: Tensor) => ops.maxPool2d(x, { poolSize: 2 })

describe('maxima', () => {
  it('the first of equal maxima takes the gradient of a window', async () => {
    expect(await slopes(pool, [1, 2, 4, 1], [1, 3, 0, 0, 3, 3, 0, 0])).toEqual([0, 1, 1, 0, 0, 0, 0, 0])
  })
  it('a NaN is the largest, forward and backward; −∞ everywhere is a maximum too', async () => {
    const x = [1, NaN, -Infinity, -Infinity, 9, NaN, -Infinity, -Infinity]
    expect(await values(pool, [1, 2, 4, 1], x)).toEqual([NaN, -Infinity])
    expect(await slopes(pool, [1, 2, 4, 1], x)).toEqual([0, 1, 1, 0, 0, 0, 0, 0])
  })
  it('equal maxima share the gradient of max', async () => {
    const third = Math.fround(1 / 3)
    expect(await slopes((x) => ops.max(x, 1), [2, 4], [2, 2, 1, 2, 0, 5, 4, 3])).toEqual(
      [third, third, 0, third, 0, 1, 0, 0],
    )
    expect(await values((x) => ops.max(x), [5], [1, 2, NaN, 4, 5])).toEqual([NaN])
  })
})

describe('softmax', () => {
  it('neither overflows nor loses the small classes', async () => {
    expect(await values(ops.softmax, [2, 3], [1000, 0, -1000, 88, 88, -3e38])).toEqual([1, 0, 0, 0.5, 0.5, 0])
    expect(await values(ops.logSoftmax, [1, 3], [1000, 0, -1000])).toEqual([0, -1000, -2000])
  })
  it('cross-entropy at ±1000', async () => {
    const loss = (x: Tensor) => softmaxCrossEntropy(ops.oneHot(constant([2]), 3), x)
    expect(await values(loss, [1, 3], [1000, 0, -1000])).toEqual([2000])
    expect(await slopes(loss, [1, 3], [1000, 0, -1000])).toEqual([1, 0, -1])
  })
})

describe('identities make no op', () => {
  const x = input('x', [2, 3])
  it.each([
    ['transpose', ops.transpose(x, [0, 1])],
    ['slice', ops.slice(x, [0, 0], [2, -1])],
    ['pad', ops.pad(x, [[0, 0], [0, 0]])],
    ['concat', ops.concat([x], 1)],
  ])('%s', (_, y) => expect(y).toBe(x))
})

it('nearest keeps infinities apart from their neighbours', async () => {
  const x = [Infinity, 1, 2, -Infinity]
  expect(await values((t) => ops.resizeNearest(t, [2, 4]), [1, 2, 2, 1], x)).toEqual([x[0], x[0], 1, 1, 2, 2, x[3], x[3]])
})

it('batch normalization of a constant far from 0 is beta', async () => {
  const same = Array.from({ length: 7 }, () => 12345.678)
  const y = await values((x) => ops.batchNormalization(x, constant([2]), constant([0.5])).y, [7, 1], same)
  expect(y).toEqual(y.map(() => 0.5))
})

it('batch normalization of a constant channel has no negative variance', async () => {
  for (const [value, rows] of [[2.3e7, 1000], [3.9e4, 599_993], [1.7e5, 599_993]] as const) {
    const same = new Float32Array(rows).fill(value)
    const of = (x: Tensor) => ops.batchNormalization(x, constant([2]), constant([0.5]), 1e-5)
    const variance = await values((x) => of(x).variance, [rows, 1], same)
    expect(variance[0], `${rows} times ${value}`).toBeGreaterThanOrEqual(0)
    expect((await values((x) => of(x).y, [rows, 1], same)).every(Number.isFinite), `${rows} times ${value}`).toBe(true)
  }
})

describe('what does not fit is said at once', () => {
  const image = input('x', [1, 4, 5, 3])
  const vector = input('v', [3])
  const two = input('b', [2])
  it.each<[string, () => unknown]>([
    ['maxPool2d: a window of [6, 2] does not fit into the image [1, 4, 5, 3]', () => ops.maxPool2d(image, { poolSize: [6, 2] })],
    [
      'avgPool2d: strides is [0, 1], expected a positive integer or two',
      () => ops.avgPool2d(image, { poolSize: 2, strides: [0, 1] }),
    ],
    ['maxPool2d: the input has shape [3], expected [batch, height, width, channels]', () => pool(vector)],
    ['depthwiseConv2d: x [1, 4, 5, 3] and w [3] do not fit', () => ops.depthwiseConv2d(image, vector)],
    ['resizeBilinear: the input has shape [3]', () => ops.resizeBilinear(vector, [2, 2])],
    ['resizeNearest: size is [0, 2], expected 2 positive integers', () => ops.resizeNearest(image, [0, 2])],
    [
      'halfPixelCenters and alignCorners exclude each other',
      () => ops.resizeBilinear(image, [2, 2], { halfPixelCenters: true, alignCorners: true }),
    ],
    ['transpose: perm [0, 0, 1, 2] does not reorder the axes of [1, 4, 5, 3]', () => ops.transpose(image, [0, 0, 1, 2])],
    ['slice: a block of [2] from [2] is not within [3]', () => ops.slice(vector, [2], [2])],
    ['pad: the borders [[-1, 0]] do not fit [3]', () => ops.pad(vector, [[-1, 0]])],
    ['concat: [1, 4, 5, 3] and [3] differ outside of axis 0', () => ops.concat([image, vector], 0)],
    ['concat: there are no tensors to join', () => ops.concat([], 0)],
    ['oneHot: depth is 0', () => ops.oneHot(vector, 0)],
    ['softmax: the input has shape []', () => ops.softmax(constant(1))],
    ['beta has shape [2], x [1, 4, 5, 3]; beta must be [3]', () => ops.batchNormalization(image, vector, two)],
    ['layerNormalization: x has shape [3], expected [batch, …, channels]', () => ops.layerNormalization(vector, vector, vector)],
    ['softmaxCrossEntropy: labels [3] and predictions [2] differ', () => softmaxCrossEntropy(vector, two)],
  ])('%s', (message, build) => {
    expect(build).toThrow(RangeError)
    expect(build).toThrow(message)
  })
})

describe('labels and predictions of different shapes are refused, not broadcast', () => {
  const [labels, predictions] = [input('labels', [64]), input('predictions', [64, 1])]
  const { gaussianKL: _, ...paired } = losses
  it.each(Object.entries(paired))('%s', (name, loss) => {
    const mend = 'reshape the labels, or use oneHot for class numbers'
    expect(() => loss(labels, predictions)).toThrow(
      new RangeError(`${name}: labels [64] and predictions [64, 1] differ; ${mend}`))
    expect(() => loss(predictions, labels)).toThrow(
      new RangeError(`${name}: labels [64, 1] and predictions [64] differ; ${mend}`))
    expect(loss(predictions, predictions).shape.length).toBeLessThan(3)
  })
  it('a number is a label for all', () => {
    expect(losses.meanSquaredError(1, predictions).shape).toEqual([])
    expect(losses.hinge(-1, predictions).shape).toEqual([])
  })
})

describe('what kernels cannot walk is refused where the graph is built, by its layer', () => {
  const five = [2, 1, 2, 1, 2]
  const [x, full] = [input('x', five), input('full', [2, 2, 2, 2, 2])]
  const seven = input('seven', [2, 2, 2, 2, 2, 2, 2])
  const groups = 'alternates over more than 4 groups of axes; reshape or split it'
  const axes = 'has more than 6 separate axes; reshape or split it'
  it.each<[string, () => Tensor, string]>([
    ['add', () => ops.add(x, full), `broadcasting [2, 1, 2, 1, 2] and [2, 2, 2, 2, 2] ${groups}`],
    ['greaterEqual', () => ops.greaterEqual(full, x), `lessEqual: broadcasting [2, 1, 2, 1, 2] and [2, 2, 2, 2, 2] ${groups}`],
    ['where', () => ops.where(x, full, 0), `broadcasting [2, 1, 2, 1, 2] and [2, 2, 2, 2, 2] ${groups}`],
    ['broadcastTo', () => ops.broadcastTo(x, full.shape), `broadcasting [2, 1, 2, 1, 2] and [2, 2, 2, 2, 2] ${groups}`],
    ['transpose', () => ops.transpose(seven), `a block of shape [2, 2, 2, 2, 2, 2, 2] ${axes}`],
  ])('%s', (name, build, said) => {
    expect(() => scoped('outer', () => scoped(name, build))).toThrow(new RangeError(`outer/${name}: ${said}`))
  })
  it('a block of seven axes', () => {
    const large = input('large', Array<number>(7).fill(3))
    const [begin, two] = [Array<number>(7).fill(0), Array<number>(7).fill(2)]
    const said = `a block of shape [2, 2, 2, 2, 2, 2, 2] ${axes}`
    expect(() => ops.slice(large, begin, two)).toThrow(new RangeError(`slice: ${said}`))
    expect(() => ops.pad(seven, Array<[number, number]>(7).fill([1, 0]))).toThrow(new RangeError(`pad: ${said}`))
  })
  it('four groups and six axes are not', () => {
    expect(ops.add(input('a', [3, 1, 2, 1]), input('b', [1, 2, 1, 2])).shape).toEqual([3, 2, 2, 2])
    expect(ops.transpose(input('six', [2, 3, 2, 3, 2, 3])).shape).toEqual([3, 2, 3, 2, 3, 2])
  })
})
