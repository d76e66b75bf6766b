import type { Shape } from '../../src/graph/tensor.ts'
import { conv2d, conv2dFilterGradient, conv2dTranspose } from '../../src/ops/conv2d.ts'
import { pads } from '../../src/ops/padding.ts'
import * as reference from '../reference/conv2d.ts'
import { BATCHES, type Case, type Spec } from './spec.ts'

type Row = readonly [image: Shape, kernel: readonly [number, number], filters: number, rest: Partial<reference.ConvSpec>]

const ROWS: readonly Row[] = [
  [[2, 9, 9, 1], [3, 3], 16, { strides: [3, 3], padding: 'same' }],
  [[2, 5, 5, 16], [3, 3], 8, { strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 3], [3, 3], 4, { padding: 'same' }],
  [[2, 8, 6, 2], [4, 4], 5, { strides: [2, 2], padding: 'same' }],
  [[1, 9, 7, 3], [5, 3], 9, { strides: [3, 2] }],
  [[1, 6, 6, 5], [1, 1], 9, { strides: [2, 2], padding: 'same' }],
  [[1, 7, 7, 4], [2, 2], 3, { strides: [3, 3], padding: 'same' }],
  [[1, 10, 9, 4], [3, 3], 8, { dilation: [2, 2], padding: 'same' }],
  [[1, 11, 9, 2], [3, 2], 3, { dilation: [3, 2], strides: [2, 3] }],
  [[1, 1, 1, 4], [3, 3], 2, { padding: 'same' }],
  [[1, 5, 5, 3], [7, 7], 2, { padding: 'same' }],
  [[3, 6, 7, 17], [3, 3], 19, { padding: 'same' }],
]

const full = (rest: Row[3]): reference.ConvSpec => ({ strides: [1, 1], padding: 'valid', dilation: [1, 1], ...rest })
const label = (image: Shape, kernel: readonly number[], filters: number, s: reference.ConvSpec) =>
  `${image.join('×')} kernel ${kernel.join('×')}×${filters} stride ${s.strides} ${s.padding} dilation ${s.dilation}`

function forward([image, kernel, filters, rest]: Row): Case {
  const s = full(rest)
  return {
    name: label(image, kernel, filters, s),
    shapes: [image, [...kernel, image[3]!, filters]],
    apply: (x, w) => conv2d(x, w, s),
    reference: (x, w) => reference.conv2d(x, w, s),
  }
}

function transposed([image, kernel, filters, rest]: Row): Case {
  const s = full(rest)
  const out = [0, 1].map((i) => pads(image[i + 1]!, kernel[i]!, s.strides[i]!, s.padding, s.dilation[i]!).out)
  return {
    name: label(image, kernel, filters, s),
    shapes: [[image[0]!, ...out, filters], [...kernel, image[3]!, filters]],
    apply: (x, w) => conv2dTranspose(x, w, { ...s, extent: [image[1]!, image[2]!] }),
    reference: (x, w) => reference.conv2dTranspose(x, w, image, s),
  }
}

function filterGradient([image, kernel, filters, rest]: Row): Case {
  const s = full(rest)
  const out = [0, 1].map((i) => pads(image[i + 1]!, kernel[i]!, s.strides[i]!, s.padding, s.dilation[i]!).out)
  return {
    name: label(image, kernel, filters, s),
    shapes: [image, [image[0]!, ...out, filters]],
    apply: (x, dy) => conv2dFilterGradient(x, dy, kernel, s),
    reference: (x, dy) => reference.conv2dFilterGradient(x, dy, [...kernel, image[3]!, filters], s),
  }
}

/** Deep enough for the products of implicit patches instead of the direct kernels. */
const DEEP: Row = [[2, 4, 5, 60], [3, 3], 35, { padding: 'same' }]

/** The layers of the autoencoder and the DCGAN; for the transposed, those that a convolution undoes. */
const LAYERS: readonly Row[] = BATCHES.flatMap((b): Row[] => [
  [[b, 28, 28, 1], [3, 3], 16, { strides: [3, 3], padding: 'same' }],
  [[b, 15, 15, 8], [5, 5], 16, { strides: [3, 3], padding: 'same' }],
  [[b, 28, 28, 1], [4, 4], 64, { strides: [2, 2], padding: 'same' }],
  [[b, 14, 14, 64], [4, 4], 128, { strides: [2, 2], padding: 'same' }],
])
const conv = (op: string, made: (row: Row) => Case): Spec =>
  ({ op, cases: [...ROWS, DEEP].map(made), ladder: LAYERS.map(made), tolerance: 2e-6 })

export const specs: Spec[] = [
  conv('conv2d', forward),
  conv('conv2dTranspose', transposed),
  conv('conv2dFilterGradient', filterGradient),
]
