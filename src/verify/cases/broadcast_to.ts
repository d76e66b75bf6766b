import type { Shape } from '../../graph/tensor.ts'
import { broadcastTo } from '../../ops/broadcast_to.ts'
import type { OpCases } from './case.ts'

const ROWS: readonly (readonly [from: Shape, to: Shape, scale: number])[] = [
  [[1], [7], 1],
  [[], [3, 5], 0.5],
  [[5], [3, 5], 2],
  [[3, 1], [3, 17], 1],
  [[1, 1, 4], [2, 3, 4], -1.5],
  [[2, 1, 3, 1], [2, 5, 3, 31], 0.25],
  [[127], [127], 3],
]

export const broadcasting: OpCases<(typeof ROWS)[number]> = {
  op: 'broadcastTo',
  cases: ROWS.map((row) => {
    const [from, to, scale] = row
    return { row, name: `[${from}] to [${to}] times ${scale}`, shapes: [from], apply: (x) => broadcastTo(x, to, scale) }
  }),
}
