import { cholesky } from '../../ops/cholesky.ts'
import type { OpCases } from './case.ts'

interface Row {
  readonly n: number
  readonly ridge: number
}

/** B·Bᵀ/n + I/2, with B uniform in [-1, 1): symmetric and positive definite. */
function positiveDefinite(size: number, uniform: () => number): number[] {
  const n = Math.sqrt(size)
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => 2 * uniform() - 1))
  return b.flatMap((row, i) => b.map((other, j) => row.reduce((s, x, k) => s + x * other[k]!, 0) / n + (i === j ? 0.5 : 0)))
}

export const factors: OpCases<Row> = {
  op: 'cholesky',
  values: positiveDefinite,
  differentiable: [],
  cases: ([[1, 0], [2, 0], [3, 0.25], [7, 0], [8, 1e-3], [32, 0], [33, 0.1]] as const).map(([n, ridge]) => ({
    row: { n, ridge },
    name: `[${n}, ${n}]${ridge ? ` + ${ridge}` : ''}`,
    shapes: [[n, n]],
    apply: (a) => cholesky(a, ridge),
  })),
}
