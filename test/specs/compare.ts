import { compare } from '../../src/verify/cases/compare.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import { each, pairs } from './elementwise.ts'
import { type Reference, specsOf } from './spec.ts'

const flags = (f: (a: number, b: number) => boolean): readonly [Reference, { tolerance: number }] =>
  [pairs((a, b) => (f(a, b) ? 1 : 0)), { tolerance: 0 }]

function where(...given: Array64[]): Array64 {
  const [c, a, b] = given as [Array64, Array64, Array64]
  const to = given.map(({ shape }) => shape).reduce((s, t) => (t.length > s.length ? t : s)).map((_, i, { length }) =>
    Math.max(...given.map(({ shape }) => shape[i - length + shape.length] ?? 1)))
  return build(to, (i) => (get(c, i) !== 0 ? get(a, i) : get(b, i)))
}

export const specs = specsOf(compare, {
  maximum: pairs(Math.max),
  minimum: pairs(Math.min),
  less: flags((a, b) => a < b),
  lessEqual: flags((a, b) => a <= b),
  greater: flags((a, b) => a > b),
  greaterEqual: flags((a, b) => a >= b),
  equal: flags((a, b) => a === b),
  clip: [each((x) => Math.min(Math.max(x, -1.5), 2)), { tolerance: 3e-7 }],
  where: [where, { tolerance: 0 }],
  stopGradient: (x, c) => build(x.shape, (i) => get(x, i) * get(c, i)),
})
