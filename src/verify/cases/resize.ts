import { apply, type Op, type Shape, type Tensor } from '../../graph/tensor.ts'
import {
  resizeBilinear, resizeBilinearTransposeOp, resizeNearest, resizeNearestTransposeOp, type ResizeOptions,
} from '../../ops/resize.ts'
import { casesOf, type OpCase, type OpCases } from './case.ts'

export interface ResizeRow {
  readonly image: Shape
  readonly options: ResizeOptions & { readonly size: readonly [number, number] }
}

const SIZES: readonly (readonly [Shape, readonly [number, number]])[] = [
  [[1, 1, 1, 1], [1, 1]],
  [[1, 1, 2, 3], [3, 4]],
  [[2, 4, 5, 4], [8, 10]],
  [[1, 5, 4, 17], [7, 9]],
  [[1, 9, 7, 2], [4, 3]],
  [[1, 6, 3, 5], [1, 7]],
  [[2, 3, 5, 1], [3, 5]],
]
const RULES: readonly ResizeOptions[] = [{}, { halfPixelCenters: true }, { alignCorners: true }]

const ROWS: readonly ResizeRow[] = SIZES.flatMap(([image, size]) => RULES.map((rule) => ({ image, options: { size, ...rule } })))

type Make = (row: ResizeRow, output: Shape) => Pick<OpCase, 'shapes' | 'apply'>
const cases = (op: string, make: Make): OpCases<ResizeRow> => casesOf(op, ROWS, (row) => {
  const { image, options: { size, ...rule } } = row
  return { name: `[${image}] to ${size} ${Object.keys(rule)[0] ?? 'legacy'}`, ...make(row, [image[0]!, ...size, image[3]!]) }
})
type Resizer = (x: Tensor, size: readonly [number, number], options: ResizeOptions) => Tensor
const forward = (op: string, f: Resizer): OpCases<ResizeRow> =>
  cases(op, ({ image, options: { size, ...rule } }) => ({ shapes: [image], apply: (x) => f(x, size, rule) }))
const backward = (op: Op<{ mode: number; size: readonly [number, number] }>, nearest: boolean): OpCases<ResizeRow> =>
  cases(op.name, ({ image, options: { halfPixelCenters, alignCorners } }, output) => {
    const mode = (alignCorners ? 2 : halfPixelCenters ? 1 : 0) + (nearest ? 4 : 0)
    return { shapes: [output], apply: (y) => apply(op, [y], { mode, size: [image[1]!, image[2]!] }) }
  })

export const bilinear = forward('resizeBilinear', resizeBilinear)
export const bilinearTranspose = backward(resizeBilinearTransposeOp, false)
export const nearest = forward('resizeNearest', resizeNearest)
export const nearestTranspose = backward(resizeNearestTransposeOp, true)
