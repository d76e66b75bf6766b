// Where the largest and the smallest value lie.
import { constant } from '../graph/leaves.ts'
import { apply, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { aNumber, checked } from '../options.ts'
import { negative, sub } from './arithmetic.ts'
import { equal, where } from './compare.ts'
import { axesOf } from './lowering/axes.ts'
import { max, maxOp } from './max.ts'

/** f32 holds every index up to here. */
const MOST = 16777216

function first(op: string, x: Tensor, axis: number, of: (x: Tensor) => Tensor): Tensor {
  const [at] = axesOf(op, x.shape, axis) as [number]
  const n = x.shape[at]!
  if (n > MOST) throw shapeError(op, `axis ${axis} of ${show(x.shape)} is longer than ${MOST}, and f32 has no such index; cut it`)
  const y = of(x)
  const top = where(equal(y, y), equal(y, max(y, at, { keepDims: true })), 1)
  const left = constant(Float32Array.from({ length: n }, (_, i) => n - i), x.shape.map((_, i) => (i === at ? n : 1)))
  return sub(n, apply(maxOp, [where(top, left, 0)], { from: at, to: at + 1 }))
}

const ARGUMENTS = { x: tensor, axis: aNumber }

/**
 * The index along `axis` of the largest x, as a float: the first of equals, or of the first NaN (NumPy's argmax). Its gradient
 * is 0.
 * @param axis negative from the end; the result is without it
 * @throws RangeError where x has no such axis, or one of more than 2^24 elements
 * @example
 * ops.argMax(logits, 1) // [n, classes] → [n]
 */
export const argMax = checked('argMax', ARGUMENTS, (x: Tensor, axis: number): Tensor => first('argMax', x, axis, (y) => y))

/**
 * The index along `axis` of the smallest x, as `argMax` gives that of the largest. @throws as `argMax` does
 * @example
 * ops.argMin(constant([3, 1, 2]), 0) // 1
 */
export const argMin = checked('argMin', ARGUMENTS, (x: Tensor, axis: number): Tensor => first('argMin', x, axis, negative))
