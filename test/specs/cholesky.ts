import { cholesky } from '../../src/ops/cholesky.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import type { Case, Spec } from './spec.ts'

/** L with L·Lᵀ = a + ridge·I, row by row (Cholesky–Banachiewicz). */
function factor(a: Array64, ridge: number): Array64 {
  const n = a.shape[0]!
  const rows = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = get(a, [i, j]) + (i === j ? ridge : 0)
      for (let k = 0; k < j; k++) s -= rows[i]![k]! * rows[j]![k]!
      rows[i]![j] = i === j ? Math.sqrt(s) : s / rows[j]![j]!
    }
  }
  return build(a.shape, ([i, j]) => rows[i!]![j!]!)
}

/** B·Bᵀ/n + I/2, with B uniform in [-1, 1): symmetric and positive definite. */
function positiveDefinite(size: number, uniform: () => number): number[] {
  const n = Math.sqrt(size)
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => 2 * uniform() - 1))
  return b.flatMap((row, i) => b.map((other, j) => row.reduce((s, x, k) => s + x * other[k]!, 0) / n + (i === j ? 0.5 : 0)))
}

const made = ([n, ridge]: readonly [number, number]): Case => ({
  name: `[${n}, ${n}]${ridge ? ` + ${ridge}` : ''}`,
  shapes: [[n, n]],
  apply: (a) => cholesky(a!, ridge),
  reference: (a) => factor(a!, ridge),
})

export const specs: readonly Spec[] = [{
  op: 'cholesky',
  values: positiveDefinite,
  differentiable: [],
  cases: ([[1, 0], [2, 0], [3, 0.25], [7, 0], [8, 1e-3], [32, 0], [33, 0.1]] as const).map(made),
  ladder: ([[8, 0], [32, 0], [128, 0]] as const).map(made),
}]
