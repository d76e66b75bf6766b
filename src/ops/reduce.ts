// Sums and means over axes. The kernel sums one run of neighbouring axes; several runs are several ops.
import { apply, bits, type Op, type Shape, shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { broadcastTo } from './broadcast_to.ts'
import { reshape } from './reshape.ts'

interface SumAttrs extends Record<string, unknown> {
  /** The run of axes summed: `from` … `to` − 1. */
  readonly from: number
  readonly to: number
  readonly scale: number
}

export const sumOp: Op<SumAttrs> = {
  name: 'sum',
  shape: ([x], { from, to }) => x!.filter((_, i) => i < from || i >= to),
  gradient(y, dy) {
    const x = y.inputs[0]!
    const { from, to, scale } = y.attrs
    const kept = x.shape.map((d, i) => (i >= from && i < to ? 1 : d))
    const back = broadcastTo(reshape(dy, kept), x.shape, scale)
    return [back]
  },
  calls(node, at) {
    const { from, to, scale } = node.attrs
    const { shape } = node.inputs[0]!
    const dims = [shape.slice(0, from), shape.slice(from, to), shape.slice(to)].map(sizeOf)
    return [['sum_f32', at.inputs[0]!, at.output, ...dims, bits(scale)]]
  },
  flops: (node) => node.inputs[0]!.size,
}

/** Axes as a sorted list without repeats; negative ones count from the end. */
export function axesOf(op: string, shape: Shape, axes: number | readonly number[] | undefined): number[] {
  const list = axes === undefined ? shape.map((_, i) => i) : typeof axes === 'number' ? [axes] : axes
  return [...new Set(list.map((a) => {
    const axis = a < 0 ? a + shape.length : a
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) throw shapeError(op, `axis ${a} does not exist in the shape ${show(shape)}`)
    return axis
  }))].sort((a, b) => a - b)
}

/** Σ x over `axes` (all of them by default). `keepDims` leaves summed axes as 1. */
export function sum(x: Tensor, axes?: number | readonly number[], { keepDims = false, scale = 1 } = {}): Tensor {
  const list = axesOf('sum', x.shape, axes)
  let y = list.length ? x : broadcastTo(x, x.shape, scale)
  let factor = scale
  for (let i = list.length - 1; i >= 0; ) {
    let first = i
    while (first > 0 && list[first - 1] === list[first]! - 1) first--
    y = apply(sumOp, [y], { from: list[first]!, to: list[i]! + 1, scale: factor })
    factor = 1
    i = first - 1
  }
  return keepDims ? reshape(y, x.shape.map((d, i) => (list.includes(i) ? 1 : d))) : y
}

/** The mean of x over `axes` (all of them by default). */
export function mean(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  const count = axesOf('mean', x.shape, axes).reduce((n, a) => n * x.shape[a]!, 1)
  return sum(x, axes, { keepDims, scale: 1 / count })
}
