// Tensors of one value.
import { fill_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Shape, type Tensor } from '../graph/tensor.ts'
import { aNumber, checked, shape as shapeRule } from '../options.ts'

export const fillOp: Op<{ shape: Shape; value: number }> = {
  name: 'fill',
  shape: (_, { shape }) => shape,
  gradient: () => [],
  calls: (node, at) => [call(fill_f32, { y: at.output, n: node.size, value: node.attrs.value })],
  flops: () => 0,
}

/**
 * A tensor of `shape` that holds `value` everywhere.
 * @example
 * ops.fill([3], 0.5) // [0.5, 0.5, 0.5]
 */
export const fill = checked('fill', { shape: shapeRule, value: aNumber },
  (shape: Shape, value: number): Tensor => apply(fillOp, [], { shape, value }))
/**
 * 1 everywhere.
 * @example
 * ops.ones([3]) // [1, 1, 1]
 */
export const ones = checked('ones', { shape: shapeRule }, (shape: Shape) => fill(shape, 1))
/**
 * 0 everywhere.
 * @example
 * ops.zeros([3]) // [0, 0, 0]
 */
export const zeros = checked('zeros', { shape: shapeRule }, (shape: Shape) => fill(shape, 0))

/** Whether a tensor is of zeros, as new memory is. */
export const isZero = (t: Tensor): boolean => t.op === fillOp && Object.is(t.attrs['value'], 0)
