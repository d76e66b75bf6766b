// Updates of a variable by a value: assignment and moving average.
import { copy_f32, moving_average_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { type Variable, variableRule } from '../graph/leaves.ts'
import { apply, type Op, sameShape, type Shape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, fraction } from '../options.ts'

/* @__NO_SIDE_EFFECTS__ */
function sameAsVariable(op: string) {
  return ([variable, value]: readonly Shape[]): Shape => {
    if (!sameShape(variable!, value!)) {
      throw shapeError(op, `the value's shape ${show(value!)} is not the variable's ${show(variable!)}`)
    }
    return []
  }
}

export const assignOp: Op = {
  name: 'assign',
  shape: sameAsVariable('assign'),
  gradient: null,
  effect: true,
  assigns: true,
  calls: (node, at) => [call(copy_f32, { x: at.inputs[1]!, y: at.inputs[0]!, n: node.inputs[0]!.size })],
  flops: () => 0,
}

/**
 * An update that replaces the variable's values by `value`.
 * @throws RangeError where their shapes differ
 * @example
 * const updates = [ops.assign(w, ops.mul(w, 0.5))]
 */
export const assign = checked('assign', { variable: variableRule, value: tensor },
  (variable: Variable, value: Tensor): Tensor => apply(assignOp, [variable, value], {}))

export const movingAverageOp: Op<{ momentum: number }> = {
  name: 'movingAverage',
  shape: sameAsVariable('movingAverage'),
  gradient: null,
  effect: true,
  calls({ inputs: [variable], attrs: { momentum } }, { inputs: [y, x] }) {
    return [call(moving_average_f32, { x: x!, y: y!, n: variable!.size, fraction: 1 - momentum })]
  },
  flops: (node) => node.inputs[0]!.size * 3,
}

/**
 * An update: variable := variable + (1 − momentum)·(value − variable). Several of one variable act one after another.
 * @param momentum the fraction of the old value that is kept, from 0 to 1
 * @throws RangeError where the shapes differ or momentum is out of its range
 * @example
 * const updates = [ops.movingAverage(average, ops.mean(x), 0.99)]
 */
export const movingAverage = checked('movingAverage', { variable: variableRule, value: tensor, momentum: fraction }, (
  variable: Variable, value: Tensor, momentum: number,
): Tensor => apply(movingAverageOp, [variable, value], { momentum }))
