import type { Shape } from '../../graph/tensor.ts'
import { conv2d, conv2dFilterGradient, conv2dTranspose } from '../../ops/conv2d.ts'
import { type Padding, pads } from '../../ops/lowering/padding.ts'
import { casesOf, type OpCase, type OpCases } from './case.ts'

type Pair = readonly [number, number]
export interface ConvSpec {
  readonly strides: Pair
  readonly padding: Padding
  readonly dilationRate: Pair
}
/** A convolution of an image with filters; the transposed one and the filters' gradient are of the same. */
export interface ConvRow {
  readonly image: Shape
  readonly kernel: Pair
  readonly filters: number
  readonly spec: ConvSpec
}

/** Strides and dilation 1, valid, unless said otherwise. */
export const convRow = (image: Shape, kernel: Pair, filters: number, rest: Partial<ConvSpec>): ConvRow =>
  ({ image, kernel, filters, spec: { strides: [1, 1], padding: 'valid', dilationRate: [1, 1], ...rest } })

const ROWS: readonly Parameters<typeof convRow>[] = [
  [[2, 9, 9, 1], [3, 3], 16, { strides: [3, 3], padding: 'same' }],
  [[2, 5, 5, 16], [3, 3], 8, { strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 3], [3, 3], 4, { padding: 'same' }],
  [[2, 8, 6, 2], [4, 4], 5, { strides: [2, 2], padding: 'same' }],
  [[1, 9, 7, 3], [5, 3], 9, { strides: [3, 2] }],
  [[1, 6, 6, 5], [1, 1], 9, { strides: [2, 2], padding: 'same' }],
  [[1, 7, 7, 4], [2, 2], 3, { strides: [3, 3], padding: 'same' }],
  [[1, 10, 9, 4], [3, 3], 8, { dilationRate: [2, 2], padding: 'same' }],
  [[1, 11, 9, 2], [3, 2], 3, { dilationRate: [3, 2], strides: [2, 3] }],
  [[1, 1, 1, 4], [3, 3], 2, { padding: 'same' }],
  [[1, 5, 5, 3], [7, 7], 2, { padding: 'same' }],
  [[3, 6, 7, 17], [3, 3], 19, { padding: 'same' }],
  // Deep enough for the products of implicit patches instead of the direct kernels.
  [[2, 4, 5, 60], [3, 3], 35, { padding: 'same' }],
  // Strides beyond the filter, with dilation on the other axis: rows of the image that nothing reads.
  [[2, 24, 8, 16], [1, 3], 12, { strides: [2, 1], dilationRate: [1, 2], padding: 'same' }],
  [[1, 1, 4, 1], [2, 1], 1, { strides: [1, 2], dilationRate: [3, 1], padding: 'same' }],
  // By points: two and three taps a stride, segments of three and of four, pixels that nothing reads.
  [[1, 14, 10, 32], [4, 4], 32, { strides: [2, 2], padding: 'same' }],
  [[1, 8, 11, 48], [3, 4], 48, { strides: [1, 2] }],
  [[1, 7, 7, 48], [3, 3], 48, { padding: 'same' }],
]

// By points, of 5 taps at stride 2: one residue has three of them, the other two; beside other kernels on the other axis.
const FIVES: typeof ROWS = [
  [[1, 8, 8, 32], [5, 5], 32, { strides: [2, 2], padding: 'same' }],
  [[2, 11, 7, 40], [5, 5], 32, { strides: [2, 2] }],
  [[1, 9, 12, 40], [5, 4], 40, { strides: [2, 2], padding: 'same' }],
  [[1, 6, 10, 48], [3, 5], 48, { strides: [1, 2], padding: 'same' }],
]

type Make = (row: ConvRow, output: Shape, filter: Shape) => Pick<OpCase, 'shapes' | 'apply'>
function cases(op: string, make: Make, rows = ROWS): OpCases<ConvRow> {
  return casesOf(op, rows.map((row) => convRow(...row)), (row) => {
    const { image, kernel, filters, spec: { strides, padding, dilationRate } } = row
    const out = [0, 1].map((i) => pads(image[i + 1]!, kernel[i]!, strides[i]!, padding, dilationRate[i]).out)
    const name = `${image.join('×')} kernel ${kernel.join('×')}×${filters} stride ${strides} ${padding} dilation ${dilationRate}`
    return { name, ...make(row, [image[0]!, ...out, filters], [...kernel, image[3]!, filters]) }
  })
}

const forward: Make = ({ image, spec }, _, filter) => ({ shapes: [image, filter], apply: (x, w) => conv2d(x, w, spec) })
const transposed: Make = ({ image, spec }, output, filter) => ({
  shapes: [output, filter],
  apply: (x, w) => conv2dTranspose(x, w, { ...spec, extent: [image[1]!, image[2]!] }),
})
const ofFilter: Make = ({ image, kernel, spec }, output) => (
  { shapes: [image, output], apply: (x, dy) => conv2dFilterGradient(x, dy, kernel, spec) }
)

export const convolution = cases('conv2d', forward)
export const transposedConvolution = cases('conv2dTranspose', transposed)
export const filterGradient = cases('conv2dFilterGradient', ofFilter)
export const convolutionOfFive = cases('conv2dOfFive', forward, FIVES)
export const transposedConvolutionOfFive = cases('conv2dTransposeOfFive', transposed, FIVES)
export const filterGradientOfFive = cases('conv2dFilterGradientOfFive', ofFilter, FIVES)
