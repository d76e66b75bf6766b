import type { Shape } from '../../src/graph/tensor.ts'
import { broadcastTo } from '../../src/ops/index.ts'
import { build, get } from '../reference/arrays.ts'
import { type Case, LADDER, type Spec } from './spec.ts'

type Row = readonly [from: Shape, to: Shape, scale?: number]
const CASES: readonly Row[] = [
  [[1], [7]],
  [[], [3, 5], 0.5],
  [[5], [3, 5], 2],
  [[3, 1], [3, 17]],
  [[1, 1, 4], [2, 3, 4], -1.5],
  [[2, 1, 3, 1], [2, 5, 3, 31], 0.25],
  [[127], [127], 3],
]

const made = ([from, to, scale = 1]: Row): Case => ({
  name: `[${from}] to [${to}] times ${scale}`,
  shapes: [from],
  apply: (x) => broadcastTo(x!, to, scale),
  reference: (x) => build(to, (index) => scale * get(x!, index.slice(to.length - from.length))),
})
const ROWS: readonly Row[] = LADDER.flatMap((n): Row[] => [[[40], [n / 40, 40]], [[n / 40, 1], [n / 40, 40]]])

export const specs: readonly Spec[] = [{ op: 'broadcastTo', cases: CASES.map(made), ladder: ROWS.map(made) }]
