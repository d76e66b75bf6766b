// How large the benchmark makes each op: a ladder is the op's cases (src/verify/cases) at growing sizes, those of the models
// where an op has some. Not in the package: `verify` wants small cases and no others. test/bench/ladders.test.ts says that
// no op is left out.
import type { Shape } from '../src/graph/tensor.ts'
import { activation } from '../src/verify/cases/activation.ts'
import { arithmetic } from '../src/verify/cases/arithmetic.ts'
import { type BroadcastRow, broadcasting } from '../src/verify/cases/broadcast_to.ts'
import type { OpCase, OpCases } from '../src/verify/cases/case.ts'
import { factors } from '../src/verify/cases/cholesky.ts'
import { compare } from '../src/verify/cases/compare.ts'
import {
  convolution, convolutionOfFive, convRow, filterGradient, filterGradientOfFive, transposedConvolution,
  transposedConvolutionOfFive,
} from '../src/verify/cases/conv2d.ts'
import { depthwise, depthwiseFilterGrad, depthwiseInputGrad, depthwiseRow } from '../src/verify/cases/depthwise.ts'
import * as gathering from '../src/verify/cases/gathering.ts'
import { labelledLosses, losses } from '../src/verify/cases/losses.ts'
import { products } from '../src/verify/cases/matmul.ts'
import {
  channelwiseNormalization, channelwiseSums, groupwise, rowwiseNormalization, withVectors,
} from '../src/verify/cases/normalization.ts'
import * as pooling from '../src/verify/cases/pooling.ts'
import * as resize from '../src/verify/cases/resize.ts'
import * as statistics from '../src/verify/cases/statistics.ts'
import * as structure from '../src/verify/cases/structure.ts'
import { rounding, unary } from '../src/verify/cases/unary.ts'

export interface Ladder {
  /** The op, and how its inputs are drawn. */
  readonly of: OpCases
  readonly cases: readonly OpCase[]
}

/** Elements of an elementwise op, from a first-level cache's to the memory's. */
export const LENGTHS: readonly number[] = [1e3, 1e4, 1e5, 1e6, 4e6]
/** Batch sizes of images, where they are what grows. */
export const BATCHES: readonly number[] = [1, 16, 128]

/** Ops that have no ladder, and why. */
export const WITHOUT: Readonly<Record<string, string>> = {
  'leakyReLU(0.01)': 'the kernel of leakyReLU',
  'elu(0.3)': 'the kernel of elu',
  stopGradient: 'an alias: nothing runs',
  argMin: 'argMax of −x',
  roll: 'two slices, joined',
  split: 'slices',
  stack: 'a concatenation',
  'pow(e)': 'products, or pow',
}

const ladder = <Row>(of: OpCases<Row>, rows: readonly Row[]): Ladder => ({ of, cases: rows.map((row) => of.make(row)) })
const inputsOf = ({ cases }: OpCases): number => cases[0]!.shapes.length
const alike = (count: number, shape: Shape): Shape[] => Array.from({ length: count }, () => shape)
/** Ops whose inputs are of one shape, at growing shapes. */
const each = (list: readonly OpCases<readonly Shape[]>[], shapes: readonly Shape[], ...more: (readonly Shape[])[]): Ladder[] =>
  list.filter(({ op }) => !(op in WITHOUT))
    .map((of) => ladder(of, [...shapes.map((shape) => alike(inputsOf(of), shape)), ...(inputsOf(of) === 2 ? more : [])]))

const VECTORS: readonly Shape[] = LENGTHS.map((n) => [n])
const ROWS: readonly Shape[] = LENGTHS.map((n) => [n / 40, 40])
const SIDES = [32, 256, 1024]
/** As convolutions give them. */
const IMAGES: readonly Shape[] = BATCHES.map((b) => [b, 28, 28, 32])

/** Dense layers of the VAE and the GAN: forward, gradient for the input, gradient for the weights. */
const DENSE = [16, 128, 512].flatMap((batch) => [[batch, 784, 400], [batch, 1024, 1024]] as const)
const product = (m: number, k: number, n: number, transposed?: 'a' | 'b') =>
  ({ m, k, n, transposeA: transposed === 'a', transposeB: transposed === 'b', batch: [] })
const PRODUCTS = [
  ...[32, 64, 128, 256, 512, 1024].map((n) => product(n, n, n)),
  ...DENSE.flatMap(([m, k, n]) => [product(m, k, n), product(m, n, k, 'b'), product(k, m, n, 'a')]),
]

/** The layers of the autoencoder and the DCGAN; for the transposed, those that a convolution undoes. */
const CONVOLUTIONS = BATCHES.flatMap((b) => [
  convRow([b, 28, 28, 1], [3, 3], 16, { strides: [3, 3], padding: 'same' }),
  convRow([b, 15, 15, 8], [5, 5], 16, { strides: [3, 3], padding: 'same' }),
  convRow([b, 28, 28, 1], [4, 4], 64, { strides: [2, 2], padding: 'same' }),
  convRow([b, 14, 14, 64], [4, 4], 128, { strides: [2, 2], padding: 'same' }),
])
/** The DCGAN paper's own, at 64 × 64 pixels. */
const FIVES = [[32, 64], [16, 128], [8, 256]].flatMap(([side, channels]) => [1, 16].map((b) => (
  convRow([b, side!, side!, channels!], [5, 5], 2 * channels!, { strides: [2, 2], padding: 'same' }))))
const DEPTHWISE = IMAGES.map((image) => depthwiseRow(image, 1, { kernel: [3, 3], strides: [1, 1], padding: 'same' }))
const POOLS = BATCHES.flatMap((b): pooling.PoolingRow[] => [
  { image: [b, 10, 10, 16], window: { kernel: [2, 2], strides: [2, 2], padding: 'same' } },
  { image: [b, 28, 28, 32], window: { kernel: [3, 3], strides: [2, 2], padding: 'same' } },
])
const RESIZES = BATCHES.flatMap((b): resize.ResizeRow[] =>
  [[b, 30, 30, 1], [b, 14, 14, 64]].map((image) => ({ image, options: { size: [28, 28] } })))

export const LADDERS: readonly Ladder[] = [
  ...each([...unary, ...rounding, ...activation], VECTORS),
  ...each([...arithmetic, ...compare], VECTORS, [[1e4, 64], [64]], [[64, 1], [1, 1e4]]),
  ladder(broadcasting, LENGTHS.flatMap((n): BroadcastRow[] => [[[40], [n / 40, 40], 1], [[n / 40, 1], [n / 40, 40], 1]])),
  ladder(factors, [8, 32, 128].map((n) => ({ n, ridge: 0 }))),
  ladder(products, PRODUCTS),
  ...[convolution, transposedConvolution, filterGradient].map((of) => ladder(of, CONVOLUTIONS)),
  ...[convolutionOfFive, transposedConvolutionOfFive, filterGradientOfFive].map((of) => ladder(of, FIVES)),
  ...[depthwise, depthwiseInputGrad, depthwiseFilterGrad].map((of) => ladder(of, DEPTHWISE)),
  ...Object.values(pooling).map((of) => ladder(of, POOLS)),
  ...Object.values(resize).map((of) => ladder(of, RESIZES)),
  ladder(structure.copies, VECTORS.map((shape) => [shape])),
  ladder(structure.transposes, [
    ...SIDES.map((n) => [[n, n], [1, 0]] as const),
    ...IMAGES.map((image) => [image, [0, 3, 1, 2]] as const),
  ]),
  ladder(structure.slices, SIDES.map((n) => [[n, n], [1, 4], [n - 2, n - 8]])),
  ladder(structure.borders, IMAGES.map((image) => [image, [[0, 0], [1, 1], [1, 1], [0, 0]], 0])),
  ladder(structure.joins, IMAGES.flatMap((image) => [[[image, image], 0], [[image, image], 3]] as const)),
  ladder(structure.maxima, SIDES.flatMap((n) => [[[n, n], [0], false], [[n, n], [1], false]] as const)),
  ladder(structure.oneHots, [[[128], 10], [[1e5], 10]]),
  ladder(gathering.largest, SIDES.map((n) => [[n, n], 1])),
  ladder(gathering.gathers, [[[10, 64], [128], 0], [[512, 64], [6272], 0]]),
  ladder(gathering.reverses, IMAGES.map((image) => [image, [2]])),
  ladder(gathering.tiles, SIDES.map((n) => [[n, n], [2, 2]])),
  ...[statistics.variances, statistics.logSums].map((of) => ladder(of, SIDES.map((n) => [[n, n], [1], false]))),
  ladder(statistics.powers, VECTORS.map((shape) => [shape, shape])),
  ...each(rowwiseNormalization, ROWS),
  ...channelwiseNormalization.map((of) => ladder(of, BATCHES.map((b) => withVectors([b, 14, 14, 64], inputsOf(of) - 1)))),
  ladder(groupwise, BATCHES.map((b) => [[b, 14, 14, 64], 8])),
  ladder(channelwiseSums, BATCHES.map((b) => [[b, 14, 14, 64], [64], [b, 14, 14, 64]])),
  ...each(losses, VECTORS),
  ...labelledLosses.map((of) => ladder(of, VECTORS.map((shape) => ({ label: of.cases[0]!.row.label, shape })))),
]
