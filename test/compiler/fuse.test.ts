// Fusion changes no bit: every op that can end in a bias and an activation, with each of them, against the same
// operations one after another (a value that somebody else reads too is not fused). Activations that take many operations
// are ops of their own after it.
import { describe, expect, it } from 'vitest'
import { type Shape, sizeOf, type Tensor } from '../../src/graph/tensor.ts'
import { elu, leakyReLU, relu, sigmoid, tanh } from '../../src/ops/activation.ts'
import { add } from '../../src/ops/arithmetic.ts'
import { conv2d, conv2dTranspose } from '../../src/ops/conv2d.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { compile, feed, floats, generator, newSession } from '../harness.ts'

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  linear: (x) => x, relu, tanh, sigmoid, leakyReLU: (x) => leakyReLU(x, 0.3), elu: (x) => elu(x, 0.7),
}
const COSTLY = ['tanh', 'sigmoid', 'elu']
const PRODUCTS: readonly (readonly [name: string, a: Shape, b: Shape, op: (a: Tensor, b: Tensor) => Tensor])[] = [
  ['matmul', [13, 300], [300, 19], matmul],
  ['direct conv2d', [2, 7, 6, 3], [3, 3, 3, 19], (x, w) => conv2d(x, w)],
  ['conv2d by dot products', [2, 7, 6, 4], [3, 3, 4, 2], (x, w) => conv2d(x, w, { padding: 'same' })],
  ['deep conv2d', [2, 5, 4, 60], [3, 3, 60, 11], (x, w) => conv2d(x, w)],
  ['conv2dTranspose', [2, 4, 3, 5], [3, 3, 9, 5], (x, w) => conv2dTranspose(x, w, { strides: 2 })],
]

describe.each(PRODUCTS)('%s', (_name, a, b, op) => {
  it.each(Object.entries(ACTIVATIONS))('%s', async (activation, act) => {
    const draw = generator(3)
    const channels = b.length === 2 || op !== PRODUCTS[4]![3] ? b.at(-1)! : b[2]!
    const values = [a, b, [channels]].map((shape) => [shape, floats(sizeOf(shape), () => draw() - 0.5)] as const)
    const shapes = values.map(([shape]) => shape)
    const inputs = values.map(([, data]) => data)
    for (const biased of [false, true]) {
      if (!biased && activation === 'linear') continue
      const build = (x: Tensor, w: Tensor, bias: Tensor) => {
        const product = op(x, w)
        const sum = biased ? add(product, bias) : product
        return { product, sum, y: act(sum) }
      }
      const run = async (outputs: (...xs: [Tensor, Tensor, Tensor]) => Tensor[]) => {
        const { fn } = compile(await newSession(), shapes, (...xs) => outputs(...(xs as [Tensor, Tensor, Tensor])))
        feed(fn, inputs)
        fn.run(1)
        return { y: fn.read('y0'), items: fn.schedule.items.length }
      }
      const fused = await run((...xs) => [build(...xs).y])
      const apart = await run((...xs) => {
        const { y, product, sum } = build(...xs)
        return [y, product, sum]
      })
      expect(fused.items, 'ops after fusion').toBe(COSTLY.includes(activation) ? 2 : 1)
      expect(new Int32Array(fused.y.buffer)).toEqual(new Int32Array(apart.y.buffer))
    }
  })
})
