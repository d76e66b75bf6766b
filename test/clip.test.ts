// Gradient clipping against doubles.
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../src/graph/tensor.ts'
import { clipByGlobalNorm, clipByValue, globalNorm } from '../src/nn/clip.ts'
import { evaluate, floats, generator, newSession } from './harness.ts'

const uniform = generator(5)
const SHAPES = [[3], [4, 5], []]
const gradients = [3, 20, 1].map((n) => floats(n, () => uniform() * 4 - 2))
const norm = Math.sqrt(gradients.flatMap((g) => [...g]).reduce((s, x) => s + x * x, 0))
const run = async (f: (...g: Tensor[]) => Tensor[]) => evaluate(await newSession(), SHAPES, f, gradients)

describe('clipByValue', () => {
  it('bounds each element', async () => {
    const y = await run((...g) => clipByValue(g, 0.5))
    expect(y).toEqual(gradients.map((g) => g.map((x) => Math.max(-0.5, Math.min(0.5, x)))))
  })
})

describe('clipByGlobalNorm', () => {
  it.each([0.1, 1, norm * 0.999])('scales all gradients to the norm %d', async (c) => {
    const y = await run((...g) => clipByGlobalNorm(g, c))
    y.forEach((g, k) => g.forEach((e, i) => expect(e).toBeCloseTo((gradients[k]![i]! * c) / norm, 6)))
    expect(Math.sqrt(y.flatMap((g) => [...g]).reduce((s, x) => s + x * x, 0)) / c).toBeCloseTo(1, 6)
  })

  it('leaves smaller gradients as they are', async () => {
    expect(await run((...g) => clipByGlobalNorm(g, norm * 1.001))).toEqual(gradients)
    expect(clipByGlobalNorm([], 1)).toEqual([])
  })
})

describe('globalNorm', () => {
  it('is the length of all gradients together', async () => {
    expect((await run((...g) => [globalNorm(g)]))[0]![0]).toBeCloseTo(norm, 5)
  })
})

describe('refusals', () => {
  it.each([
    [() => clipByValue([], 0), /clipByValue: the bound is 0/],
    [() => clipByGlobalNorm([], NaN), /clipByGlobalNorm: the bound is NaN/],
    [() => globalNorm([]), /no gradients/],
  ])('%#', (make, message) => expect(make).toThrow(message))
})
