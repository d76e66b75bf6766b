import { groupwise, normalization } from '../../src/verify/cases/normalization.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import * as reference from '../reference/structure.ts'
import { spec, specsOf } from './spec.ts'

const leading = ({ shape }: Array64) => shape.slice(1).map((_, i) => i)
const last = ({ shape }: Array64) => [shape.length - 1]

function crossEntropy(labels: Array64, logits: Array64): Array64 {
  const logs = reference.logSoftmax(logits)
  const terms = build(logits.shape, (i) => -get(labels, i) * get(logs, i))
  return build(logits.shape.slice(0, -1), (i) => reference.group(terms, last(logits), i).reduce((a, b) => a + b, 0))
}

function channelSums(x: Array64, m: Array64, z: Array64): Array64 {
  const axes = leading(x)
  const products = build(x.shape, (i) => get(z, i) * (get(x, i) - get(m, i.slice(-1))))
  return build([2, x.shape.at(-1)!], ([which, c]) =>
    reference.group(which ? products : z, axes, [...axes.map(() => 0), c!]).reduce((a, b) => a + b, 0))
}

function variances(x: Array64): Array64 {
  const axes = leading(x)
  return build([x.shape.at(-1)!], ([c]) => reference.moments(reference.group(x, axes, [...axes.map(() => 0), c!])).variance)
}

/** Each element beside those of its sample and its group of channels. */
const groups = (count: number) => (x: Array64, gamma: Array64, beta: Array64): Array64 => {
  const width = x.shape.at(-1)! / count
  return build(x.shape, (index) => {
    const mates: number[] = []
    build(x.shape, (i) => {
      const same = i[0] === index[0] && Math.floor(i.at(-1)! / width) === Math.floor(index.at(-1)! / width)
      return same ? mates.push(get(x, i)) : 0
    })
    const { mean, variance } = reference.moments(mates)
    return ((get(x, index) - mean) / Math.sqrt(variance + 0.1)) * get(gamma, index) + get(beta, index)
  })
}

export const specs = [spec(groupwise, ([, count]) => groups(count)), ...specsOf(normalization, {
  softmax: (x) => reference.softmax(x),
  logSoftmax: (x) => reference.logSoftmax(x),
  softmaxCrossEntropy: (labels, logits) => crossEntropy(labels, logits),
  categoricalCrossentropy: (labels, logits) => {
    const { data } = crossEntropy(labels, logits)
    return build([], () => data.reduce((a, b) => a + b, 0) / data.length)
  },
  layerNormalization: (x, gamma, beta) => reference.normalize(x, gamma, beta, last(x), 0.1),
  channelSums: (x, m, z) => channelSums(x, m, z),
  batchNormalization: (x, gamma, beta) => reference.normalize(x, gamma, beta, leading(x), 0.1),
  'batchNormalization.variance': (x) => variances(x),
  batchNormalizationInference: (x, gamma, beta, mean, variance) =>
    build(x.shape, (i) => {
      const y = (get(x, i) - get(mean, i)) / Math.sqrt(get(variance, i) + 1e-3)
      return y * get(gamma, i) + get(beta, i)
    }),
})]
