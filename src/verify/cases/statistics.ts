// Powers and what is reduced by more than a sum.
import type { Shape } from '../../graph/tensor.ts'
import { logSumExp } from '../../ops/log_sum_exp.ts'
import { pow } from '../../ops/pow.ts'
import { variance } from '../../ops/variance.ts'
import { casesOf, casesOfShapes } from './case.ts'

type Reduction = readonly [Shape, axes: readonly number[], keepDims: boolean]
const REDUCTIONS: readonly Reduction[] = [
  [[1], [0], false], [[31], [0], true], [[5, 17], [1], false], [[5, 17], [0], true], [[3, 4, 5], [0, 2], false],
]
const said = ([shape, axes, keepDims]: Reduction): string => `[${shape}] over ${axes}${keepDims ? ', kept' : ''}`

export const variances = casesOf('variance', REDUCTIONS, (row) => (
  { name: said(row), shapes: [row[0]], apply: (x) => variance(x, row[1], { keepDims: row[2] }) }
))
export const logSums = casesOf('logSumExp', REDUCTIONS, (row) => (
  { name: said(row), shapes: [row[0]], apply: (x) => logSumExp(x, row[1], { keepDims: row[2] }) }
), { domain: [-20, 20] })

const POWERS = [0, 1, 2, 3, 7, -1, -4, 0.5, -0.5].map((exponent) => ({ exponent, n: 33 }))
export const wholePowers = casesOf('pow(e)', POWERS, ({ exponent, n }) => (
  { name: `x^${exponent}`, shapes: [[n]], apply: (x) => pow(x, exponent) }
), { domain: [0.3, 2] })
export const powers = casesOfShapes('pow', [[[1], [1]], [[33], [33]], [[4, 5], [5]], [[3, 1], [1, 4]]], (x, e) => pow(x, e),
  { domain: [[0.2, 3], [-2.5, 2.5]] })
export const statistics = [variances, logSums, wholePowers, powers]
