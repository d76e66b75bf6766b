// What micro-batches are added up at: a mark that does no work.
import { type Op } from '../graph/tensor.ts'
import { unary } from './lowering/elementwise.ts'

export const accumulatedOp: Op = {
  name: 'accumulated',
  shape: ([x]) => x!,
  gradient: null,
  calls: 'alias',
  flops: () => 0,
}

/**
 * x of the whole step. Where training takes a step in micro-batches (`accumulate`), that is the mean of what each of them gives
 * for x, or the sum, as the definition's `reduction` says; what is made of it is computed once a step. Otherwise it is x.
 * Gradients go through it before transforms and optimizers: `minimize` does so.
 * @example
 * const total = ops.accumulated(ops.sum(x))
 */
export const accumulated = unary(accumulatedOp)
