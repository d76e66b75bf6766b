// Softmax and its logarithm over the last axis. Both gradients are written in the result or in softmax itself.
import { log_softmax_f32, softmax_f32, type SoftmaxArgs } from '../graph/contract.generated.ts'
import { call, type Kernel } from '../graph/kernel_call.ts'
import { type CallsRule, type Op, type Shape, shapeError, type Tensor } from '../graph/tensor.ts'
import { unary } from './lowering/elementwise.ts'
import { mul, sub } from './arithmetic.ts'
import { sum } from './reduce.ts'

const sumLast = (x: Tensor): Tensor => sum(x, -1, { keepDims: true })

function shapeOf(name: string, x: Shape): Shape {
  if (x.length === 0) throw shapeError(name, 'the input has shape [], expected at least one axis; reshape it')
  return x
}
/* @__NO_SIDE_EFFECTS__ */
function rows(kernel: Kernel<SoftmaxArgs>): CallsRule<Record<string, unknown>> {
  return (node, at) => {
    const n = node.shape.at(-1)!
    return [call(kernel, { x: at.inputs[0]!, y: at.output, rows: node.size / n, n })]
  }
}

export const softmaxOp: Op = {
  name: 'softmax',
  shape: ([x]) => shapeOf('softmax', x!),
  gradient: (y, dy) => [mul(y, sub(dy, sumLast(mul(dy, y))))],
  calls: rows(softmax_f32),
  flops: (node) => node.size * 24,
  inPlace: [0],
}

export const logSoftmaxOp: Op = {
  name: 'logSoftmax',
  shape: ([x]) => shapeOf('logSoftmax', x!),
  gradient: (y, dy) => [sub(dy, mul(softmax(y.inputs[0]!), sumLast(dy)))],
  calls: rows(log_softmax_f32),
  flops: (node) => node.size * 24,
  inPlace: [0],
}

/**
 * exp(x) / Σ exp(x) over the last axis, for x of any size.
 * @example
 * ops.softmax(constant([0, 1])) // [0.269, 0.731]
 */
export const softmax = unary(softmaxOp)

/**
 * x − log Σ exp(x) over the last axis, for x of any size.
 * @example
 * ops.logSoftmax(constant([0, 1])) // [-1.313, -0.313]
 */
export const logSoftmax = unary(logSoftmaxOp)
