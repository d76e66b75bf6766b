// Frozen layers: no gradients, no updates, and batch normalization as in inference. And numbers that the host sets.
import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/leaves.ts'
import { minimize } from '../../src/models/minimize.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { hyperparameter } from '../../src/nn/hyperparameter.ts'
import { freeze, type Layer, parameters, Pass } from '../../src/nn/layer.ts'
import { dense } from '../../src/nn/layers.ts'
import { batchNormalization } from '../../src/nn/normalization.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { mean } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import { newSession } from '../harness.ts'

const names = (...layers: Layer[]) => parameters(...layers).map((v) => v.attrs.name)
const use = (layer: Layer) => layer.apply(input('x', [4, 2]), new Pass(true))

describe('a frozen layer', () => {
  it('has no parameters to train: by its option, later, as a part of another', () => {
    const [first, second] = [dense({ units: 2, trainable: false }), dense({ units: 2 })]
    const net = sequential('net', [first, second])
    use(net)
    expect(net.variables.length).toBe(4)
    expect(names(net)).toEqual(['net/dense_1/kernel', 'net/dense_1/bias'])
    first.trainable = true
    expect(names(net).length).toBe(4)
    freeze(net)
    expect([net.trainable, first.trainable, second.trainable]).toEqual([false, false, false])
    expect(names(net)).toEqual([])
    freeze([second], false)
    expect(names(net)).toEqual(['net/dense_1/kernel', 'net/dense_1/bias'])
    expect(names(net, second)).toEqual(names(net))
  })

  it('may be within a layer of a class, or be one', () => {
    const inner = dense({ units: 2 })
    const outer: Layer = {
      kind: 'outer', name: 'outer', get variables() { return inner.variables }, apply: (x, pass) => inner.apply(x, pass),
    }
    use(outer)
    expect(names(outer).length).toBe(2)
    freeze(inner)
    expect(names(outer)).toEqual([])
    freeze(inner, false)
    freeze(sequential('net', [outer]))
    expect(names(outer)).toEqual([])
  })

  it('is left as it is, its running statistics too, and no gradient for it is built', async () => {
    const frozen = sequential('frozen', [dense({ units: 3, useBias: false }), batchNormalization()])
    const trained = sequential('trained', [dense({ units: 1, useBias: false }), batchNormalization()])
    freeze(frozen)
    const stages = trainingStages({
      train: ({ images }, pass) => [minimize(sgd({ learningRate: 0.1 }), mean(square(trained.apply(
        frozen.apply(images, pass), pass))), [frozen, trained])],
    }, { images: input('images', [4, 2]) })
    const session = await newSession()
    const fn = session.compile({ group: 'train', stages })
    const values = () => new Map(session.variables.map((v) => [v.attrs.name, [...session.values(v)]]))
    const before = values()
    fn.feed('images', [1, 2, 3, 4, 5, 6, 7, 9]).run(3)
    const after = values()
    const moved = [...after].filter(([name, now]) => now.some((x, i) => x !== before.get(name)![i])).map(([name]) => name)
    expect(moved.filter((name) => name.startsWith('frozen/'))).toEqual([])
    expect(moved).toContain('trained/dense/kernel')
    expect(moved).toContain('trained/batchNormalization/moving_mean')
    // x·W of the frozen layer is computed, not its gradients: one product forward, and W's gradient and x's of the other.
    const products = fn.schedule.items.filter(({ node }) => node.op.name === 'matmul' && node.scope.startsWith('frozen'))
    expect(products.length).toBe(1)
  })

  it('normalizes as in inference', async () => {
    const layer = batchNormalization({ trainable: false })
    const pass = new Pass(true)
    const y = layer.apply(input('x', [2, 1]), pass)
    expect(pass.updates).toEqual([])
    const fn = (await newSession()).compile({ group: 'train', stages: [{ outputs: { y } }] })
    fn.feed('x', [1, 3]).run(1)
    fn.read('y').forEach((v, i) => expect(v).toBeCloseTo([1, 3][i]! / Math.sqrt(1 + 1e-3), 6))
  })
})

it('a hyperparameter is a scalar that the host sets', async () => {
  const session = await newSession()
  const weight = hyperparameter('weight', 0.5)
  const fn = session.compile({ group: 'train', stages: [{ outputs: { y: mul(input('x', [2]), weight) } }] })
  fn.feed('x', [2, 4]).run(1)
  expect([...fn.read('y')]).toEqual([1, 2])
  const all = session.variables.map(({ attrs: { name, role }, shape }) => [name, role, shape])
  expect(all).toEqual([['weight', 'hyperparameter', []]])
  session.values(weight)[0] = 2
  fn.run(1)
  expect([...fn.read('y')]).toEqual([4, 8])
  expect(() => hyperparameter('', 1)).toThrow("hyperparameter: name is '', expected a name of at least one character")
  expect(() => hyperparameter('w', NaN)).toThrow("hyperparameter 'w': the value is NaN, expected a finite number")
})
