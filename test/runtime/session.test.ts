// A session's memory: what an error leaves behind, and what is asked of it in vain.
import { expect, it } from 'vitest'
import { constant, type Initializer, input, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import * as ops from '../../src/ops/index.ts'
import { newSession } from '../harness.ts'

const drawn: Initializer = (shape) => ops.randomUniform(shape, 'the same', { minval: 1, maxval: 2 })
const compiling = (...inputs: Tensor[]) => ({ group: 'test', stages: [{ outputs: { y: ops.concat(inputs, 0) } }] })

it('a variable whose drawing failed is drawn when it is compiled again', async () => {
  const session = await newSession()
  const [a, b] = [variable('a', [3], drawn), variable('b', [3], drawn)]
  expect(() => session.compile(compiling(a, b))).toThrow(/two tensors draw from the streams 'the same' and 'the same'/)
  expect(session.variables).toEqual([])
  session.compile(compiling(a))
  expect(session.values(a).every((x) => x >= 1 && x <= 2)).toBe(true)
  expect(() => session.values(b)).toThrow("the variable 'b' is not of this session")
})

it('what is computed has no values to look at, however often one asks', async () => {
  const session = await newSession()
  const y = ops.add(input('x', [2]), 1)
  session.compile(compiling(y))
  for (let i = 0; i < 2; i++) {
    expect(() => session.values(y)).toThrow(new TypeError("'add' is computed: make it an output, and read() it"))
  }
})

it('constants are numbers', () => {
  const nested = [[1, 2], [3, 4]] as unknown as number[]
  expect(() => constant(nested)).toThrow(new TypeError(
    'constant: values is [[1, 2], [3, 4]], expected a number, or numbers in a list or a typed array'))
  expect(() => constant([1, 'two'] as unknown as number[])).toThrow("constant: values is [1, 'two'], expected a number")
  expect(constant([NaN, 1]).attrs.values[0]).toBeNaN()
})

it('an input that was never fed is said, also where one function feeds it and another reads it', async () => {
  const session = await newSession()
  const x = input('x', [2])
  const [double, triple] = [2, 3].map((by) => session.compile({ group: 'g', stages: [{ outputs: { y: ops.mul(x, by) } }] }))
  expect(() => double!.run(1)).toThrow(new RangeError("run: the input 'x' has no values; give it some with feed()"))
  double!.feed('x', [1, 2]).run(1)
  triple!.run(1)
  expect([...triple!.read('y')]).toEqual([3, 6])
})
