import { factors } from '../../src/verify/cases/cholesky.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import { spec } from './spec.ts'

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

export const specs = [spec(factors, ({ ridge }) => (a) => factor(a, ridge))]
