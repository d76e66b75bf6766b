// Sums and means over axes, and stretching a tensor to a larger shape: each is the other's gradient.
import { broadcast_to_f32, sum_f32, SUM_ROWS } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Shape, sameShape, shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { axesOf, type Extents, extentsOf, kept, overRuns, type Run, without } from './lowering/axes.ts'
import { broadcastShape, stretchedAxes, walk } from './lowering/broadcast.ts'
import { reshape } from './reshape.ts'

type SumAttrs = Run & { readonly scale: number } & Record<string, unknown>

/** Numbers that are worth blocks where they all make one sum, and the most of a block. */
const LONG = 16384
const BLOCK = 2048

/**
 * Blocks of a long sum, whose sums, rounded to f32, are summed then; 0: none. Threads divide the blocks, so that each reads the
 * images that it has written: memory that another core has read is slow to write to.
 */
function blocksOf({ outer, middle, inner }: Extents): number {
  if (outer > 1) return 0
  if (inner > 1) return middle > 8 * inner && middle % SUM_ROWS === 0 ? middle / SUM_ROWS : 0
  if (middle < LONG) return 0
  for (let length = BLOCK; length >= BLOCK / 8; length--) if (middle % length === 0) return middle / length
  return 0
}

export const sumOp: Op<SumAttrs> = {
  name: 'sum',
  shape: ([x], run) => without(x!, run),
  gradient(y, dy) {
    const { shape } = y.inputs[0]!
    return [broadcastTo(reshape(dy, kept(shape, y.attrs)), shape, y.attrs.scale)]
  },
  scratch: ({ inputs: [x], attrs }) => blocksOf(extentsOf(x!.shape, attrs)) * sizeOf(without(x!.shape, attrs)),
  calls({ inputs: [x], attrs }, { inputs: [from], scratch, output }) {
    const extents = extentsOf(x!.shape, attrs)
    const blocks = blocksOf(extents)
    if (!blocks) return [call(sum_f32, { x: from!, y: output, ...extents, scale: attrs.scale })]
    const { middle, inner } = extents
    return [
      call(sum_f32, { x: from!, y: scratch, outer: blocks, middle: middle / blocks, inner, scale: 1 }),
      call(sum_f32, { x: scratch, y: output, outer: 1, middle: blocks, inner, scale: attrs.scale }),
    ]
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
 */
export const broadcastTo = (x: Tensor, shape: Shape, scale = 1): Tensor =>
  sameShape(x.shape, shape) && scale === 1 ? x : apply(broadcastToOp, [x], { shape, scale })
