// Maxima over axes.
import { reduce_max_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Tensor, tensor } from '../graph/tensor.ts'
import { axes as axesRule, checked, complete, type Given } from '../options.ts'
import { div, mul } from './arithmetic.ts'
import { axesOf, type Axes, extentsOf, kept, overRuns, REDUCTION, type Run, without } from './lowering/axes.ts'
import { equal } from './compare.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'

type MaxAttrs = Run & Record<string, unknown>

export const maxOp: Op<MaxAttrs> = {
  name: 'max',
  shape: ([x], run) => without(x!, run),
  gradient(y, dy) {
    const x = y.inputs[0]!
    const { from, to } = y.attrs
    const full = kept(x.shape, y.attrs)
    const mask = equal(x, reshape(y, full))
    const axes = Array.from({ length: to - from }, (_, i) => from + i)
    return [mul(mask, div(reshape(dy, full), sum(mask, axes, { keepDims: true })))]
  },
  calls: (node, at) => [
    call(reduce_max_f32, { x: at.inputs[0]!, y: at.output, ...extentsOf(node.inputs[0]!.shape, node.attrs) }),
  ],
  flops: (node) => node.inputs[0]!.size,
}

/**
 * The largest x over `axes`, NaN where one is NaN. Equal maxima share the gradient evenly; where axes do not lie side by side,
 * each run of those that do shares what the run before it leaves.
 * @param axes one or several, negative from the end; all of them by default
 * @param options.keepDims leaves reduced axes as 1
 * @throws RangeError where x has no such axis
 * @example
 * ops.max(x, 1) // [n, k] → [n]
 */
export const max = checked('max', { x: tensor, axes: axesRule }, (
  x: Tensor, axes?: Axes, options: Given<typeof REDUCTION> = {},
): Tensor => {
  const { keepDims } = complete('max', options, REDUCTION)
  return overRuns(x, axesOf('max', x.shape, axes), keepDims, (y, run) => apply(maxOp, [y], { ...run }))
})
