// a + b, a − b, a · b, a / b with broadcasting, and −a.
import { add_f32, div_f32, mul_f32, negative_f32, sub_f32 } from '../graph/contract.generated.ts'
import { type Op, sameShape, type Tensor } from '../graph/tensor.ts'
import { binary, binaryOp, unary, unaryOp } from './lowering/elementwise.ts'
import { reshape } from './reshape.ts'
import { sum } from './reduce.ts'
import { stretchedAxes } from './lowering/broadcast.ts'

export const negativeOp: Op = unaryOp('negative', negative_f32, (_, dy) => [negative(dy)])
/**
 * −x
 * @example
 * ops.negative(constant([1, -2])) // [-1, 2]
 */
export const negative = unary(negativeOp)

/** Sums `dy` over the axes along which `like` was stretched: the gradient of broadcasting. */
export function sumTo(dy: Tensor, like: Tensor): Tensor {
  if (sameShape(dy.shape, like.shape)) return dy
  const axes = stretchedAxes(like.shape, dy.shape)
  return reshape(axes.length ? sum(dy, axes) : dy, like.shape)
}

export const addOp: Op = binaryOp('add', add_f32, (y, dy) => [sumTo(dy, y.inputs[0]!), sumTo(dy, y.inputs[1]!)])

export const subOp: Op = binaryOp('sub', sub_f32, (y, dy) => [sumTo(dy, y.inputs[0]!), sumTo(negative(dy), y.inputs[1]!)])

export const mulOp: Op = binaryOp('mul', mul_f32, (y, dy) => {
  const [a, b] = y.inputs as [Tensor, Tensor]
  return [sumTo(mul(dy, b), a), sumTo(mul(dy, a), b)]
})

export const divOp: Op = binaryOp('div', div_f32, (y, dy) => {
  const [a, b] = y.inputs as [Tensor, Tensor]
  return [sumTo(div(dy, b), a), sumTo(negative(div(mul(dy, y), b)), b)]
})

/**
 * a + b. Like sub, mul and div it broadcasts as NumPy does. @throws RangeError where the shapes do not fit
 * @example
 * ops.add(constant([1, 2]), 10) // [11, 12]
 */
export const add = binary(addOp)
/**
 * a − b, broadcast. @throws RangeError where the shapes do not fit
 * @example
 * ops.sub(x, ops.mean(x, 0)) // of each column its mean
 */
export const sub = binary(subOp)
/**
 * a · b, element by element, broadcast. @throws RangeError where the shapes do not fit
 * @example
 * ops.mul(constant([1, 2]), constant([3, 4])) // [3, 8]
 */
export const mul = binary(mulOp)
/**
 * a / b, broadcast. @throws RangeError where the shapes do not fit
 * @example
 * ops.div(x, ops.sum(x, 1, { keepDims: true })) // each row adds up to 1
 */
export const div = binary(divOp)
