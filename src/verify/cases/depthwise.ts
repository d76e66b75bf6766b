import { apply, type Shape } from '../../graph/tensor.ts'
import { depthwiseConv2d, depthwiseConv2dFilterGradOp, depthwiseConv2dInputGradOp } from '../../ops/depthwise_conv2d.ts'
import type { OpCase, OpCases } from './case.ts'
import { pooledShape, type Window } from './window.ts'

export interface DepthwiseRow {
  readonly image: Shape
  readonly multiplier: number
  readonly window: Window
  readonly filter: Shape
}

const GIVEN: readonly (readonly [image: Shape, multiplier: number, window: Window])[] = [
  [[1, 1, 1, 1], 1, { kernel: [1, 1], strides: [1, 1], padding: 'valid' }],
  [[2, 5, 4, 4], 1, { kernel: [3, 3], strides: [1, 1], padding: 'same' }],
  [[2, 6, 5, 3], 2, { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 17], 1, { kernel: [2, 4], strides: [1, 2], padding: 'same' }],
  [[1, 8, 7, 5], 3, { kernel: [3, 2], strides: [2, 1], padding: 'valid' }],
  [[1, 9, 8, 2], 4, { kernel: [2, 2], strides: [3, 4], padding: 'same' }],
  [[3, 4, 3, 6], 1, { kernel: [5, 5], strides: [1, 1], padding: 'same' }],
]

function cases(make: (row: DepthwiseRow, output: Shape) => Pick<OpCase, 'shapes' | 'apply'>): OpCase<DepthwiseRow>[] {
  return GIVEN.map(([image, multiplier, window]) => {
    const { kernel, strides, padding } = window
    const [n, oh, ow, c] = pooledShape(image, window) as [number, number, number, number]
    const name = `[${image}] m ${multiplier} ${kernel.join('x')} strides ${strides} ${padding}`
    const row = { image, multiplier, window, filter: [...kernel, c, multiplier] }
    return { row, name, ...make(row, [n, oh, ow, c * multiplier]) }
  })
}
const attrs = ({ image, multiplier, window }: DepthwiseRow) => ({ ...window, image, multiplier })

export const depthwise: OpCases<DepthwiseRow> = {
  op: 'depthwiseConv2d',
  cases: cases(({ image, filter, window }) => ({ shapes: [image, filter], apply: (x, w) => depthwiseConv2d(x, w, window) })),
}
export const depthwiseInputGrad: OpCases<DepthwiseRow> = {
  op: 'depthwiseConv2dInputGrad',
  cases: cases((row, output) => ({
    shapes: [output, row.filter],
    apply: (dy, w) => apply(depthwiseConv2dInputGradOp, [dy, w], attrs(row)),
  })),
}
export const depthwiseFilterGrad: OpCases<DepthwiseRow> = {
  op: 'depthwiseConv2dFilterGrad',
  cases: cases((row, output) => ({
    shapes: [row.image, output],
    apply: (x, dy) => apply(depthwiseConv2dFilterGradOp, [x, dy], attrs(row)),
  })),
}
