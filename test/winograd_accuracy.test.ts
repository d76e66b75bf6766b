// What convolutions by points cost in accuracy, and that `algorithm: 'direct'` does without. README and the doc comment of
// ops.conv2d state these bounds.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { input } from '../src/graph/leaves.ts'
import { sizeOf, type Shape, type Tensor } from '../src/graph/tensor.ts'
import { Pass } from '../src/nn/layer.ts'
import * as layers from '../src/nn/layers.ts'
import { conv2d, type ConvOptions } from '../src/ops/conv2d.ts'
import { geometry } from '../src/ops/lowering/conv_patches.ts'
import { PLAIN } from '../src/ops/lowering/epilogue.ts'
import { winograd } from '../src/ops/lowering/winograd.ts'
import { madeUp } from '../src/verify/draw.ts'
import { evaluate, floats, generator, newSession } from './harness.ts'
import * as reference from './reference/conv2d.ts'
import { array64 } from './values.ts'

const IMAGE: Shape = [1, 8, 8, 48]
const KERNELS = [
  { name: '3 x 3', filter: [3, 3, 48, 48], strides: 1 },
  { name: '4 x 4 at stride 2', filter: [4, 4, 48, 48], strides: 2 },
  { name: '5 x 5 at stride 2', filter: [5, 5, 48, 48], strides: 2 },
] as const
type Kernel = (typeof KERNELS)[number]
type Algorithm = NonNullable<ConvOptions['algorithm']>
type Values = readonly [x: Float32Array, w: Float32Array]

const drawn = ({ filter }: Kernel): Values => [madeUp(sizeOf(IMAGE), 1), madeUp(sizeOf(filter), 2)]
const specOf = ({ strides }: Kernel) => ({ strides: [strides, strides], padding: 'same', dilationRate: [1, 1] }) as const

async function run({ filter, strides }: Kernel, [x, w]: Values, algorithm: Algorithm): Promise<Float32Array> {
  const options = { strides, padding: 'same', algorithm } as const
  return evaluate(await newSession(), [IMAGE, filter], (a, b) => [conv2d(a, b, options)], [x, w])[0]!
}

/** y and Σ |x·w| of each, in doubles. */
function exact(kernel: Kernel, values: Values): [y: Float64Array, sizes: Float64Array] {
  const of = (f: (v: number) => number) => {
    const [x, w] = values.map((v) => Float64Array.from(v, f)) as [Float64Array, Float64Array]
    return reference.conv2d(array64(IMAGE, x), array64(kernel.filter, w), specOf(kernel)).data
  }
  return [of((v) => v), of(Math.abs)]
}

/** The largest error, over each Σ |x·w|, and over the largest |x| · the largest |w| · the products of a sum. */
async function errors(kernel: Kernel, values: Values, algorithm: Algorithm): Promise<[ofSums: number, ofLargest: number]> {
  const y = await run(kernel, values, algorithm)
  const [expected, sizes] = exact(kernel, values)
  const largest = (v: Float32Array) => v.reduce((most, e) => Math.max(most, Math.abs(e)), 0)
  const all = largest(values[0]) * largest(values[1]) * sizeOf(kernel.filter.slice(0, 3))
  const worst = (over: (i: number) => number) => y.reduce((most, e, i) => Math.max(most, Math.abs(e - expected[i]!) / over(i)), 0)
  return [worst((i) => sizes[i]!), worst(() => all)]
}

const large = (values: Values, which: 0 | 1, at: number): Values => {
  const copies = values.map((v) => v.slice()) as unknown as Values
  copies[which][at] = 1e4
  return copies
}
/** A number of the pixel in row 3, column 5. */
const MIDDLE = (3 * 8 + 5) * 48 + 5

describe.each(KERNELS)('a convolution of $name', (kernel) => {
  it('is one by points, unless asked to be direct', () => {
    const { filter } = kernel
    for (const algorithm of ['auto', 'direct'] as const) {
      const g = geometry(IMAGE, filter, { ...specOf(kernel), algorithm, extent: [0, 0], epilogue: PLAIN })
      expect(Boolean(winograd(g))).toBe(algorithm === 'auto')
    }
  })
  it.each<[string, (values: Values) => Values]>([
    ['numbers of one size', (values) => values],
    ['a pixel of 1e4', (values) => large(values, 0, MIDDLE)],
    ['a tap of 1e4', (values) => large(values, 1, 5)],
  ])('%s: the error is within its bound', async (_, change) => {
    const values = change(drawn(kernel))
    const [byPoints, direct] = [await errors(kernel, values, 'auto'), await errors(kernel, values, 'direct')]
    expect(byPoints[1], 'by points, of the largest product').toBeLessThan(2 ** -23)
    expect(byPoints[0], 'by points, of Σ |x·w|').toBeLessThan(1e-3)
    expect(direct[0], 'direct, of Σ |x·w|').toBeLessThan(4e-6)
  })
  it('an infinite pixel makes infinities where it is read, if direct; by points NaN, too', async () => {
    const [x, w] = drawn(kernel)
    x[MIDDLE] = Infinity
    const [expected] = exact(kernel, [x, w])
    const [byPoints, direct] = [await run(kernel, [x, w], 'auto'), await run(kernel, [x, w], 'direct')]
    const infinite = (y: ArrayLike<number>) => Array.from(y, (e) => (Number.isFinite(e) ? 0 : e))
    expect(infinite(direct)).toEqual(infinite(expected))
    expect(byPoints.some(Number.isNaN)).toBe(true)
  })
})

describe.each(KERNELS)('a convolution of $name over 256 channels', ({ filter: [kh, kw], strides }) => {
  const [image, filter]: [Shape, Shape] = [[1, 8, 8, 256], [kh, kw, 256, 16]]
  const uniform = generator(kh)
  it.each<[string, number, () => number]>([
    ['numbers of both signs', -23, () => 2 * uniform() - 1], ['one number', -19, () => 0.1],
  ])('of %s: the error is within 2^%d', async (_, bound, draw) => {
    const [x, w] = [image, filter].map((shape) => floats(sizeOf(shape), draw)) as [Values[0], Values[1]]
    const spec = { strides: [strides, strides], padding: 'same', dilationRate: [1, 1] } as const
    const expected = reference.conv2d(array64(image, x), array64(filter, w), spec).data
    const most = (v: ArrayLike<number>) => Array.from(v).reduce((a, e) => Math.max(a, Math.abs(e)), 0)
    for (const algorithm of ['auto', 'direct'] as const) {
      const options = { strides, padding: 'same', algorithm } as const
      const [y] = evaluate(await newSession(), [image, filter], (a, b) => [conv2d(a, b, options)], [x, w])
      const worst = most(expected.map((e, i) => e - y![i]!))
      expect(worst / (most(x) * most(w) * kh * kw * 256), algorithm).toBeLessThan(2 ** bound)
    }
  })
})

describe("algorithm: 'direct'", () => {
  /** Which of the nodes that make gradients are direct. */
  const algorithms = (roots: readonly Tensor[]): Set<string> => {
    const found = new Set<string>()
    const visit = (t: Tensor) => {
      if (t.op.name.startsWith('conv2d')) found.add(`${t.op.name} ${String(t.attrs.algorithm)}`)
      t.inputs.forEach(visit)
    }
    roots.forEach(visit)
    return found
  }
  it('goes to the gradients, of first and second order', () => {
    const [x, w] = [input('x', IMAGE), input('w', [3, 3, 48, 48])]
    const first = gradients(conv2d(x, w, { algorithm: 'direct' }), [x, w], input('dy', [1, 6, 6, 48]))
    const second = gradients(first[0]!, [w], input('g', IMAGE))
    expect([...algorithms(first)].sort()).toEqual(['conv2dFilterGradient direct', 'conv2dInputGradient direct'])
    expect([...algorithms(second)]).toContain('conv2dFilterGradient direct')
    expect([...algorithms(second)].filter((name) => !name.endsWith('direct'))).toEqual([])
  })
  it('is an option of layers', () => {
    const made = [layers.conv2d, layers.conv2dTranspose].map((layer) =>
      layer({ filters: 48, kernelSize: 3, algorithm: 'direct' }).apply(input('x', IMAGE), new Pass(false)))
    expect([...algorithms(made)]).toEqual(['conv2d direct', 'conv2dInputGradient direct'])
  })
  it('is refused where it is another word', () => {
    expect(() => layers.conv2d({ filters: 1, kernelSize: 3, algorithm: 'fft' as Algorithm }))
      .toThrow(new RangeError("conv2d: algorithm is 'fft', expected 'auto' or 'direct'"))
  })
})
