// The table of docs/special-values.md is what the core computes: each of its rows, at NaN, infinities, kinks and ties.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import type { Tensor } from '../src/graph/tensor.ts'
import * as ops from '../src/ops/index.ts'
import { evaluate, newSession } from './harness.ts'

const [nan, inf] = [NaN, Infinity]
type Row = readonly [name: string, apply: (...xs: Tensor[]) => Tensor, ...inputs: (readonly number[])[]]

/** One op of vectors at some inputs: its value, and the gradients for each input of the sum of its values. */
const rows: readonly Row[] = [
  ['relu(x)', ops.relu, [0]],
  ['relu(x)', ops.relu, [nan]],
  ['leakyReLU(x)', (x) => ops.leakyReLU(x, 0.25), [0]],
  ['leakyReLU(x)', (x) => ops.leakyReLU(x, 0.25), [nan]],
  ['elu(x)', (x) => ops.elu(x), [0]],
  ['elu(x)', (x) => ops.elu(x), [nan]],
  ['abs(x)', ops.abs, [0]],
  ['abs(x)', ops.abs, [nan]],
  ['sign(x)', ops.sign, [nan]],
  ['floor(x)', ops.floor, [nan]],
  ['clip(x, -1, 1)', (x) => ops.clip(x, -1, 1), [1]],
  ['clip(x, -1, 1)', (x) => ops.clip(x, -1, 1), [inf]],
  ['clip(x, -1, 1)', (x) => ops.clip(x, -1, 1), [nan]],
  ['sqrt(x)', ops.sqrt, [0]],
  ['log(x)', ops.log, [0]],
  ['reciprocal(x)', ops.reciprocal, [0]],
  ['tanh(x)', ops.tanh, [inf]],
  ['tanh(x)', ops.tanh, [nan]],
  ['sigmoid(x)', ops.sigmoid, [-inf]],
  ['sigmoid(x)', ops.sigmoid, [nan]],
  ['softplus(x)', ops.softplus, [inf]],
  ['softplus(x)', ops.softplus, [nan]],
  ['swish(x)', ops.swish, [inf]],
  ['swish(x)', ops.swish, [-inf]],
  ['gelu(x)', ops.gelu, [inf]],
  ['gelu(x)', ops.gelu, [-inf]],
  ['maximum(a, b)', ops.maximum, [1], [1]],
  ['maximum(a, b)', ops.maximum, [nan], [1]],
  ['maximum(a, b)', ops.maximum, [1], [nan]],
  ['minimum(a, b)', ops.minimum, [1], [1]],
  ['minimum(a, b)', ops.minimum, [nan], [1]],
  ['minimum(a, b)', ops.minimum, [1], [nan]],
  ['less(a, b)', ops.less, [nan], [1]],
  ['lessEqual(a, b)', ops.lessEqual, [nan], [nan]],
  ['equal(a, b)', ops.equal, [nan], [nan]],
  ['equal(a, b)', ops.equal, [0], [-0]],
  ['where(c, a, b)', ops.where, [nan], [1], [2]],
  ['where(c, a, b)', ops.where, [0], [nan], [2]],
  ['max(x)', (x) => ops.max(x), [3, 1, 3]],
  ['max(x)', (x) => ops.max(x), [3, nan, 1]],
  ['argMax(x)', (x) => ops.argMax(x, 0), [1, 3, 3]],
  ['argMax(x)', (x) => ops.argMax(x, 0), [inf, nan, nan]],
  ['argMin(x)', (x) => ops.argMin(x, 0), [1, -inf, nan]],
  ['logSumExp(x)', (x) => ops.logSumExp(x), [-inf, -inf]],
  ['logSumExp(x)', (x) => ops.logSumExp(x), [inf, 0]],
  ['pow(x, 2)', (x) => ops.pow(x, 2), [-0]],
  ['pow(x, 2.5)', (x) => ops.pow(x, 2.5), [0]],
  ['pow(x, 2.5)', (x) => ops.pow(x, 2.5), [-1]],
  ['pow(x, e)', (x, e) => ops.pow(x, e), [0], [0.5]],
  ['pow(x, e)', (x, e) => ops.pow(x, e), [nan], [0]],
  ['gather(x, i)', (x, i) => ops.gather(x, i), [1, 2], [nan]],
  ['gather(x, i)', (x, i) => ops.gather(x, i), [1, 2], [2]],
  ['maxPool2d(x)', (x) => ops.maxPool2d(ops.reshape(x, [1, 1, 3, 1]), { poolSize: [1, 3] }), [3, 1, 3]],
  ['maxPool2d(x)', (x) => ops.maxPool2d(ops.reshape(x, [1, 1, 3, 1]), { poolSize: [1, 3] }), [3, nan, nan]],
  ['softmax(x)', ops.softmax, [0, -inf]],
  ['softmax(x)', ops.softmax, [0, inf]],
  ['softmax(x)', ops.softmax, [-inf, -inf]],
  ['logSoftmax(x)', ops.logSoftmax, [0, -inf]],
  ['logSoftmax(x)', ops.logSoftmax, [0, nan]],
  ['oneHot(x, 2)', (x) => ops.oneHot(x, 2), [nan]],
  ['oneHot(x, 2)', (x) => ops.oneHot(x, 2), [0.5]],
]

const number = (x: number): string => (Object.is(x, -0) ? '−0' : String(x).replace('Infinity', '∞').replace('-', '−'))
const list = (x: ArrayLike<number>): string => {
  const all = Array.from(x, (e) => number(Math.fround(e)))
  return all.length === 1 ? all[0]! : `[${all.join(', ')}]`
}

async function lineOf([name, apply, ...inputs]: Row): Promise<string> {
  const shapes = inputs.map((x) => [x.length])
  const [y, ...slopes] = evaluate(await newSession(), shapes, (...xs) => {
    const value = apply(...xs)
    return [value, ...gradients(ops.sum(value), xs)]
  }, inputs)
  const names = /\((.*)\)/.exec(name)![1]!.split(', ').slice(0, inputs.length)
  const at = inputs.map((x, i) => `${names[i]} = ${list(x)}`).join(', ')
  return `| \`${name}\` | ${at} | ${list(y!)} | ${slopes.map(list).join(', ')} |`
}

it('says what is computed', async () => {
  const text = readFileSync(new URL('../docs/special-values.md', import.meta.url), 'utf8')
  const written = text.split('\n').filter((line) => line.startsWith('| `'))
  expect(written).toEqual(await Promise.all(rows.map(lineOf)))
})
