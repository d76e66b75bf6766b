import type { Shape } from '../../graph/tensor.ts'
import { avgPool2d, avgPool2dGrad } from '../../ops/avg_pool2d.ts'
import { maxPool2d, maxPool2dGather, maxPool2dGrad } from '../../ops/max_pool2d.ts'
import { distinctNumbers } from '../draw.ts'
import { casesOf, type Inputs, type OpCase, type OpCases } from './case.ts'
import { pooledShape, type Window } from './window.ts'

export interface PoolingRow {
  readonly image: Shape
  readonly window: Window
}

const ROWS: readonly PoolingRow[] = ([
  [[1, 1, 1, 1], { kernel: [1, 1], strides: [1, 1], padding: 'valid' }],
  [[2, 4, 6, 4], { kernel: [2, 2], strides: [2, 2], padding: 'valid' }],
  [[3, 5, 7, 3], { kernel: [2, 2], strides: [2, 2], padding: 'same' }],
  [[1, 7, 5, 17], { kernel: [3, 3], strides: [2, 2], padding: 'same' }],
  [[2, 9, 4, 5], { kernel: [3, 2], strides: [1, 1], padding: 'same' }],
  [[1, 8, 7, 8], { kernel: [2, 3], strides: [3, 1], padding: 'valid' }],
  [[1, 9, 8, 2], { kernel: [2, 1], strides: [4, 3], padding: 'same' }],
  [[1, 4, 3, 7], { kernel: [5, 5], strides: [1, 2], padding: 'same' }],
  [[1, 7, 11, 6], { kernel: [4, 3], strides: [2, 5], padding: 'valid' }],
] as const).map(([image, window]) => ({ image, window }))

type Make = (row: PoolingRow, output: Shape) => Pick<OpCase, 'shapes' | 'apply'>
function cases(op: string, make: Make, inputs?: Inputs): OpCases<PoolingRow> {
  return casesOf(op, ROWS, (row) => {
    const { image, window: { kernel, strides, padding } } = row
    const name = `[${image}] ${kernel.join('x')} strides ${strides} ${padding}`
    return { name, ...make(row, pooledShape(image, row.window)) }
  }, inputs)
}

const optionsOf = ({ kernel, ...rest }: PoolingRow['window']) => ({ poolSize: kernel, ...rest })

/** Far apart, so that no step of a numeric derivative changes which element is the largest. */
const far: Inputs = { values: (size, uniform, input) => (input === 0 ? distinctNumbers(size, uniform) : undefined) }

export const maxPooling = cases('maxPool2d', ({ image, window }) => (
  { shapes: [image], apply: (x) => maxPool2d(x, optionsOf(window)) }
), far)
export const maxPoolingGrad = cases('maxPool2dGrad', ({ image, window }, output) => (
  { shapes: [image, output], apply: (x, dy) => maxPool2dGrad(x, dy, { ...window }) }
), far)
export const maxPoolingGather = cases('maxPool2dGather', ({ image, window }) => (
  { shapes: [image, image], apply: (x, g) => maxPool2dGather(x, g, { ...window }) }
), far)
export const averagePooling = cases('avgPool2d', ({ image, window }) => (
  { shapes: [image], apply: (x) => avgPool2d(x, optionsOf(window)) }
))
export const averagePoolingGrad = cases('avgPool2dGrad', ({ image, window }, output) => (
  { shapes: [output], apply: (dy) => avgPool2dGrad(dy, image, { ...window }) }
))
