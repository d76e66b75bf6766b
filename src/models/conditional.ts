// What models of images of classes share: their option, and how a network is told the class.
import type { Tensor } from '../graph/tensor.ts'
import { concat } from '../ops/concat.ts'
import { oneHot } from '../ops/one_hot.ts'
import { count, option } from '../options.ts'

export const CLASSES = {
  /** How many classes the images have. Default 10. */
  classes: option(count, 10, 'how many classes the images have'),
}

/** Of labels, which are class numbers [n] or already weights of classes [n, classes]: the weights, one-hot for a number. */
export const classWeights = (labels: Tensor, classes: number): Tensor =>
  (labels.shape.length === 2 ? labels : oneHot(labels, classes))

/** Noise, features or codes, and beside them the weights of classes, where there are classes. */
export const beside = (x: Tensor, labels: Tensor | undefined, classes: number | undefined): Tensor =>
  (labels && classes ? concat([x, classWeights(labels, classes)], 1) : x)
