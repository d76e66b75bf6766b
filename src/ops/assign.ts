// variable := value, as an update of a stage.
import type { Variable } from '../graph/leaves.ts'
import { apply, type Op, sameShape, shapeError, show, type Tensor } from '../graph/tensor.ts'

const assignOp: Op = {
  name: 'assign',
  shape([variable, value]) {
    if (!sameShape(variable!, value!)) throw shapeError('assign', `the value's shape ${show(value!)} is not the variable's ${show(variable!)}`)
    return []
  },
  gradient: null,
  effect: true,
  calls: (node, at) => [['copy_f32', at.inputs[1]!, at.inputs[0]!, node.inputs[0]!.size]],
  flops: () => 0,
}

/** An update that replaces the variable's values by `value` (of the same shape). */
export const assign = (variable: Variable, value: Tensor): Tensor => apply(assignOp, [variable, value], {})
