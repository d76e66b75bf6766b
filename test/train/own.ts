// Models of one's own for tests: with classes, with tensors of the data, with random numbers where a model has none.
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import type { Labels } from '../../src/data/rows.ts'
import { constant, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import type { Pass } from '../../src/nn/layer.ts'
import * as layers from '../../src/nn/layers.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { add, mul, sub } from '../../src/ops/arithmetic.ts'
import { concat } from '../../src/ops/concat.ts'
import { oneHot } from '../../src/ops/one_hot.ts'
import { randomNormal } from '../../src/ops/random.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { abs, square } from '../../src/ops/unary.ts'

export const CLASSES = 5
export const OWN_SHAPE = [1, 2, 1] as const

/** Images of two pixels, which say the class and the row: class / 8, row / 1024. Labels may be others than the images say. */
export function classData(count: number, labelOf: (row: number) => number, labels?: Labels): ImageDataset {
  const rows = Array.from({ length: count }, (_, i) => i)
  return imageDataset({
    images: Float32Array.from(rows.flatMap((i) => [labelOf(i) / 8, i / 1024])), shape: OWN_SHAPE, name: 'classes',
    labels: labels ?? Uint8Array.from(rows, labelOf), classes: CLASSES,
  })
}

/** A conditional autoencoder: what reaches it is measured, as `mismatch`, the sum of |label − the class in the image|. */
export function conditional(options: Partial<ModelDefinition<'loss' | 'mismatch'>> = {}): ModelDefinition<'loss' | 'mismatch'> {
  const network = sequential('network', [layers.dense({ units: 4, activation: 'tanh' }), layers.dense({ units: 2 })])
  const optimizer = sgd({ learningRate: 0.05 })
  const apply = (x: Tensor, pass: Pass, labels: Tensor) => {
    const rows = x.shape[0]!
    const classes = oneHot(labels, CLASSES)
    return reshape(network.apply(concat([reshape(x, [rows, 2]), classes], 1), pass), [rows, ...OWN_SHAPE])
  }
  const first = (images: Tensor) => reshape(images, [images.shape[0]!, 2])
  const said = constant([8, 0], [1, 2])
  const mismatch = (images: Tensor, labels: Tensor) => sum(abs(sub(sum(mul(first(images), said), 1), labels)))
  return {
    kind: 'conditional', options: {}, imageShape: OWN_SHAPE, codeShape: OWN_SHAPE, classes: CLASSES, optimizers: [optimizer],
    train({ images, labels }, pass) {
      const loss = mean(square(sub(apply(images, pass, labels!), images)))
      return [minimize(optimizer, loss, [network], { metrics: { loss, mismatch: mismatch(images, labels!) } })]
    },
    evaluate({ images, labels }, pass) {
      return { loss: sum(square(sub(apply(images, pass, labels!), images))), mismatch: mismatch(images, labels!) }
    },
    encode: (images, pass, labels) => apply(images, pass, labels!),
    decode: (codes, pass, labels) => apply(codes, pass, labels!),
    sampleCodes: (noise, labels) => add(noise, reshape(labels!, [labels!.shape[0]!, 1, 1, 1])),
    ...options,
  }
}

/** A model whose graphs all draw, and whose decoder has a variable that training never touches. */
export function noisy(): ModelDefinition<'loss'> {
  const network = sequential('network', [layers.dense({ units: 2 })])
  const optimizer = sgd({ learningRate: 0.05 })
  const own = variable('decoder/own', [2], () => constant([1, 2]))
  const apply = (x: Tensor, pass: Pass) => {
    const rows = x.shape[0]!
    const y = add(network.apply(reshape(x, [rows, 2]), pass), randomNormal([rows, 2], pass.stream('noise')))
    return reshape(y, [rows, ...OWN_SHAPE])
  }
  return {
    kind: 'noisy', options: {}, imageShape: OWN_SHAPE, codeShape: OWN_SHAPE, optimizers: [optimizer],
    train({ images }, pass) {
      return [minimize(optimizer, mean(square(sub(apply(images, pass), images))), [network])]
    },
    encode: apply,
    decode: (codes, pass) => mul(apply(codes, pass), reshape(own, [1, 1, 2, 1])),
    sampleCodes: (noise) => add(noise, randomNormal(noise.shape, 'more')),
  }
}
