import { add, div, mul, sub } from '../../src/ops/arithmetic.ts'
import { broadcastShape } from '../../src/ops/broadcast.ts'
import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import { LADDER, LENGTHS, type Spec } from './spec.ts'

/** Shapes that broadcast in every way the kernel knows. */
export const PAIRS: readonly (readonly [Shape, Shape])[] = [
  ...LENGTHS.map((n) => [[n], [n]] as const),
  [[], [7]],
  [[13], []],
  [[5, 7], [7]],
  [[5, 1], [1, 6]],
  [[2, 3, 4], [3, 1]],
  [[2, 1, 4], [3, 1]],
  [[3, 5, 2, 17], [5, 1, 17]],
  [[2, 1, 3, 1], [1, 4, 1, 5]],
]

export function pairwise(
  op: string, apply: (a: Tensor, b: Tensor) => Tensor, f: (a: number, b: number) => number, rest: Partial<Spec> = {},
): Spec {
  const reference = (a: Array64, b: Array64) => build(broadcastShape(op, a.shape, b.shape), (i) => f(get(a, i), get(b, i)))
  const made = (shapes: readonly Shape[]) => ({ shapes, apply, reference })
  const ladder = [...LADDER.map((n) => [[n], [n]]), [[1e4, 64], [64]], [[64, 1], [1, 1e4]]].map(made)
  return { op, cases: PAIRS.map(made), ladder, ...rest }
}

export const specs: Spec[] = [
  pairwise('add', add, (a, b) => a + b),
  pairwise('sub', sub, (a, b) => a - b),
  pairwise('mul', mul, (a, b) => a * b),
  pairwise('div', div, (a, b) => a / b, { domain: [[-2, 2], [0.5, 2]] }),
]
