import type { Shape } from '../../src/graph/tensor.ts'
import { broadcastTo } from '../../src/ops/index.ts'
import { build, get } from '../reference/arrays.ts'
import type { Spec } from './spec.ts'

const CASES: readonly (readonly [from: Shape, to: Shape, scale?: number])[] = [
  [[1], [7]],
  [[], [3, 5], 0.5],
  [[5], [3, 5], 2],
  [[3, 1], [3, 17]],
  [[1, 1, 4], [2, 3, 4], -1.5],
  [[2, 1, 3, 1], [2, 5, 3, 31], 0.25],
  [[127], [127], 3],
]

export const specs: readonly Spec[] = [{
  op: 'broadcastTo',
  cases: CASES.map(([from, to, scale = 1]) => ({
    name: `[${from}] to [${to}] times ${scale}`,
    shapes: [from],
    apply: (x) => broadcastTo(x, to, scale),
    reference: (x) => build(to, (index) => scale * get(x, index.slice(to.length - from.length))),
  })),
}]
