import { matmul } from '../../src/ops/matmul.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import type { Case, Spec } from './spec.ts'

/** Sizes around the tile of 4 × 8, the blocks of 128 rows and 256 deep, and primes. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1], [4, 8, 8], [3, 5, 7], [5, 9, 17], [8, 16, 1], [1, 33, 9], [13, 31, 11], [128, 16, 8], [131, 7, 9],
  [6, 256, 8], [5, 259, 13], [133, 300, 23],
]

/** Dense layers of the VAE and the GAN: forward, gradient for the input, gradient for the weights. */
const LAYERS: readonly (readonly [number, number, number])[] = [16, 128, 512].flatMap((batch) =>
  [[batch, 784, 400], [batch, 1024, 1024]] as const)

function matmulCase(
  m: number, k: number, n: number, transposeA: boolean, transposeB: boolean, batch: readonly number[] = [],
): Case {
  return {
    name: `${batch.length ? `[${batch}] ` : ''}${m}×${k}×${n}${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`,
    shapes: [[...batch, ...(transposeA ? [k, m] : [m, k])], [...batch, ...(transposeB ? [n, k] : [k, n])]],
    apply: (a, b) => matmul(a, b, { transposeA, transposeB }),
    reference: (a: Array64, b: Array64) =>
      build([...batch, m, n], (at) => {
        const [head, i, j] = [at.slice(0, -2), at.at(-2)!, at.at(-1)!]
        let s = 0
        for (let p = 0; p < k; p++) {
          const [left, right] = [transposeA ? [p, i] : [i, p], transposeB ? [j, p] : [p, j]]
          s += get(a, [...head, ...left]) * get(b, [...head, ...right])
        }
        return s
      }),
  }
}

export const specs: Spec[] = [
  {
    op: 'matmul',
    cases: [
      ...SIZES.flatMap(([m, k, n]) => [false, true].flatMap((ta) => [false, true].map((tb) => matmulCase(m, k, n, ta, tb)))),
      matmulCase(4, 5, 2, false, false, [3]),
      matmulCase(5, 3, 9, true, true, [2, 2]),
    ],
    ladder: [
      ...[32, 64, 128, 256, 512, 1024].map((n) => matmulCase(n, n, n, false, false)),
      ...LAYERS.flatMap(([m, k, n]) => [
        matmulCase(m, k, n, false, false), matmulCase(m, n, k, false, true), matmulCase(k, m, n, true, false),
      ]),
    ],
    tolerance: 2e-6,
  },
]
