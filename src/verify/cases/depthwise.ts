import { apply, type Shape } from '../../graph/tensor.ts'
import { depthwiseConv2d, depthwiseConv2dFilterGradOp, depthwiseConv2dInputGradOp } from '../../ops/depthwise_conv2d.ts'
import { casesOf, type OpCase, type OpCases } from './case.ts'
import { pooledShape, type Window } from './window.ts'

export interface DepthwiseRow {
  readonly image: Shape
  readonly multiplier: number
  readonly window: Window
  readonly filter: Shape
}
export const depthwiseRow = (image: Shape, multiplier: number, window: Window): DepthwiseRow =>
  ({ image, multiplier, window, filter: [...window.kernel, image[3]!, multiplier] })

const ROWS: readonly Parameters<typeof depthwiseRow>[] = [
  [[1, 1, 1, 1], 1, { kernel: [1, 1], strides: [1, 1], padding: 'valid' }],
  [[2, 5, 4, 4], 1, { kernel: [3, 3], strides: [1, 1], padding: 'same' }],
  [[2, 6, 5, 3], 2, { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 17], 1, { kernel: [2, 4], strides: [1, 2], padding: 'same' }],
  [[1, 8, 7, 5], 3, { kernel: [3, 2], strides: [2, 1], padding: 'valid' }],
  [[1, 9, 8, 2], 4, { kernel: [2, 2], strides: [3, 4], padding: 'same' }],
  [[3, 4, 3, 6], 1, { kernel: [5, 5], strides: [1, 1], padding: 'same' }],
]

type Make = (row: DepthwiseRow, output: Shape) => Pick<OpCase, 'shapes' | 'apply'>
function cases(op: string, make: Make): OpCases<DepthwiseRow> {
  return casesOf(op, ROWS.map((row) => depthwiseRow(...row)), (row) => {
    const { image, multiplier, window } = row
    const [n, oh, ow, c] = pooledShape(image, window) as [number, number, number, number]
    const name = `[${image}] m ${multiplier} ${window.kernel.join('x')} strides ${window.strides} ${window.padding}`
    return { name, ...make(row, [n, oh, ow, c * multiplier]) }
  })
}
const attrs = ({ image, multiplier, window }: DepthwiseRow) => ({ ...window, image, multiplier })

export const depthwise = cases('depthwiseConv2d', ({ image, filter, window: { strides, padding } }) => (
  { shapes: [image, filter], apply: (x, w) => depthwiseConv2d(x, w, { strides, padding }) }
))
export const depthwiseInputGrad = cases('depthwiseConv2dInputGrad', (row, output) => (
  { shapes: [output, row.filter], apply: (dy, w) => apply(depthwiseConv2dInputGradOp, [dy, w], attrs(row)) }
))
export const depthwiseFilterGrad = cases('depthwiseConv2dFilterGrad', (row, output) => (
  { shapes: [row.image, output], apply: (x, dy) => apply(depthwiseConv2dFilterGradOp, [x, dy], attrs(row)) }
))
