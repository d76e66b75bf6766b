// Reverse-mode differentiation: from a scalar loss to gradients, as graph nodes, so they can be differentiated again.
// Only nodes on a path from a requested tensor to the loss are visited: nothing else gets a gradient.
import { ones, zeros } from '../ops/fill.ts'
import { add } from '../ops/arithmetic.ts'
import { isVariable, type Variable } from '../graph/leaves.ts'
import { sameShape, scoped, show, type Tensor, tensor, tensors } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import { checked, optional } from '../options.ts'

/**
 * The gradients of `y` with respect to each of `xs`: `Σ dyᵢ · ∂yᵢ/∂x`.
 * @param dy the incoming gradient, of y's shape; 1 where y is a scalar and it is left out
 * @throws RangeError when y is not a scalar and no dy is given, when an op on the way has no gradient, or when y is computed
 *   without one of `xs` that is a variable
 * @example
 * const loss = losses.meanSquaredError(y, ops.matmul(x, w))
 * const [dw] = gradients(loss, [w])
 */
export const gradients = checked('gradients', { y: tensor, xs: tensors, dy: optional(tensor) }, (
  y: Tensor, xs: readonly Tensor[], dy?: Tensor,
): Tensor[] => {
  if (!dy && y.size !== 1) {
    throw new RangeError(`gradients: the loss has shape ${show(y.shape)}, expected one number; take its sum or mean, or pass dy`)
  }
  if (dy && !sameShape(dy.shape, y.shape)) {
    throw new RangeError(`gradients: dy has shape ${show(dy.shape)}, expected ${show(y.shape)}, that of y`)
  }
  const order = topological([y])
  const wanted = new Set<Tensor>(xs)
  const active = new Set<Tensor>()
  for (const t of order) if (wanted.has(t) || t.inputs.some((i) => active.has(i))) active.add(t)
  // Of other tensors a zero may be meant: the second derivative of what is linear.
  const unread = xs.find((x) => isVariable(x) && !active.has(x)) as Variable | undefined
  if (unread) {
    throw new RangeError(`gradients: the loss is computed without the variable '${unread.attrs.name}'; ` +
      'leave it out, or use the layer that it is of')
  }

  const grads = new Map<Tensor, Tensor>()
  grads.set(y, dy ?? ones(y.shape))
  for (const t of order.reverse()) {
    const g = grads.get(t)
    if (!g || !active.has(t) || !t.inputs.some((i) => active.has(i))) continue
    if (!t.op.gradient) {
      throw new RangeError(`gradients: the op '${t.op.name}' in '${t.scope}' has no gradient; use stopGradient before it`)
    }
    const given = scoped(`${t.scope || t.op.name}/gradient`, () => t.op.gradient!(t, g))
    for (const [i, d] of given.entries()) {
      const x = t.inputs[i]!
      if (!d || !active.has(x)) continue
      const sum = grads.get(x)
      grads.set(x, sum ? add(sum, d) : d)
    }
  }
  return xs.map((x) => grads.get(x) ?? zeros(x.shape))
})
