// Functions of two tensors, of shapes that broadcast in every way the kernel knows.
import type { Shape, Tensor } from '../../graph/tensor.ts'
import { add, div, mul, sub } from '../../ops/arithmetic.ts'
import { LENGTHS } from '../draw.ts'
import type { OpCases } from './case.ts'

const PAIRS: readonly (readonly [Shape, Shape])[] = [
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

export const pairwise = (op: string, apply: (a: Tensor, b: Tensor) => Tensor, inputs: Partial<OpCases> = {}): OpCases =>
  ({ op, cases: PAIRS.map((shapes) => ({ shapes, apply, row: null })), ...inputs })

export const arithmetic: readonly OpCases[] = [
  pairwise('add', add),
  pairwise('sub', sub),
  pairwise('mul', mul),
  pairwise('div', div, { domain: [[-2, 2], [0.5, 2]] }),
]
