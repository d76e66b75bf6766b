// Long sums against doubles: whatever the shape, the error of n terms is a few units in the last place times log n.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { sizeOf, type Shape, type Tensor } from '../src/graph/tensor.ts'
import * as ops from '../src/ops/index.ts'
import { compile, evaluate, feed, floats, generator, newSession, runDivided, runGuarded, THREADS } from './harness.ts'

/** Largest error of a sum of n terms, over Σ |x|: a unit in the last place, log₂ n times. */
const bound = (n: number): number => 2 ** -23 * Math.log2(n)

type Draw = (uniform: () => number) => number
const kinds: Readonly<Record<string, Draw>> = {
  'of 0.1': () => 0.1,
  'from 0 to 1': (uniform) => uniform(),
  'from -1 to 1': (uniform) => 2 * uniform() - 1,
  'of any size': (uniform) => (uniform() - 0.3) * 2 ** Math.floor(40 * uniform() - 20),
}
const drawn = (n: number, kind: string, seed: number): Float32Array => {
  const uniform = generator(seed)
  return floats(n, () => kinds[kind]!(uniform))
}

/** y[o, i] = Σₘ x[o, m, i], and Σ |x|, in doubles. */
function reference(x: Float32Array, outer: number, middle: number, inner: number): [sums: Float64Array, sizes: Float64Array] {
  const [sums, sizes] = [new Float64Array(outer * inner), new Float64Array(outer * inner)]
  x.forEach((value, at) => {
    const to = Math.floor(at / (middle * inner)) * inner + (at % inner)
    sums[to]! += value
    sizes[to]! += Math.abs(value)
  })
  return [sums, sizes]
}

function expectSums(y: Float32Array, x: Float32Array, outer: number, middle: number, inner: number, scale = 1): void {
  const [sums, sizes] = reference(x, outer, middle, inner)
  const worst = y.reduce((most, e, i) => Math.max(most, Math.abs(e - scale * sums[i]!) / (scale * sizes[i]!)), 0)
  expect(worst, `of [${outer}, ${middle}, ${inner}]`).toBeLessThanOrEqual(bound(middle))
}

const SHAPES: readonly (readonly [outer: number, middle: number, inner: number])[] = [
  [1, 65, 2], [1, 127, 9], [1, 1009, 3], [1, 4097, 1], [1, 4097, 17], [1, 8191, 3], [1, 8209, 5], [1, 6016, 700], [3, 4099, 5],
  [7, 16385, 1],
]
const LARGE: typeof SHAPES = [
  [1, 4099, 600], [1, 65537, 5], [1, 262147, 2], [2, 262147, 2], [1, 999983, 1], [1, 1000003, 1], [1, 1000003, 2],
]

describe.each(Object.keys(kinds))('a sum over an axis, of numbers %s', (kind) => {
  it.each(kind === 'from 0 to 1' ? [...SHAPES, ...LARGE] : SHAPES)('[%d, %d, %d]', async (outer, middle, inner) => {
    const x = drawn(outer * middle * inner, kind, middle)
    const [y] = evaluate(await newSession(), [[outer, middle, inner]], (t) => [ops.sum(t, 1)], [x])
    expectSums(y!, x, outer, middle, inner)
  })
})

it('of [1000003, 2], all 0.1, is 100000.301', async () => {
  const [y] = evaluate(await newSession(), [[1000003, 2]], (t) => [ops.sum(t, 0)], [new Float32Array(2000006).fill(0.1)])
  for (const sum of y!) expect(Math.abs(sum - 1000003 * Math.fround(0.1))).toBeLessThan(2 ** -24 * 20 * 1e5)
})

describe('what is made of long sums', () => {
  it.each<[string, Shape, readonly number[], (x: Tensor, b: Tensor) => Tensor]>([
    ['dense', [5003, 7], [7], (x, b) => ops.add(x, b)],
    ['a convolution', [13, 41, 37, 5], [5], (x, b) => ops.add(x, b)],
    ['a scalar', [997, 1009], [1], (x, b) => ops.add(x, b)],
  ])("the gradient of %s's bias", async (_, shape, bias, apply) => {
    const dy = drawn(sizeOf(shape), 'from 0 to 1', 5)
    const inputs = [dy, new Float32Array(bias[0]!), dy]
    const [db] = evaluate(await newSession(), [shape, bias, shape], (x, b, g) => gradients(apply(x, b), [b], g), inputs)
    expectSums(db!, dy, 1, sizeOf(shape) / bias[0]!, bias[0]!)
  })
  it('means', async () => {
    const x = drawn(65537 * 3, 'from 0 to 1', 6)
    const [y] = evaluate(await newSession(), [[65537, 3]], (t) => [ops.mean(t, 0)], [x])
    expectSums(y!, x, 1, 65537, 3, 1 / 65537)
  })
  it('the sums of batch normalization', async () => {
    const [rows, channels] = [300007, 3]
    const x = drawn(rows * channels, 'from 0 to 1', 7)
    const vectors = [1, 0].map((value) => new Float32Array(channels).fill(value))
    const [mean, variance, dBeta] = evaluate(await newSession(), [[rows, channels], [channels], [channels]], (t, gamma, beta) => {
      const { y, mean, variance } = ops.batchNormalization(t, gamma, beta)
      return [mean, variance, ...gradients(y, [beta], t)]
    }, [x, ...vectors])
    const [sums] = reference(x, 1, rows, channels)
    const squares = reference(x.map((v, i) => (v - sums[i % channels]! / rows) ** 2), 1, rows, channels)[0]
    for (let c = 0; c < channels; c++) {
      expect(Math.abs(mean![c]! / (sums[c]! / rows) - 1)).toBeLessThan(bound(rows))
      expect(Math.abs(variance![c]! / (squares[c]! / rows) - 1)).toBeLessThan(4 * bound(rows))
      expect(Math.abs(dBeta![c]! / sums[c]! - 1)).toBeLessThan(bound(rows))
    }
  })
})

describe('blocks of rows', () => {
  it.each<[number, number, number]>([
    [1, 8197, 3], [1, 4096, 40], [1, 4100, 40], [3, 4099, 5], [2, 8193, 33], [1, 262209, 2],
  ])('[%d, %d, %d]: within their buffers, the same bits on several threads', async (outer, middle, inner) => {
    const compiled = compile(await newSession(), [[outer, middle, inner]], (t) => [ops.sum(t, 1)])
    feed(compiled.fn, [drawn(outer * middle * inner, 'from -1 to 1', 8)])
    expect(runGuarded(compiled), 'bytes written outside of buffers').toBe(0)
    const y = new Int32Array(compiled.fn.read('y0').slice().buffer)
    for (const threads of [2, 3, THREADS]) {
      runDivided(compiled, threads)
      expect(new Int32Array(compiled.fn.read('y0').buffer), `${threads} threads`).toEqual(y)
    }
  })
  it.each([100, 4097, 8191, 266305])('of %d rows, columns have the same bits alone and beside others', async (rows) => {
    const x = drawn(rows * 40, 'from 0 to 1', 9)
    const first = floats(rows * 2, () => 0).map((_, i) => x[Math.floor(i / 2) * 40 + (i % 2)]!)
    const session = await newSession()
    const [many] = evaluate(session, [[rows, 40]], (t) => [ops.sum(t, 0)], [x])
    const [few] = evaluate(session, [[rows, 2]], (t) => [ops.sum(t, 0)], [first])
    expect(Array.from(few!)).toEqual(Array.from(many!.subarray(0, 2)))
  })
})
