// Gradients and ops of a user's own, by the public entry alone.
import { expect, it } from 'vitest'
import { compile, gradients, input, ops, type Tensor } from '../src/entries/index.ts'
import { runtime } from './harness.ts'

async function run(outputs: Record<string, Tensor>, feeds: Record<string, number[]>): Promise<Record<string, number[]>> {
  const session = await runtime.session()
  const fn = session.load(compile({ group: 'g', stages: [{ outputs }] }))
  for (const [name, values] of Object.entries(feeds)) if (fn.inputNames.includes(name)) fn.feed(name, values)
  fn.run()
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, [...fn.read(name)]]))
}

it('straight through: values of sign, the gradient of the identity', async () => {
  const x = input('x', [3])
  const y = ops.customGradient(ops.sign(x), [x], (dy) => [dy])
  const [dx] = gradients(ops.sum(ops.mul(y, 4)), [x])
  expect(await run({ y, dx: dx! }, { x: [-2, 0, 5] })).toEqual({ y: [-1, 0, 1], dx: [4, 4, 4] })
})

it('reversal, and its second derivative', async () => {
  const x = input('x', [2])
  const reversed = ops.customGradient(x, [x], (dy) => [ops.mul(dy, -1)])
  const [dx] = gradients(ops.sum(ops.square(reversed)), [x])
  const [ddx] = gradients(ops.sum(dx!), [x])
  // d(x²) reversed is −2·x'; what is under it passes the reversal again: +2.
  expect(await run({ dx: dx!, ddx: ddx! }, { x: [1, -3] })).toEqual({ dx: [-2, 6], ddx: [2, 2] })
})

it('two rules on the same value do not meet', async () => {
  const x = input('x', [1])
  const [a, b] = [2, 3].map((k) => ops.customGradient(x, [x], (dy) => [ops.mul(dy, k)])) as [Tensor, Tensor]
  const [dx] = gradients(ops.add(ops.sum(a), ops.sum(b)), [x])
  expect(await run({ dx: dx! }, { x: [7] })).toEqual({ dx: [5] })
})

it('says what a rule gave', () => {
  const x = input('x', [2])
  const wrong = (rule: (dy: Tensor) => unknown) => () =>
    gradients(ops.sum(ops.customGradient(ops.mul(x, 1), [x], rule as () => Tensor[])), [x])
  expect(wrong(() => [])).toThrow('customGradient: the rule gave 0 gradients, expected a list of 1, one for each input')
  expect(wrong(() => new Array(1))).toThrow('the gradient of input 0 is undefined, expected a tensor of shape')
  expect(wrong((dy) => dy)).toThrow('customGradient: the rule gave object, expected a list of 1, one for each input')
  expect(wrong((dy) => [ops.sum(dy)])).toThrow('the gradient of input 0 is [], expected a tensor of shape [2], or null')
  expect(wrong(() => [3])).toThrow('the gradient of input 0 is number, expected a tensor of shape [2], or null')
  expect(wrong(() => [null])).not.toThrow()
})

it('an op of known kernels, and another of the same name', async () => {
  const make = (gradient: (y: Tensor, dy: Tensor) => Tensor[], kernel: 'abs_f32' | 'negative_f32') => ops.defineOp({
    name: 'positive', shape: ([x]) => x!, gradient, flops: (node) => node.size,
    calls: (node, at) => [ops.kernelCall(kernel, { x: at.inputs[0]!, y: at.output, n: node.size })],
  })
  const x = input('x', [3])
  const positive = make((y, dy) => [ops.where(ops.less(y.inputs[0]!, 0), ops.negative(dy), dy)], 'abs_f32')
  const y = positive([x], {})
  const z = make((_, dy) => [dy], 'negative_f32')([x], {})
  const [dx] = gradients(ops.sum(y), [x])
  expect(await run({ y, z, dx: dx! }, { x: [-2, 0, 5] })).toEqual({ y: [2, 0, 5], z: [2, -0, -5], dx: [-1, 1, 1] })
})

it('says what a call of a kernel lacks', () => {
  const wrong = (kernel: string, args: object) => () => ops.kernelCall(kernel as 'abs_f32', args as never)
  expect(wrong('abs_f64', {})).toThrow("kernelCall: the core has no kernel 'abs_f64'")
  expect(wrong('abs_f32', { x: 0, y: 0 })).toThrow("kernelCall: abs_f32 needs the field 'n'; it takes x, y, n")
  expect(wrong('abs_f32', { x: 0, y: 0, n: 1, m: 1 })).toThrow("kernelCall: abs_f32 has no field 'm'; it takes x, y, n")
})

it('says what a record lacks', () => {
  const record = { name: 'mine', shape: () => [], gradient: null, calls: () => [], flops: () => 0 }
  expect(() => ops.defineOp({ ...record, gradient: undefined } as never)).toThrow(
    'defineOp: gradient is undefined, expected a function, or null where there is none')
  expect(() => ops.defineOp({ ...record, calls: 'leaf' } as never)).toThrow(
    "defineOp: calls is 'leaf', expected a function, or 'alias'")
  expect(() => ops.defineOp({ ...record, shapes: 1 } as never)).toThrow("defineOp: there is no option 'shapes'")
})
