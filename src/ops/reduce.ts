// Sums and means over axes.
import { apply, bits, type Op, type Tensor } from '../graph/tensor.ts'
import { axesOf, kept, overRuns, type Run, runWords, without } from './axes.ts'
import { broadcastTo } from './broadcast_to.ts'
import { reshape } from './reshape.ts'

type SumAttrs = Run & { readonly scale: number } & Record<string, unknown>

export const sumOp: Op<SumAttrs> = {
  name: 'sum',
  shape: ([x], run) => without(x!, run),
  gradient(y, dy) {
    const { shape } = y.inputs[0]!
    return [broadcastTo(reshape(dy, kept(shape, y.attrs)), shape, y.attrs.scale)]
  },
  calls({ inputs, attrs }, at) {
    return [['sum_f32', at.inputs[0]!, at.output, ...runWords(inputs[0]!.shape, attrs), bits(attrs.scale)]]
  },
  flops: (node) => node.inputs[0]!.size,
}

/**
 * scale · Σ x over `axes`.
 * @param axes one or several, negative from the end; all of them by default, none for []
 * @param options.keepDims leaves summed axes as 1
 * @param options.scale a number that the sum is multiplied by within the same op, as 1 / n for a mean; 1 by default
 * @throws RangeError where x has no such axis
 */
export function sum(x: Tensor, axes?: number | readonly number[], { keepDims = false, scale = 1 } = {}): Tensor {
  const list = axesOf('sum', x.shape, axes)
  if (!list.length) return broadcastTo(x, x.shape, scale)
  return overRuns(x, list, keepDims, (y, run, first) => apply(sumOp, [y], { ...run, scale: first ? scale : 1 }))
}

/**
 * The mean of x over `axes`, as `sum` takes them.
 * @param options.keepDims leaves averaged axes as 1
 * @throws RangeError where x has no such axis
 */
export function mean(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  const count = axesOf('mean', x.shape, axes).reduce((n, a) => n * x.shape[a]!, 1)
  return sum(x, axes, { keepDims, scale: 1 / count })
}
