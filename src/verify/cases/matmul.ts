import { matmul } from '../../ops/matmul.ts'
import type { OpCase, OpCases } from './case.ts'

/** A product (m × k)·(k × n), each matrix transposed or not, one for each index of `batch`. */
export interface MatmulRow {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly batch: readonly number[]
}

/** Sizes around the tile of 4 × 8, the blocks of 128 rows and 256 deep, and primes. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1], [4, 8, 8], [3, 5, 7], [5, 9, 17], [8, 16, 1], [1, 33, 9], [13, 31, 11], [128, 16, 8], [131, 7, 9],
  [6, 256, 8], [5, 259, 13], [133, 300, 23],
]
const EITHER = [false, true] as const

const ROWS: readonly MatmulRow[] = [
  ...SIZES.flatMap(([m, k, n]) => EITHER.flatMap((transposeA) => EITHER.map((transposeB) => (
    { m, k, n, transposeA, transposeB, batch: [] }
  )))),
  { m: 4, k: 5, n: 2, transposeA: false, transposeB: false, batch: [3] },
  { m: 5, k: 3, n: 9, transposeA: true, transposeB: true, batch: [2, 2] },
]

function matmulCase(row: MatmulRow): OpCase<MatmulRow> {
  const { m, k, n, transposeA, transposeB, batch } = row
  return {
    row,
    name: `${batch.length ? `[${batch}] ` : ''}${m}×${k}×${n}${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`,
    shapes: [[...batch, ...(transposeA ? [k, m] : [m, k])], [...batch, ...(transposeB ? [n, k] : [k, n])]],
    apply: (a, b) => matmul(a, b, { transposeA, transposeB }),
  }
}

export const products: OpCases<MatmulRow> = { op: 'matmul', cases: ROWS.map(matmulCase) }
