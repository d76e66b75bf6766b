// Choosing by value: bounds, the larger and the smaller, comparisons, where. All broadcast.
import {
  clip_f32, equal_f32, less_equal_f32, less_f32, maximum_f32, minimum_f32, select_f32,
} from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Tensor, tensor, type Value, value } from '../graph/tensor.ts'
import { aNumber, checked } from '../options.ts'
import { mul, sumTo } from './arithmetic.ts'
import { broadcastShape } from './lowering/broadcast.ts'
import { broadcastTo } from './reduce.ts'
import { asTensor, binary, binaryOp, unaryOp } from './lowering/elementwise.ts'
import { zeros } from './fill.ts'

const TWO = { a: value, b: value }

export const lessOp: Op = binaryOp('less', less_f32, () => [null, null])
/**
 * 1 where a < b, else 0. No gradient flows through comparisons.
 * @example
 * ops.less(constant([1, 2, 3]), 2) // [1, 0, 0]
 */
export const less = binary(lessOp)
/**
 * 1 where a > b, else 0.
 * @example
 * ops.greater(constant([1, 2, 3]), 2) // [0, 0, 1]
 */
export const greater = checked('greater', TWO, (a: Value, b: Value) => less(b, a))

export const lessEqualOp: Op = binaryOp('lessEqual', less_equal_f32, () => [null, null])
/**
 * 1 where a ≤ b, else 0.
 * @example
 * ops.lessEqual(constant([1, 2, 3]), 2) // [1, 1, 0]
 */
export const lessEqual = binary(lessEqualOp)
/**
 * 1 where a ≥ b, else 0.
 * @example
 * ops.greaterEqual(constant([1, 2, 3]), 2) // [0, 1, 1]
 */
export const greaterEqual = checked('greaterEqual', TWO, (a: Value, b: Value) => lessEqual(b, a))

export const equalOp: Op = binaryOp('equal', equal_f32, () => [null, null])
/**
 * 1 where a = b, else 0; NaN equals nothing.
 * @example
 * const hits = ops.mean(ops.equal(ops.argMax(logits, 1), labels)) // the fraction that is right
 */
export const equal = binary(equalOp)

export const maximumOp: Op = binaryOp('maximum', maximum_f32, (y, dy) => {
  const [a, b] = y.inputs as [Tensor, Tensor]
  return [sumTo(mul(dy, greaterEqual(a, b)), a), sumTo(mul(dy, less(a, b)), b)]
})
/**
 * max(a, b); NaN where either is. The gradient goes to the larger, to `a` where they are equal.
 * @example
 * ops.maximum(constant([-1, 2]), 0) // [0, 2]
 */
export const maximum = binary(maximumOp)

export const minimumOp: Op = binaryOp('minimum', minimum_f32, (y, dy) => {
  const [a, b] = y.inputs as [Tensor, Tensor]
  return [sumTo(mul(dy, lessEqual(a, b)), a), sumTo(mul(dy, greater(a, b)), b)]
})
/**
 * min(a, b); NaN where either is. The gradient goes to the smaller, to `a` where they are equal.
 * @example
 * ops.minimum(constant([1, 4]), constant([3, 2])) // [1, 2]
 */
export const minimum = binary(minimumOp)

type Bounds = { min: number; max: number }
export const clipOp: Op<Bounds> = unaryOp('clip',
  (args, { min, max }) => call(clip_f32, { ...args, low: min, high: max }), (y, dy) => [mul(dy, equal(y, y.inputs[0]!))], 2)
/**
 * min(max(x, min), max); NaN stays NaN. The gradient is 1 from `min` to `max`, both included, and 0 beyond.
 * @throws RangeError when min > max, or either is not finite (use `maximum` or `minimum` for one bound)
 * @example
 * ops.clip(constant([-3, 0.5, 2]), -1, 1) // [-1, 0.5, 1]
 */
export const clip = checked('clip', { x: tensor, min: aNumber, max: aNumber }, (x: Tensor, min: number, max: number) => {
  if (Number.isFinite(min) && Number.isFinite(max) && min <= max) return apply(clipOp, [x], { min, max })
  const mend = 'maximum or minimum take one bound'
  throw new RangeError(`clip: ${min} to ${max}, expected two finite numbers in rising order; ${mend}`)
})

export const whereOp: Op = {
  name: 'where',
  shape: ([condition]) => condition!,
  gradient(y, dy) {
    const [condition, a, b] = y.inputs as [Tensor, Tensor, Tensor]
    return [null, where(condition, dy, zeros(a.shape)), where(condition, zeros(b.shape), dy)]
  },
  calls: (node, at) => [
    call(select_f32, { c: at.inputs[0]!, a: at.inputs[1]!, b: at.inputs[2]!, y: at.output, n: node.size }),
  ],
  flops: (node) => node.size,
  inPlace: [0, 1, 2],
}
/**
 * condition ≠ 0 ? a : b, element by element; what is not chosen does not matter, not even NaN. No gradient for the condition.
 * The three broadcast (TensorFlow's where).
 * @throws RangeError where the shapes do not fit
 * @example
 * ops.where(ops.less(x, 0), ops.negative(x), x) // |x|
 */
export const where = checked('where', { condition: tensor, a: value, b: value }, (
  condition: Tensor, a: Value, b: Value,
): Tensor => {
  const inputs = [condition, asTensor(a), asTensor(b)]
  const shape = inputs.map((t) => t.shape).reduce((s, t) => broadcastShape('where', s, t))
  return apply(whereOp, inputs.map((t) => broadcastTo(t, shape)), {})
})
