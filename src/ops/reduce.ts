// Sums and means over axes, and stretching a tensor to a larger shape: each is the other's gradient.
import { broadcast_to_f32, sum_f32, SUM_ROWS } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Shape, sameShape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import {
  aNumber, axes as axesRule, checked, complete, type Given, option, optional, shape as shapeRule,
} from '../options.ts'
import { axesOf, type Axes, type Extents, extentsOf, kept, overRuns, REDUCTION, type Run, without } from './lowering/axes.ts'
import { broadcastShape, stretchedAxes, walk } from './lowering/broadcast.ts'
import { sumCalls, sumScratch } from './lowering/sums.ts'
import { reshape } from './reshape.ts'

type SumAttrs = Run & { readonly scale: number } & Record<string, unknown>

/** Numbers that are worth blocks where they lie side by side and all make one sum, and the most of a block. */
const LONG = 16384
const BLOCK = 2048

/**
 * Blocks of a long sum of neighbours, whose sums, rounded to f32, are summed then; 0: none. Threads divide the blocks, so that
 * each reads the images that it has written: memory that another core has read is slow to write to.
 */
function blocksOf({ outer, middle, inner }: Extents): number {
  if (outer > 1 || inner > 1 || middle < LONG) return 0
  for (let length = BLOCK; length >= BLOCK / 8; length--) if (middle % length === 0) return middle / length
  return 0
}

/** Whether rows are many and columns, which threads divide otherwise, are few. Rows that fill no blocks stay together. */
const divided = ({ outer, middle, inner }: Extents): boolean => outer === 1 && middle > 8 * inner && middle % SUM_ROWS === 0

export const sumOp: Op<SumAttrs> = {
  name: 'sum',
  shape: ([x], run) => without(x!, run),
  gradient(y, dy) {
    const { shape } = y.inputs[0]!
    return [broadcastTo(reshape(dy, kept(shape, y.attrs)), shape, y.attrs.scale)]
  },
  scratch({ inputs: [x], attrs }) {
    const extents = extentsOf(x!.shape, attrs)
    return extents.inner > 1 ? sumScratch({ ...extents, divided: divided(extents) }) : blocksOf(extents)
  },
  calls({ inputs: [x], attrs: { scale, ...run } }, { inputs: [from], scratch, output }) {
    const extents = extentsOf(x!.shape, run)
    const { middle, inner } = extents
    if (inner > 1) return sumCalls({ x: from!, y: output, ...extents, scale, divided: divided(extents) }, scratch)
    const blocks = blocksOf(extents)
    if (!blocks) return [call(sum_f32, { x: from!, y: output, ...extents, rows: middle, scale })]
    const length = middle / blocks
    return [
      call(sum_f32, { x: from!, y: scratch, outer: blocks, middle: length, inner, rows: length, scale: 1 }),
      call(sum_f32, { x: scratch, y: output, outer: 1, middle: blocks, inner, rows: blocks, scale }),
    ]
  },
  flops: (node) => node.inputs[0]!.size,
}

const SUM = {
  /** A number that the sum is multiplied by within the same op, as 1 / n for a mean. Default 1. */
  scale: option(aNumber, 1),
}

/**
 * scale · Σ x over `axes`. The error of n terms is at most some ulp times log n of Σ |x|, for any shape: neighbours are summed in
 * doubles, rows in blocks of 64, and blocks of such sums.
 * @param axes one or several, negative from the end; all of them by default, none for []
 * @throws RangeError where x has no such axis, or an option is unknown; TypeError where an argument has a wrong type
 * @example
 * ops.sum(x, 1, { keepDims: true }) // [n, k] → [n, 1]
 */
export const sum = checked('sum', { x: tensor, axes: axesRule }, (
  x: Tensor, axes?: Axes, options: Given<typeof REDUCTION> & Given<typeof SUM> = {},
): Tensor => {
  const { keepDims, scale } = complete('sum', options, REDUCTION, SUM)
  const list = axesOf('sum', x.shape, axes)
  if (!list.length) return broadcastTo(x, x.shape, scale)
  return overRuns(x, list, keepDims, (y, run, first) => apply(sumOp, [y], { ...run, scale: first ? scale : 1 }))
})

/**
 * The mean of x over `axes`, as `sum` takes them.
 * @throws as `sum` does
 * @example
 * ops.mean(picture, [1, 2]) // [n, h, w, c] → [n, c]
 */
export const mean = checked('mean', { x: tensor, axes: axesRule }, (
  x: Tensor, axes?: Axes, options: Given<typeof REDUCTION> = {},
): Tensor => {
  const { keepDims } = complete('mean', options, REDUCTION)
  const count = axesOf('mean', x.shape, axes).reduce((n, a) => n * x.shape[a]!, 1)
  return sum(x, axes, { keepDims, scale: 1 / count })
})

export const broadcastToOp: Op<{ shape: Shape; scale: number }> = {
  name: 'broadcastTo',
  shape([x], { shape }) {
    if (!sameShape(broadcastShape('broadcastTo', x!, shape), shape)) {
      throw shapeError('broadcastTo', `${show(x!)} cannot be stretched to ${show(shape)}`)
    }
    return shape
  },
  gradient(y, dy) {
    const x = y.inputs[0]!
    return [reshape(sum(dy, stretchedAxes(x.shape, y.shape), { scale: y.attrs.scale }), x.shape)]
  },
  calls(node, at) {
    const [x] = at.inputs as [number]
    const { scale } = node.attrs
    return [call(broadcast_to_f32, {
      a: x, b: x, y: at.output, ...walk('broadcastTo', node.inputs[0]!.shape, [], node.shape), scale,
    })]
  },
  flops: (node) => node.size,
}

/**
 * `scale · x`, stretched to `shape` by the broadcasting rule: trailing dimensions align, 1 stretches.
 * @throws RangeError where x cannot be stretched so
 * @example
 * ops.broadcastTo(gamma, [8, 3]) // [3] → [8, 3]
 */
export const broadcastTo = checked('broadcastTo', { x: tensor, shape: shapeRule, scale: optional(aNumber) }, (
  x: Tensor, shape: Shape, scale = 1,
): Tensor => (sameShape(x.shape, shape) && scale === 1 ? x : apply(broadcastToOp, [x], { shape, scale })))
