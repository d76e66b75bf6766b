// Elementwise ops where sampling does not reach: zeros of both signs, infinities, NaN, kinks, ties, bad arguments.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { constant, input } from '../src/graph/leaves.ts'
import type { Tensor } from '../src/graph/tensor.ts'
import { logLoss, sigmoidCrossEntropy } from '../src/nn/losses.ts'
import * as ops from '../src/ops/index.ts'
import { activation } from '../src/verify/cases/activation.ts'
import { rounding, unary } from '../src/verify/cases/unary.ts'
import { evaluate, newSession } from './harness.ts'

const inf = Infinity
const nan = NaN
type Unary = (x: Tensor) => Tensor

async function valuesAt(apply: Unary, x: readonly number[]): Promise<number[]> {
  return Array.from(evaluate(await newSession(), [[x.length]], (t) => [apply(t)], [x])[0]!)
}
async function gradientsAt(apply: Unary, x: readonly number[]): Promise<number[]> {
  const dy = x.map(() => 1)
  return Array.from(evaluate(await newSession(), [[x.length], [x.length]], (t, g) => gradients(apply(t), [t], g), [x, dy])[0]!)
}

/** Where each is looked at, and what must come out, rounded to f32. Sign of zero included. */
const AT = [0, -0, inf, -inf, nan] as const
const expected: readonly [name: string, Unary, readonly number[]][] = [
  ['negative', ops.negative, [-0, 0, -inf, inf, nan]],
  ['abs', ops.abs, [0, 0, inf, inf, nan]],
  ['sign', ops.sign, [0, -0, 1, -1, nan]],
  ['floor', ops.floor, [0, -0, inf, -inf, nan]],
  ['square', ops.square, [0, 0, inf, inf, nan]],
  ['reciprocal', ops.reciprocal, [inf, -inf, 0, -0, nan]],
  ['sqrt', ops.sqrt, [0, -0, inf, nan, nan]],
  ['rsqrt', ops.rsqrt, [inf, -inf, 0, nan, nan]],
  ['exp', ops.exp, [1, 1, inf, 0, nan]],
  ['expm1', ops.expm1, [0, -0, inf, -1, nan]],
  ['log', ops.log, [-inf, -inf, inf, nan, nan]],
  ['log1p', ops.log1p, [0, -0, inf, nan, nan]],
  ['sin', ops.sin, [0, -0, nan, nan, nan]],
  ['cos', ops.cos, [1, 1, nan, nan, nan]],
  ['erf', ops.erf, [0, -0, 1, -1, nan]],
  ['relu', ops.relu, [0, 0, inf, 0, nan]],
  ['leakyReLU', (x) => ops.leakyReLU(x), [0, -0, inf, -inf, nan]],
  ['elu', (x) => ops.elu(x), [0, -0, inf, -1, nan]],
  ['tanh', ops.tanh, [0, -0, 1, -1, nan]],
  ['sigmoid', ops.sigmoid, [0.5, 0.5, 1, 0, nan]],
  ['softplus', ops.softplus, [Math.fround(Math.LN2), Math.fround(Math.LN2), inf, 0, nan]],
  ['clip', (x) => ops.clip(x, -2, 3), [0, -0, 3, -2, nan]],
  // Products, −∞ · 0 at −∞, which is NaN.
  ['swish', ops.swish, [0, -0, inf, nan, nan]],
  ['gelu', ops.gelu, [0, -0, inf, nan, nan]],
]

describe('values at 0, −0, ∞, −∞, NaN', () => {
  it('of every elementwise function of one tensor', () => {
    const listed = expected.map(([name]) => name)
    const cases = [...unary, ...rounding, ...activation].map(({ op }) => op.replace(/\(.*/, ''))
    expect(cases.filter((op) => !listed.includes(op))).toEqual([])
  })
  it.each(expected)('%s', async (_, apply, values) => {
    expect(await valuesAt(apply, AT)).toEqual(values)
  })
})

describe('gradients at kinks and far out', () => {
  it.each<[string, Unary, readonly number[], readonly number[]]>([
    ['abs', ops.abs, [0, -0, 3, -3], [0, -0, 1, -1]],
    ['sign', ops.sign, [0, 3], [0, 0]],
    ['floor', ops.floor, [0, 0.5], [0, 0]],
    ['relu', ops.relu, [0, -0, 1e-38, inf], [0, 0, 1, 1]],
    ['leakyReLU', (x) => ops.leakyReLU(x, 0.25), [0, -0, 1e4, -1e4], [0.25, 0.25, 1, 0.25]],
    ['elu', (x) => ops.elu(x, 0.5), [0, -0, 1e4, -1e4], [0.5, 0.5, 1, 0]],
    ['tanh', ops.tanh, [0, 1e4, -1e4, inf], [1, 0, 0, 0]],
    ['sigmoid', ops.sigmoid, [0, 1e4, -1e4, -inf], [0.25, 0, 0, 0]],
    ['softplus', ops.softplus, [0, 100, 1e4, -1e4, inf], [0.5, 1, 1, 0, 1]],
    ['clip, bounds included', (x) => ops.clip(x, -2, 3), [-2, 3, -2.5, 3.5, 0], [1, 1, 0, 0, 1]],
    ['stopGradient', (x) => ops.mul(x, ops.stopGradient(x)), [3, -2], [3, -2]],
  ])('%s', async (_, apply, x, slopes) => {
    expect(await gradientsAt(apply, x)).toEqual(slopes)
  })

  it('maximum and minimum send the gradient of a tie to the first', async () => {
    for (const apply of [ops.maximum, ops.minimum]) {
      const given = [[1, -0], [1, 0], [5, 7]]
      const grads = evaluate(await newSession(), [[2], [2], [2]], (a, b, dy) => gradients(apply(a, b), [a, b], dy), given)
      expect(grads.map((g) => Array.from(g))).toEqual([[5, 7], [0, 0]])
    }
  })
})

describe('cross-entropy from logits', () => {
  const at = [-1e4, -100, 0, 100, 1e4]
  const ln2 = Math.fround(Math.LN2)
  // e^-100 = 3.78e-44 is a denormal: 27 of f32's smallest steps.
  const tail = 27 * 2 ** -149
  it.each<[number, readonly number[]]>([
    [1, [1e4, 100, ln2, tail, 0]],
    [0, [0, tail, ln2, 100, 1e4]],
  ])('for the label %s', async (label, values) => {
    expect(await valuesAt((l) => sigmoidCrossEntropy(label, l), at)).toEqual(values)
    const given = constant(at.map(() => label))
    expect(await valuesAt((l) => sigmoidCrossEntropy(given, l), at)).toEqual(values)
    expect(await gradientsAt((l) => sigmoidCrossEntropy(label, l), [-1e4, 0, 1e4])).toEqual(label ? [-1, -0.5, -0] : [0, 0.5, 1])
  })
})

const slopeOf = (f: Unary): Unary => (x) => gradients(ops.sum(f(x)), [x])[0]!

describe('digits kept where little is left', () => {
  const TAIL = [-17, -20, -30, -50, -87]
  const BOTH = [...TAIL, -12, -1, 0, 1, 12, 17, 18, 30, 50, 87]
  const logistic = (x: number) => 1 / ((1 + Math.exp(-x)) * (1 + Math.exp(x)))
  it.each<[string, Unary, (x: number) => number, readonly number[]]>([
    ['softplus', ops.softplus, (x) => Math.log1p(Math.exp(x)), TAIL],
    ['gradient of softplus', slopeOf(ops.softplus), (x) => 1 / (1 + Math.exp(-x)), TAIL],
    ['second gradient of softplus', slopeOf(slopeOf(ops.softplus)), logistic, BOTH],
    ['second gradient of cross-entropy, 0', slopeOf(slopeOf((l) => sigmoidCrossEntropy(0, l))), logistic, BOTH],
    ['second gradient of cross-entropy, 1', slopeOf(slopeOf((l) => sigmoidCrossEntropy(1, l))), logistic, BOTH],
    ['second gradient of cross-entropy, 0.3', slopeOf(slopeOf((l) => sigmoidCrossEntropy(0.3, l))), logistic, BOTH],
    ['sigmoid', ops.sigmoid, (x) => 1 / (1 + Math.exp(-x)), TAIL],
    ['elu', (x) => ops.elu(x), Math.expm1, [-1e-20, -1e-6, -1e-3]],
    ['expm1', ops.expm1, Math.expm1, [1e-20, 1e-6, -1e-6]],
    ['gradient of expm1', slopeOf(ops.expm1), Math.exp, TAIL],
    ['log1p', ops.log1p, Math.log1p, [1e-20, 1e-6, -1e-6]],
    ['tanh', ops.tanh, Math.tanh, [1e-20, 1e-6, 1e-3]],
    ['erf', ops.erf, (x) => (2 / Math.sqrt(Math.PI)) * x, [1e-20, 1e-6]],
  ])('%s', async (_, apply, f, x) => {
    const at = Array.from(Float32Array.from(x))
    const y = await valuesAt(apply, at)
    at.forEach((e, i) => expect(Math.abs(y[i]! / f(e) - 1), `at ${e}`).toBeLessThan(4e-7))
  })
})

describe('where', () => {
  it('takes no part of what is not chosen, in value or gradient', async () => {
    const [y, da, db] = evaluate(await newSession(), [[4], [4], [4]], (c, a, b) => {
      const chosen = ops.where(c, a, b)
      return [chosen, ...gradients(chosen, [a, b], ops.fill([4], inf))]
    }, [[1, 0, -0, nan], [1, nan, nan, 2], [inf, 3, 4, nan]])
    expect([y, da, db].map((t) => Array.from(t!))).toEqual([[1, 3, 4, 2], [inf, 0, 0, inf], [0, inf, inf, 0]])
  })
})

describe('what the elementwise ops ask of the graph', () => {
  it('an operand that is broadcast keeps its memory', async () => {
    const given = [[1, 2, 3, 4, 5, 6], [10, 20]]
    const [y] = evaluate(await newSession(), [[3, 2], [1, 2]], (a, b) => [ops.add(a, ops.negative(b))], given)
    expect(Array.from(y!)).toEqual([-9, -18, -7, -16, -5, -14])
  })
  it('constants that JSON cannot tell apart stay apart', async () => {
    const ends = [inf, -inf, nan, 0, -0]
    const build = (x: Tensor) => ends.flatMap((e) => [ops.mul(x, e), ops.mul(x, ops.fill([1], e))])
    const y = evaluate(await newSession(), [[1]], build, [[1]])
    expect(y.map((t) => t[0])).toEqual(ends.flatMap((e) => [e, e]))
  })
  it('sums over no axes are scaled all the same', async () => {
    const [y] = evaluate(await newSession(), [[2]], (x) => [ops.sum(x, [], { scale: 0.5 })], [[2, 4]])
    expect(Array.from(y!)).toEqual([1, 2])
  })
})

describe('bad arguments', () => {
  const x = input('x', [2])
  const other = input('other', [3])
  it.each<[string, () => unknown, ErrorConstructor, RegExp]>([
    ['leakyReLU below 0', () => ops.leakyReLU(x, -0.1), RangeError, /leakyReLU: alpha is -0.1, expected 0 or more/],
    ['leakyReLU of text', () => ops.leakyReLU(x, '1' as unknown as number), TypeError, /leakyReLU: alpha is '1'/],
    ['elu of NaN', () => ops.elu(x, nan), RangeError, /elu: alpha is NaN/],
    ['clip upside down', () => ops.clip(x, 1, 0), RangeError, /clip: 1 to 0, expected two finite numbers/],
    ['clip to one side', () => ops.clip(x, 0, inf), RangeError, /maximum or minimum take one bound/],
    ['maximum of shapes that do not fit', () => ops.maximum(x, other), RangeError, /maximum: shapes \[2\] and \[3\]/],
    ['where of shapes that do not fit', () => ops.where(x, other, 0), RangeError, /where: shapes \[2\] and \[3\]/],
    ['a number where a tensor is due', () => ops.exp(1 as unknown as Tensor), TypeError, /exp: x is 1, expected a tensor/],
    ['labels that are no probability', () => sigmoidCrossEntropy(2, x), RangeError, /labels is 2, expected a number from 0 to 1/],
    ['a negative epsilon', () => logLoss(1, x, -1), RangeError, /epsilon is -1/],
  ])('%s', (_, call, error, text) => {
    expect(call).toThrow(error)
    expect(call).toThrow(text)
  })
})
