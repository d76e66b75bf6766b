import { type MatmulRow, products } from '../../src/verify/cases/matmul.ts'
import { build, get } from '../reference/arrays.ts'
import { type Reference, spec } from './spec.ts'

const product = ({ m, k, n, transposeA, transposeB, batch }: MatmulRow): Reference => (a, b) =>
  build([...batch, m, n], (at) => {
    const [head, i, j] = [at.slice(0, -2), at.at(-2)!, at.at(-1)!]
    let s = 0
    for (let p = 0; p < k; p++) {
      const [left, right] = [transposeA ? [p, i] : [i, p], transposeB ? [j, p] : [p, j]]
      s += get(a, [...head, ...left]) * get(b, [...head, ...right])
    }
    return s
  })

export const specs = [spec(products, product, { tolerance: 2e-6 })]
