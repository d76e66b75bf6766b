// A model with classes: what it draws depends on the class.
import { constant } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { dense } from '../../src/nn/layers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { add } from '../../src/ops/arithmetic.ts'
import { concat } from '../../src/ops/concat.ts'
import { oneHot } from '../../src/ops/one_hot.ts'
import { mean } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'

/** @param imageShape of its images, which it makes of codes of four numbers and the class */
export function conditional(classes = 3, imageShape: readonly [number, number, number] = [2, 3, 1]): ModelDefinition {
  const pixels = imageShape.reduce((n, d) => n * d)
  const decoder = sequential('decoder', [dense({ units: pixels, activation: 'tanh' })])
  const conditioned = (codes: Tensor, labels: Tensor | undefined) => concat([codes, oneHot(labels!, classes)], 1)
  return {
    kind: 'mine', options: {}, imageShape, codeShape: [4], classes, optimizers: [],
    train({ images, labels }, pass) {
      const drawn = decoder.apply(conditioned(constant(0, [images.shape[0]!, 4]), labels), pass)
      return [{ metrics: { loss: mean(add(reshape(images, [-1, pixels]), drawn)) } }]
    },
    decode: (codes, pass, labels) => reshape(decoder.apply(conditioned(codes, labels), pass), [-1, ...imageShape]),
  }
}
