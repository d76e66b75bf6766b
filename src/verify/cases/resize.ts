import { apply, type Op, type Shape, type Tensor } from '../../graph/tensor.ts'
import {
  resizeBilinear, resizeBilinearTransposeOp, resizeNearest, resizeNearestTransposeOp, type ResizeOptions,
} from '../../ops/resize.ts'
import type { OpCase, OpCases } from './case.ts'

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

type Make = (row: ResizeRow, output: Shape, mode: number) => Pick<OpCase, 'shapes' | 'apply'>
function cases(make: Make): OpCase<ResizeRow>[] {
  return SIZES.flatMap(([image, size]) =>
    RULES.map((rule, mode) => {
      const row = { image, options: { size, ...rule } }
      const name = `[${image}] to ${size} ${Object.keys(rule)[0] ?? 'legacy'}`
      return { row, name, ...make(row, [image[0]!, ...size, image[3]!], mode) }
    }),
  )
}
type Resizer = (x: Tensor, size: readonly [number, number], options: ResizeOptions) => Tensor
const forward = (op: string, f: Resizer): OpCases<ResizeRow> =>
  ({ op, cases: cases(({ image, options }) => ({ shapes: [image], apply: (x) => f(x, options.size, options) })) })
const backward = (op: Op<{ mode: number; size: readonly [number, number] }>, nearest: boolean): OpCases<ResizeRow> => ({
  op: op.name,
  cases: cases(({ image }, output, mode) => ({
    shapes: [output],
    apply: (y) => apply(op, [y], { mode: mode + (nearest ? 4 : 0), size: [image[1]!, image[2]!] }),
  })),
})

export const bilinear = forward('resizeBilinear', resizeBilinear)
export const bilinearTranspose = backward(resizeBilinearTransposeOp, false)
export const nearest = forward('resizeNearest', resizeNearest)
export const nearestTranspose = backward(resizeNearestTransposeOp, true)
