import type { Shape } from '../../src/graph/tensor.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import * as ops from '../../src/ops/compare.ts'
import { stopGradient } from '../../src/ops/stop_gradient.ts'
import { build, get } from '../reference/arrays.ts'
import { pairwise } from './arithmetic.ts'
import { type Case, LADDER, LENGTHS, type Spec } from './spec.ts'
import { around, elementwise } from './unary.ts'

/** Quarters with an offset of its own for each input: far from ties. */
const apart = (u: number, input: number): number => Math.round((4 * u - 2) * 4) / 4 + input / 8
/** Few values: many ties. */
const ties = { draw: (u: number) => Math.floor(u * 3) - 1, tolerance: 0, differentiable: [] }
const flag = (b: boolean): number => (b ? 1 : 0)

const TRIPLES: readonly (readonly [Shape, Shape, Shape])[] = [
  ...LENGTHS.map((n) => [[n], [n], [n]] as const),
  [[5, 7], [7], []],
  [[3, 1], [], [1, 4]],
  [[], [2, 3], [3]],
]

const choice = (shapes: readonly [Shape, Shape, Shape]): Case => ({
  shapes,
  apply: (c, a, b) => ops.where(c!, a!, b!),
  reference(c, a, b) {
    const to = shapes.reduce((s, t) => (t.length > s.length ? t : s)).map((_, i, { length }) =>
      Math.max(...shapes.map((s) => s[i - length + s.length] ?? 1)))
    return build(to, (i) => (get(c!, i) !== 0 ? get(a!, i) : get(b!, i)))
  },
})

export const specs: Spec[] = [
  pairwise('maximum', ops.maximum, Math.max, { draw: apart }),
  pairwise('minimum', ops.minimum, Math.min, { draw: apart }),
  pairwise('less', ops.less, (a, b) => flag(a < b), ties),
  pairwise('lessEqual', ops.lessEqual, (a, b) => flag(a <= b), ties),
  pairwise('greater', ops.greater, (a, b) => flag(a > b), ties),
  pairwise('greaterEqual', ops.greaterEqual, (a, b) => flag(a >= b), ties),
  pairwise('equal', ops.equal, (a, b) => flag(a === b), ties),
  elementwise('clip', (x) => ops.clip(x, -1.5, 2), (x) => Math.min(Math.max(x, -1.5), 2), { draw: around(4, [-1.5, 2]) }),
  {
    op: 'where',
    cases: TRIPLES.map(choice),
    ladder: LADDER.map((n) => choice([[n], [n], [n]])),
    draw: (u, input) => (input === 0 ? Math.floor(u * 3) - 1 : 4 * u - 2),
    differentiable: [1, 2],
    tolerance: 0,
  },
  // That nothing flows back through it is tested in test/special.test.ts.
  {
    op: 'stopGradient',
    ladder: [],
    cases: [
      {
        shapes: [[7], [7]],
        apply: (x, c) => mul(x, stopGradient(c)),
        reference: (x, c) => build(x.shape, (i) => get(x, i) * get(c, i)),
      },
    ],
    differentiable: [0],
  },
]
