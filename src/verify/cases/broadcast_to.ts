import type { Shape } from '../../graph/tensor.ts'
import { broadcastTo } from '../../ops/reduce.ts'
import { casesOf } from './case.ts'

export type BroadcastRow = readonly [from: Shape, to: Shape, scale: number]
const ROWS: readonly BroadcastRow[] = [
  [[1], [7], 1],
  [[], [3, 5], 0.5],
  [[5], [3, 5], 2],
  [[3, 1], [3, 17], 1],
  [[1, 1, 4], [2, 3, 4], -1.5],
  [[2, 1, 3, 1], [2, 5, 3, 31], 0.25],
  [[127], [127], 3],
  [[], [4, 4600], 0.5],
]

export const broadcasting = casesOf('broadcastTo', ROWS, ([from, to, scale]) => ({
  name: `[${from}] to [${to}] times ${scale}`, shapes: [from], apply: (x) => broadcastTo(x, to, scale),
}))
