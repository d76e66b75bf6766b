// Gradient clipping against doubles.
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../src/graph/tensor.ts'
import { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from '../src/nn/clip.ts'
import { evaluate, floats, generator, newSession } from './harness.ts'

const uniform = generator(5)
const SHAPES = [[3], [4, 5], []]
const gradients = [3, 20, 1].map((n) => floats(n, () => uniform() * 4 - 2))
const norm = Math.sqrt(gradients.flatMap((g) => [...g]).reduce((s, x) => s + x * x, 0))
const run = async (f: (...g: Tensor[]) => readonly Tensor[]) => evaluate(await newSession(), SHAPES, f, gradients)

describe('clipByValue', () => {
  it('bounds each element', async () => {
    const y = await run((...g) => clipByValue(0.5)(g, []))
    expect(y).toEqual(gradients.map((g) => g.map((x) => Math.max(-0.5, Math.min(0.5, x)))))
  })
})

describe('clipByGlobalNorm', () => {
  it.each([0.1, 1, norm * 0.999])('scales all gradients to the norm %d', async (c) => {
    const y = await run((...g) => clipByGlobalNorm(c)(g, []))
    y.forEach((g, k) => g.forEach((e, i) => expect(e).toBeCloseTo((gradients[k]![i]! * c) / norm, 6)))
    expect(Math.sqrt(y.flatMap((g) => [...g]).reduce((s, x) => s + x * x, 0)) / c).toBeCloseTo(1, 6)
  })

  it('leaves smaller gradients as they are', async () => {
    expect(await run((...g) => clipByGlobalNorm(norm * 1.001)(g, []))).toEqual(gradients)
    expect(clipByGlobalNorm(1)([], [])).toEqual([])
  })
})

describe('clipByNorm', () => {
  it('scales each gradient by its own norm', async () => {
    const y = await run((...g) => clipByNorm(1.5)(g, []))
    gradients.forEach((g, k) => {
      const own = Math.sqrt(g.reduce((s, x) => s + x * x, 0))
      g.forEach((x, i) => expect(y[k]![i]).toBeCloseTo(x * Math.min(1, 1.5 / own), 6))
    })
  })
})

describe('gradients whose squares leave the range of f32', () => {
  const huge = [[3e38, -3e38, 0], new Float32Array(20).fill(1e38), [-2e38]]
  const length = Math.sqrt(huge.flatMap((g) => [...g]).reduce((s, x) => s + x * x, 0))
  const of = async (f: (...g: Tensor[]) => readonly Tensor[]) => evaluate(await newSession(), SHAPES, f, huge)

  it.each([1e-3, 1, 1e30])('are scaled to the norm %d', async (c) => {
    const y = await of((...g) => clipByGlobalNorm(c)(g, []))
    y.forEach((g, k) => g.forEach((e, i) => expect(e / c).toBeCloseTo(huge[k]![i]! / length, 6)))
  })
  it('stay as they are where the norm is not too large', async () => {
    const [y] = evaluate(await newSession(), [[2]], (g) => clipByGlobalNorm(3e38)([g], []), [[1e38, -5e37]])
    expect(y).toEqual(Float32Array.of(1e38, -5e37))
  })
  it('have a norm while f32 can hold it', async () => {
    const [y] = evaluate(await newSession(), [[2]], (g) => [globalNorm([g])], [[3e30, 4e30]])
    expect(y![0]! / 5e30).toBeCloseTo(1, 6)
  })
  it('infinities stay no numbers', async () => {
    const [y] = evaluate(await newSession(), [[2]], (g) => clipByGlobalNorm(1)([g], []), [[Infinity, 1]])
    expect(y![0]).toBeNaN()
  })
})

describe('globalNorm', () => {
  it('is the length of all gradients together', async () => {
    expect((await run((...g) => [globalNorm(g)]))[0]![0]).toBeCloseTo(norm, 5)
  })
})

describe('refusals', () => {
  it.each([
    [() => clipByValue(0), /clipByValue: the bound is 0/],
    [() => clipByNorm(-1), /clipByNorm: the bound is -1/],
    [() => clipByValue('1' as unknown as number), /clipByValue: the bound is '1', expected a number greater than 0/],
    [() => clipByGlobalNorm(NaN), /clipByGlobalNorm: the bound is NaN/],
    [() => globalNorm([]), /no gradients/],
  ])('%#', (make, message) => expect(make).toThrow(message))
})
