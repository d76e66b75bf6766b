import type { Shape } from '../../graph/tensor.ts'
import { mul } from '../../ops/arithmetic.ts'
import * as ops from '../../ops/compare.ts'
import { stopGradient } from '../../ops/stop_gradient.ts'
import { around, LENGTHS } from '../draw.ts'
import { pairwise } from './arithmetic.ts'
import { casesOfShapes, type OpCases } from './case.ts'
import { elementwise } from './unary.ts'

/** Quarters with an offset of its own for each input: far from ties. */
const unequal = (u: number, input: number): number => Math.round((4 * u - 2) * 4) / 4 + input / 8
/** Few values: many ties. */
const ties = { draw: (u: number) => Math.floor(u * 3) - 1, differentiable: [] }

const TRIPLES: readonly (readonly [Shape, Shape, Shape])[] = [
  ...LENGTHS.map((n) => [[n], [n], [n]] as const),
  [[5, 7], [7], []],
  [[3, 1], [], [1, 4]],
  [[], [2, 3], [3]],
]

export const compare: readonly OpCases<readonly Shape[]>[] = [
  pairwise('maximum', ops.maximum, { draw: unequal }),
  pairwise('minimum', ops.minimum, { draw: unequal }),
  pairwise('less', ops.less, ties),
  pairwise('lessEqual', ops.lessEqual, ties),
  pairwise('greater', ops.greater, ties),
  pairwise('greaterEqual', ops.greaterEqual, ties),
  pairwise('equal', ops.equal, ties),
  elementwise('clip', (x) => ops.clip(x, -1.5, 2), { draw: around(4, [-1.5, 2]) }),
  casesOfShapes('where', TRIPLES, ops.where, {
    draw: (u, input) => (input === 0 ? Math.floor(u * 3) - 1 : 4 * u - 2),
    differentiable: [1, 2],
  }),
  // That nothing flows back through it is tested in test/special.test.ts.
  casesOfShapes('stopGradient', [[[7], [7]]], (x, c) => mul(x, stopGradient(c)), { differentiable: [0] }),
]
