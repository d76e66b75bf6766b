// Maxima over axes. The kernel reduces one run of neighbouring axes; several runs are several ops.
import { apply, type Op, sizeOf, type Tensor } from '../graph/tensor.ts'
import { div, mul } from './arithmetic.ts'
import { equal } from './compare.ts'
import { axesOf, sum } from './reduce.ts'
import { reshape } from './reshape.ts'

interface MaxAttrs extends Record<string, unknown> {
  /** The run of axes reduced: `from` … `to` − 1. */
  readonly from: number
  readonly to: number
}

export const reduceMaxOp: Op<MaxAttrs> = {
  name: 'reduceMax',
  shape: ([x], { from, to }) => x!.filter((_, i) => i < from || i >= to),
  gradient(y, dy) {
    const x = y.inputs[0]!
    const { from, to } = y.attrs
    const kept = x.shape.map((d, i) => (i >= from && i < to ? 1 : d))
    const mask = equal(x, reshape(y, kept))
    const axes = kept.flatMap((_, i) => (i >= from && i < to ? [i] : []))
    return [mul(mask, div(reshape(dy, kept), sum(mask, axes, { keepDims: true })))]
  },
  calls(node, at) {
    const { from, to } = node.attrs
    const { shape } = node.inputs[0]!
    const dims = [shape.slice(0, from), shape.slice(from, to), shape.slice(to)].map(sizeOf)
    return [['reduce_max_f32', at.inputs[0]!, at.output, ...dims]]
  },
  flops: (node) => node.inputs[0]!.size,
}

/** The largest x over `axes` (all of them by default), NaN where one is NaN; equal maxima share the gradient evenly. */
export function reduceMax(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  const list = axesOf('reduceMax', x.shape, axes)
  let y = x
  for (let i = list.length - 1; i >= 0; ) {
    let first = i
    while (first > 0 && list[first - 1] === list[first]! - 1) first--
    y = apply(reduceMaxOp, [y], { from: list[first]!, to: list[i]! + 1 })
    i = first - 1
  }
  return keepDims ? reshape(y, x.shape.map((d, i) => (list.includes(i) ? 1 : d))) : y
}
