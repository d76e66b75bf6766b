// Gradient clipping, between the gradients and the optimizer.
import type { Tensor } from '../graph/tensor.ts'
import { add, div, mul } from '../ops/arithmetic.ts'
import { clip, maximum } from '../ops/compare.ts'
import { sum } from '../ops/reduce.ts'
import { sqrt, square } from '../ops/unary.ts'

function positive(op: string, c: number): void {
  if (!(c > 0 && c < Infinity)) throw new RangeError(`${op}: the bound is ${c}, expected a number greater than 0`)
}

/**
 * min(max(g, −c), c) for each element of each gradient.
 * @throws RangeError unless c > 0
 */
export function clipByValue(gradients: readonly Tensor[], c: number): Tensor[] {
  positive('clipByValue', c)
  return gradients.map((g) => clip(g, -c, c))
}

/** √Σ g², over all elements of all gradients: a scalar. It is infinite above 1.8e19, where squares leave the range of f32. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  if (!gradients.length) throw new RangeError('globalNorm: no gradients are given')
  return sqrt(gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b)))
}

/**
 * g · c / max(norm, c), norm = `globalNorm(gradients)`: directions stay, and the norm of all together is at most c.
 * @throws RangeError unless c > 0
 */
export function clipByGlobalNorm(gradients: readonly Tensor[], c: number): Tensor[] {
  positive('clipByGlobalNorm', c)
  if (!gradients.length) return []
  const factor = div(c, maximum(globalNorm(gradients), c))
  return gradients.map((g) => mul(g, factor))
}
