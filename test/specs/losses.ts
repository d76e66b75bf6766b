import { labelledLosses, losses } from '../../src/verify/cases/losses.ts'
import { build } from '../reference/arrays.ts'
import { type Reference, spec, specsOf } from './spec.ts'

type Term = (label: number, x: number) => number
/** A scalar: `f` summed over the elements. */
const sum = (f: Term): Reference => (y, x) => build([], () => x.data.reduce((s, e, i) => s + f(y.data[i]!, e), 0))
/** A scalar: the mean of `f` over the elements. */
const mean = (f: Term): Reference => (y, x) => build([], () => sum(f)(y, x).data[0]! / x.data.length)

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const bce = (y: number, l: number): number => y * softplus(-l) + (1 - y) * softplus(l)
const logLoss = (y: number, p: number): number => -y * Math.log(p + 1e-7) - (1 - y) * Math.log(1 - p + 1e-7)
const kl = (m: number, s: number): number => 0.5 * (m * m + s * s - 2 * Math.log(s + 1e-8) - 1)

export const specs = [
  ...specsOf(losses, {
    meanSquaredError: mean((y, p) => (p - y) ** 2),
    sumSquaredError: sum((y, p) => (p - y) ** 2),
    meanAbsoluteError: mean((y, p) => Math.abs(p - y)),
    leastSquares: mean((y, p) => (p - y) ** 2 / 2),
    binaryCrossentropy: mean(bce),
    logLoss: mean(logLoss),
    hinge: mean((y, p) => Math.max(1 - y * p, 0)),
    gaussianKL: sum(kl),
  }),
  ...labelledLosses.map((given) =>
    spec(given, ({ label }) => (l) => ({ shape: l.shape, data: l.data.map((e) => bce(label, e)) }), { tolerance: 5e-7 })),
]
