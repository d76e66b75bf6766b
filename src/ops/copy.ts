// A tensor's values in memory of their own.
import { apply, type Op, type Tensor } from '../graph/tensor.ts'

export const copyOp: Op = {
  name: 'copy',
  shape: ([x]) => x!,
  gradient: (_, dy) => [dy],
  calls: (node, at) => [['copy_f32', at.inputs[0]!, at.output, node.size]],
  flops: () => 0,
}

/** x, kept from later changes of the variable that it may be. */
export const copy = (x: Tensor): Tensor => apply(copyOp, [x], {})
