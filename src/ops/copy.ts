// A tensor's values in memory of their own.
import { copy_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { type Op } from '../graph/tensor.ts'
import { unary } from './lowering/elementwise.ts'

export const copyOp: Op = {
  name: 'copy',
  shape: ([x]) => x!,
  gradient: (_, dy) => [dy],
  calls: (node, at) => [call(copy_f32, { x: at.inputs[0]!, y: at.output, n: node.size })],
  flops: () => 0,
}

/** x, kept from later changes of the variable that it may be. */
export const copy = unary(copyOp)
