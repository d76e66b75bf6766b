import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import * as nn from '../../src/nn/losses.ts'
import { type Array64, build } from '../reference/arrays.ts'
import { type Case, LADDER, type Spec } from './spec.ts'

type Pair = (labels: Tensor, x: Tensor) => Tensor
const SHAPES: readonly Shape[] = [[1], [7], [4, 33], [2, 3, 5]]

type Term = (label: number, x: number) => number
/** A scalar: `f` summed over the elements, or its mean. */
function reduced(op: string, apply: Pair, f: Term, take: 'mean' | 'sum', rest: Partial<Spec> = {}): Spec {
  const reference = ({ data: y }: Array64, { data: x }: Array64) =>
    build([], () => x.reduce((s, e, i) => s + f(y[i]!, e), 0) / (take === 'mean' ? x.length : 1))
  const made = (shape: Shape) => ({ shapes: [shape, shape], apply, reference })
  return { op, cases: SHAPES.map(made), ladder: LADDER.map((n) => made([n])), tolerance: 1e-6, ...rest }
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const bce = (y: number, l: number): number => y * softplus(-l) + (1 - y) * softplus(l)
const labelled = (label: number): Spec => {
  const made = (shape: Shape): Case => ({
    shapes: [shape],
    apply: (l) => nn.sigmoidCrossEntropy(label, l!),
    reference: (l) => ({ shape, data: l!.data.map((e) => bce(label, e)) }),
  })
  const ladder = LADDER.map((n) => made([n]))
  return { op: `sigmoidCrossEntropy(${label})`, cases: SHAPES.map(made), ladder, domain: [-15, 15], tolerance: 5e-7 }
}
const logLoss = (y: number, p: number): number => -y * Math.log(p + 1e-7) - (1 - y) * Math.log(1 - p + 1e-7)
const kl = (m: number, s: number): number => 0.5 * (m * m + s * s - 2 * Math.log(s + 1e-8) - 1)
/** Labels of −1 or 1; predictions away from the margin's edge. */
const margin = (u: number, input: number): number => {
  if (input === 0) return u < 0.5 ? -1 : 1
  const x = 6 * u - 3
  return Math.abs(Math.abs(x) - 1) < 0.05 ? x * 1.2 : x
}

export const specs: Spec[] = [
  reduced('meanSquaredError', nn.meanSquaredError, (y, p) => (p - y) ** 2, 'mean'),
  reduced('sumSquaredError', nn.sumSquaredError, (y, p) => (p - y) ** 2, 'sum'),
  reduced('meanAbsoluteError', nn.meanAbsoluteError, (y, p) => Math.abs(p - y), 'mean', { domain: [[-2, -0.1], [0, 2]] }),
  reduced('leastSquares', nn.leastSquares, (y, p) => (p - y) ** 2 / 2, 'mean'),
  reduced('binaryCrossentropy', nn.binaryCrossentropy, bce, 'mean', { domain: [[0, 1], [-15, 15]] }),
  reduced('logLoss', (y, p) => nn.logLoss(y, p), logLoss, 'mean', { domain: [[0, 1], [0.2, 0.8]] }),
  reduced('hinge', nn.hinge, (y, p) => Math.max(1 - y * p, 0), 'mean', { draw: margin, differentiable: [1] }),
  reduced('gaussianKL', nn.gaussianKL, kl, 'sum', { domain: [[-3, 3], [0.3, 3]] }),
  ...[0, 1, 0.9].map(labelled),
]
