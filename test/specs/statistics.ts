import * as cases from '../../src/verify/cases/statistics.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import { group, moments } from '../reference/structure.ts'
import { spec } from './spec.ts'

/** f of the values that each element of the result is of. */
const reduced = (
  axes: readonly number[], keepDims: boolean, f: (values: readonly number[]) => number,
) => (x: Array64): Array64 => {
  const { data } = build(x.shape.map((d, i) => (axes.includes(i) ? 1 : d)), (index) => f(group(x, axes, index)))
  return { shape: x.shape.flatMap((d, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [d])), data }
}
const logSumExp = (values: readonly number[]): number => {
  const top = Math.max(...values)
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0))
}

export const specs = [
  spec(cases.variances, ([, axes, keepDims]) => reduced(axes, keepDims, (values) => moments(values).variance)),
  spec(cases.logSums, ([, axes, keepDims]) => reduced(axes, keepDims, logSumExp)),
  spec(cases.wholePowers, ({ exponent }) => ({ shape, data }) => ({ shape, data: data.map((x) => Math.pow(x, exponent)) })),
  spec(cases.powers, ([a, b]) => (x, e) => {
    const rank = Math.max(a!.length, b!.length)
    const shape = Array.from({ length: rank }, (_, i) =>
      Math.max(a![i - rank + a!.length] ?? 1, b![i - rank + b!.length] ?? 1))
    return build(shape, (index) => Math.pow(get(x, index), get(e, index)))
  }),
]
