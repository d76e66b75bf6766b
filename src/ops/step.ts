// The number of steps done, for what changes as training goes on: schedules, annealed losses.
import { step_f32 } from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'

export const stepOp: Op = {
  name: 'step',
  shape: () => [],
  gradient: () => [],
  calls: (_, at) => [call(step_f32, { counter: at.counter, y: at.output })],
  flops: () => 0,
}

/**
 * The number of steps that the function and the others of its group have done before this one, a scalar: 0 in the first.
 * Exact up to 2^24 = 16,777,216; beyond, the nearest f32. It is saved and resumed with the run.
 * @example
 * const warm = ops.minimum(ops.div(ops.step(), 1000), 1) // from 0 to 1 in 1000 steps
 */
export const step = (): Tensor => apply(stepOp, [], {})
