import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import { softmaxCrossEntropy } from '../../src/nn/losses_categorical.ts'
import { batchNormalization, batchNormalizationInference, layerNormalization, logSoftmax, softmax } from '../../src/ops/index.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import * as reference from '../reference/structure.ts'
import { BATCHES, type Case, LADDER, type Spec } from './spec.ts'

const ROWS: readonly Shape[] = [[1], [7], [3, 4], [5, 10], [2, 3, 17], [1, 65]]
const IMAGES: readonly Shape[] = [[2, 1], [5, 4], [9, 7], [2, 3, 5, 3], [2, 4, 3, 17]]
const LONG: readonly Shape[] = LADDER.map((n) => [n / 40, 40])
const LAYERS: readonly Shape[] = BATCHES.map((b) => [b, 14, 14, 64])
const EPSILON = 1e-3
const leading = (shape: Shape) => shape.slice(1).map((_, i) => i)
type Ladder = Pick<Spec, 'cases' | 'ladder'>
function withVectors(count: number, make: (shape: Shape) => Omit<Case, 'shapes'>): Ladder {
  const made = (shape: Shape) => ({ ...make(shape), shapes: [shape, ...Array.from({ length: count }, () => [shape.at(-1)!])] })
  return { cases: IMAGES.map(made), ladder: LAYERS.map(made) }
}
const rows = (made: (shape: Shape) => Case): Ladder => ({ cases: ROWS.map(made), ladder: LONG.map(made) })

const rowwise = (op: string, apply: (x: Tensor) => Tensor, expected: (x: Array64) => Array64): Spec => ({
  op,
  ...rows((shape) => ({ shapes: [shape], apply: (x) => apply(x!), reference: (x) => expected(x!) })),
})
const variances = (x: Array64, axes: readonly number[]): Array64 =>
  build([x.shape.at(-1)!], ([c]) => reference.moments(reference.group(x, axes, [...axes.map(() => 0), c!])).variance)

export const specs: Spec[] = [
  rowwise('softmax', softmax, reference.softmax),
  rowwise('logSoftmax', logSoftmax, reference.logSoftmax),
  {
    op: 'softmaxCrossEntropy',
    ...rows((shape) => ({
      shapes: [shape, shape],
      apply: (labels, logits) => softmaxCrossEntropy(labels!, logits!),
      reference(labels, logits) {
        const logs = reference.logSoftmax(logits!)
        const terms = build(shape, (i) => -get(labels!, i) * get(logs, i))
        return build(shape.slice(0, -1), (i) => reference.group(terms, [shape.length - 1], i).reduce((a, b) => a + b, 0))
      },
    })),
  },
  {
    op: 'layerNormalization',
    ...withVectors(2, (shape) => ({
      apply: (x, gamma, beta) => layerNormalization(x!, gamma!, beta!, 0.1),
      reference: (x, gamma, beta) => reference.normalize(x!, gamma!, beta!, [shape.length - 1], 0.1),
    })),
  },
  {
    op: 'batchNormalization',
    ...withVectors(2, (shape) => ({
      apply: (x, gamma, beta) => batchNormalization(x!, gamma!, beta!, 0.1).y,
      reference: (x, gamma, beta) => reference.normalize(x!, gamma!, beta!, leading(shape), 0.1),
    })),
  },
  {
    op: 'batchNormalization.variance',
    ...withVectors(2, (shape) => ({
      apply: (x, gamma, beta) => batchNormalization(x!, gamma!, beta!).variance,
      reference: (x) => variances(x!, leading(shape)),
    })),
  },
  {
    op: 'batchNormalizationInference',
    domain: [[-2, 2], [-2, 2], [-2, 2], [-2, 2], [0.5, 2]],
    ...withVectors(4, () => ({
      apply: (x, gamma, beta, mean, variance) => batchNormalizationInference(x!, gamma!, beta!, mean!, variance!, EPSILON),
      reference: (x, gamma, beta, mean, variance) =>
        build(x!.shape, (i) => {
          const y = (get(x!, i) - get(mean!, i)) / Math.sqrt(get(variance!, i) + EPSILON)
          return y * get(gamma!, i) + get(beta!, i)
        }),
    })),
  },
]
