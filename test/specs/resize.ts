import { apply, type Op, type Shape, type Tensor } from '../../src/graph/tensor.ts'
import {
  resizeBilinear, resizeBilinearTransposeOp, resizeNearest, resizeNearestTransposeOp, type ResizeOptions,
} from '../../src/ops/resize.ts'
import { type Resize, resize } from '../reference/structure.ts'
import { transposed } from '../reference/windows.ts'
import { BATCHES, type Case, type Spec } from './spec.ts'

type Sizes = readonly (readonly [Shape, readonly [number, number]])[]
const SIZES: Sizes = [
  [[1, 1, 1, 1], [1, 1]],
  [[1, 1, 2, 3], [3, 4]],
  [[2, 4, 5, 4], [8, 10]],
  [[1, 5, 4, 17], [7, 9]],
  [[1, 9, 7, 2], [4, 3]],
  [[1, 6, 3, 5], [1, 7]],
  [[2, 3, 5, 1], [3, 5]],
]
const RULES: readonly ResizeOptions[] = [{}, { halfPixelCenters: true }, { alignCorners: true }]

const LAYERS: Sizes = BATCHES.flatMap((b): Sizes => [[[b, 30, 30, 1], [28, 28]], [[b, 14, 14, 64], [28, 28]]])

function cases(make: (image: Shape, output: Shape, options: Resize, mode: number) => Case): Pick<Spec, 'cases' | 'ladder'> {
  const made = (sizes: Sizes, rules: readonly ResizeOptions[]) => sizes.flatMap(([image, size]) =>
    rules.map((rule, mode) => {
      const one = make(image, [image[0]!, ...size, image[3]!], { size, ...rule }, mode)
      return { ...one, name: `[${image}] to ${size} ${Object.keys(rule)[0] ?? 'legacy'}` }
    }),
  )
  return { cases: made(SIZES, RULES), ladder: made(LAYERS, RULES.slice(0, 1)) }
}
type Resizer = (x: Tensor, size: readonly [number, number], options: ResizeOptions) => Tensor
const forward = (op: string, f: Resizer, nearest: boolean): Spec => ({
  op,
  ...cases((image, _, options) => ({
    shapes: [image],
    apply: (x) => f(x!, options.size, options),
    reference: (x) => resize(x!, { ...options, nearest }),
  })),
})
const backward = (op: Op<{ mode: number; size: readonly [number, number] }>, nearest: boolean): Spec => ({
  op: op.name,
  ...cases((image, output, options, mode) => ({
    shapes: [output],
    apply: (y): Tensor => apply(op, [y!], { mode: mode + (nearest ? 4 : 0), size: [image[1]!, image[2]!] }),
    reference: (y) => transposed((x) => resize(x, { ...options, nearest }), image, y!),
  })),
})

export const specs: Spec[] = [
  forward('resizeBilinear', resizeBilinear, false),
  backward(resizeBilinearTransposeOp, false),
  forward('resizeNearest', resizeNearest, true),
  backward(resizeNearestTransposeOp, true),
]
