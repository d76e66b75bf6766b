// What a stage sees, what a function refuses, and that fusing changes no number.
import { expect, it } from 'vitest'
import { gradients } from '../../src/autodiff/gradients.ts'
import { constant, input, type Variable, variable } from '../../src/graph/leaves.ts'
import { apply, type Tensor } from '../../src/graph/tensor.ts'
import { relu } from '../../src/ops/activation.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { assign, assignOp } from '../../src/ops/assign.ts'
import { conv2d } from '../../src/ops/conv2d.ts'
import { dropout, randomNormal } from '../../src/ops/random.ts'
import { sum } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { square } from '../../src/ops/unary.ts'
import { evaluate, floats, generator, newSession } from '../harness.ts'

const named = (name: string, value: number): Variable => variable(name, [1], () => constant([value]))

it('updates of a stage use the values that the stage began with', async () => {
  const session = await newSession()
  const [a, b, c] = [named('a', 1), named('b', 2), named('c', 0)]
  const swap = session.compile({ group: 'g', stages: [{ updates: [assign(a, b), assign(b, a), assign(c, mul(a, 1))] }] })
  swap.run(1)
  expect([a, b, c].map((v) => session.values(v)[0])).toEqual([2, 1, 1])
})

it('an output that is a variable has the value of its stage', async () => {
  const session = await newSession()
  const a = named('a', 1)
  const fn = session.compile({
    group: 'g',
    stages: [
      { outputs: { leaf: a, alias: reshape(a, [1, 1]), computed: mul(a, 1) }, updates: [assign(a, add(a, 10))] },
      { outputs: { after: a } },
    ],
  })
  fn.run(1)
  expect((['leaf', 'alias', 'computed', 'after'] as const).map((name) => fn.read(name)[0])).toEqual([1, 1, 1, 11])
})

it('outputs are read before another function runs', async () => {
  const session = await newSession()
  const f = session.compile({ group: 'f', stages: [{ outputs: { y: add(constant([1, 2]), 1) } }] })
  const g = session.compile({ group: 'g', stages: [{ outputs: { y: add(constant([5, 5]), 1) } }] })
  expect(() => f.read('y')).toThrow("the output 'y' is not there: the function has not run")
  f.run(1)
  g.run(1)
  expect(() => f.read('y')).toThrow("the output 'y' is not there: another function of the session ran or was compiled since")
  f.run(1)
  expect([...f.read('y')]).toEqual([2, 3])
  const h = session.compile({ group: 'h', stages: [{ outputs: { y: add(named('drawn', 1), 1) } }] })
  expect(() => h.read('y'), 'only what draws its variable ran').toThrow("'y' is not there: the function has not run")
})

it('refuses what cannot be meant', async () => {
  const session = await newSession()
  const a = named('a', 1)
  const x = constant([1, 2])
  const compile = (...stages: Parameters<typeof session.compile>[0]['stages']) => () => session.compile({ group: 'g', stages })
  expect(compile({ metrics: { m: x } })).toThrow("the metric 'm' has shape [2], expected one number")
  expect(compile({ outputs: { y: add(input('x', [1]), input('x', [2])) } })).toThrow("two inputs are named 'x'")
  expect(compile({ outputs: { y: x } }, { outputs: { y: x } })).toThrow("two outputs are named 'y'")
  expect(compile({ updates: [x] })).toThrow("'constant' is no update")
  expect(compile({ outputs: { y: assign(a, constant([2])) } })).toThrow("the output 'y' is the update 'assign'")
  const stage = compile({ output: { y: x } } as object)
  expect(stage).toThrow(
    new RangeError("compile: a stage: there is no option 'output'; it takes outputs, metrics, updates, order"))
  expect(compile({ updates: assign(a, a) } as object)).toThrow(
    new TypeError('compile: a stage: updates is a Tensor, expected a list of tensors'))
  expect(() => session.compile({ stages: [] } as never)).toThrow('compile: group is undefined, expected a name')
  expect(() => session.compile({ group: 'g', stage: [] } as never)).toThrow(
    "compile: there is no option 'stage'; it takes group, stages")
  const onto = apply(assignOp, [mul(a, 2), constant([2])], {})
  expect(compile({ updates: [onto] })).toThrow("the update 'assign' would change the result of 'mul'")
  expect(() => assign(mul(a, 2) as Variable, constant([2]))).toThrow('assign: variable is a Tensor, expected a variable')
  const fn = session.compile({ group: 'g', stages: [{ outputs: { a } }] })
  for (const steps of [-1, 0.5, 2 ** 32 + 1]) {
    expect(() => fn.run(steps)).toThrow(`run: steps is ${steps}, expected an integer from 0 to 2^31 - 1`)
  }
  expect(() => gradients(mul(x, x), [x], constant([1, 2, 3]))).toThrow('gradients: dy has shape [3], expected [2]')
  expect(() => gradients(mul(x, x), [x, a], constant([1, 2]))).toThrow(new RangeError(
    "gradients: the loss is computed without the variable 'a'; leave it out, or use the layer that it is of"))
})

it('refuses two random tensors on one stream, of equal shapes too', async () => {
  const session = await newSession()
  const twice = (make: () => Tensor) => () => session.compile({ group: 'g', stages: [{ outputs: { y: add(make(), make()) } }] })
  expect(twice(() => randomNormal([2], 'z'))).toThrow("two tensors draw from the streams 'z' and 'z'")
  expect(twice(() => dropout(constant([1, 2]), 0.5, 'm'))).toThrow("two tensors draw from the streams 'm' and 'm'")
})

it('what follows the gradient of a filter is computed', async () => {
  const draw = generator(5)
  const x = floats(2 * 6 * 6 * 3, () => draw() - 0.5)
  const w = floats(3 * 3 * 3 * 8, () => draw() - 0.5)
  const session = await newSession()
  const [plain, followed, biased] = evaluate(session, [[2, 6, 6, 3], [3, 3, 3, 8]], (a, b) => {
    const [dw] = gradients(sum(square(conv2d(a, b))), [b]) as [Tensor]
    const [again] = gradients(sum(square(conv2d(a, b))), [b]) as [Tensor]
    const [third] = gradients(sum(square(conv2d(a, b))), [b]) as [Tensor]
    return [dw, relu(again), add(third, constant(new Float32Array(8).fill(1000)))]
  }, [x, w]) as [Float32Array, Float32Array, Float32Array]
  expect(Math.min(...plain)).toBeLessThan(0)
  expect([...followed]).toEqual(Array.from(plain, (v) => Math.max(v, 0)))
  expect([...biased]).toEqual(Array.from(plain, (v) => Math.fround(v + 1000)))
})
