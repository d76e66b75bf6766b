// Transforms of gradients against doubles; clipping is in test/clip.test.ts.
import { expect, it } from 'vitest'
import { constant, type Variable, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { clipByValue } from '../../src/nn/clip.ts'
import { addDecayedWeights, centralize, chain } from '../../src/nn/transforms.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { evaluate, floats, generator, newSession } from '../harness.ts'

const SHAPES = [[3, 4], [5], [2, 3, 2, 4]]
const uniform = generator(9)
const draw = () => SHAPES.map((shape) => floats(shape.reduce((n, d) => n * d, 1), () => uniform() * 4 - 2))
const [gradients, weights] = [draw(), draw()]
const variables = SHAPES.map((shape, i): Variable => variable(`w${i}`, shape, () => constant(weights[i]!, shape)))
const run = async (f: (g: readonly Tensor[]) => readonly Tensor[]) =>
  evaluate(await newSession(), SHAPES, (...g) => f(g), gradients)

it('addDecayedWeights adds the gradient of ½λx²', async () => {
  const y = await run((g) => addDecayedWeights(0.3)(g, variables))
  y.forEach((values, k) => values.forEach((e, i) => expect(e).toBeCloseTo(gradients[k]![i]! + 0.3 * weights[k]![i]!, 6)))
  expect(() => addDecayedWeights(-1)).toThrow('addDecayedWeights: the weight decay is -1, expected 0 or more')
})

it('centralize takes away the mean over the inputs of each output', async () => {
  const y = await run((g) => centralize()(g, variables))
  y.forEach((values, k) => {
    const outputs = SHAPES[k]!.at(-1)!
    const column = (from: ArrayLike<number>, o: number) => Array.from(from).filter((_, i) => i % outputs === o)
    for (let o = 0; o < outputs; o++) {
      const given = column(gradients[k]!, o)
      const mean = SHAPES[k]!.length < 2 ? 0 : given.reduce((s, x) => s + x, 0) / given.length
      column(values, o).forEach((e, i) => expect(e).toBeCloseTo(given[i]! - mean, 6))
    }
  })
})

it('chain applies one after the other, and wants a gradient for each', async () => {
  const twice = (g: readonly Tensor[]) => g.map((x) => mul(x, 2))
  const y = await run((g) => chain(twice, clipByValue(1))(g, variables))
  y.forEach((values, k) => values.forEach((e, i) => expect(e).toBe(Math.max(-1, Math.min(1, 2 * gradients[k]![i]!)))))
  expect(chain()([], [])).toEqual([])
  expect(() => chain(twice, () => [])([variables[0]!], [variables[0]!])).toThrow(
    new RangeError('chain: transform 1 gave 0 gradients, expected 1, as many as it was given'))
})
