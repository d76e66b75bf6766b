import type { Shape, Tensor } from '../../graph/tensor.ts'
import * as nn from '../../nn/losses.ts'
import type { OpCases } from './case.ts'

const SHAPES: readonly Shape[] = [[1], [7], [4, 33], [2, 3, 5]]

const loss = (op: string, apply: (labels: Tensor, x: Tensor) => Tensor, inputs: Partial<OpCases> = {}): OpCases =>
  ({ op, cases: SHAPES.map((shape) => ({ shapes: [shape, shape], apply, row: null })), ...inputs })

const labelled = (label: number): OpCases<{ label: number }> => ({
  op: `sigmoidCrossEntropy(${label})`,
  cases: SHAPES.map((shape) => ({ row: { label }, shapes: [shape], apply: (l) => nn.sigmoidCrossEntropy(label, l) })),
  domain: [-15, 15],
})

/** Labels of −1 or 1; predictions away from the margin's edge. */
const margin = (u: number, input: number): number => {
  if (input === 0) return u < 0.5 ? -1 : 1
  const x = 6 * u - 3
  return Math.abs(Math.abs(x) - 1) < 0.05 ? x * 1.2 : x
}

export const losses: readonly OpCases[] = [
  loss('meanSquaredError', nn.meanSquaredError),
  loss('sumSquaredError', nn.sumSquaredError),
  loss('meanAbsoluteError', nn.meanAbsoluteError, { domain: [[-2, -0.1], [0, 2]] }),
  loss('leastSquares', nn.leastSquares),
  loss('binaryCrossentropy', nn.binaryCrossentropy, { domain: [[0, 1], [-15, 15]] }),
  loss('logLoss', (y, p) => nn.logLoss(y, p), { domain: [[0, 1], [0.2, 0.8]] }),
  loss('hinge', nn.hinge, { draw: margin, differentiable: [1] }),
  loss('gaussianKL', nn.gaussianKL, { domain: [[-3, 3], [0.3, 3]] }),
]
export const labelledLosses = [0, 1, 0.9].map(labelled)
