// Whether two graphs compute the same.
import type { Tensor } from '../graph/tensor.ts'

/**
 * A comparison of tensors: the same one, or the same op with equal attributes on inputs that are alike. What it finds is kept for
 * the next.
 * @param decide the answer for a pair that is not to be looked into; null for others
 */
export function alike(decide: (a: Tensor, b: Tensor) => boolean | null): (a: Tensor, b: Tensor) => boolean {
  const known = new Map<Tensor, Map<Tensor, boolean>>()
  const compare = (a: Tensor, b: Tensor): boolean => {
    if (a === b) return true
    const found = known.get(a)?.get(b)
    if (found !== undefined) return found
    const answer = decide(a, b) ??
      (a.op === b.op && a.inputs.length === b.inputs.length && equal(a.attrs, b.attrs) && equal(a.shape, b.shape) &&
        a.inputs.every((x, i) => compare(x, b.inputs[i]!)))
    known.set(a, (known.get(a) ?? new Map<Tensor, boolean>()).set(b, answer))
    return answer
  }
  return compare
}

/** Whether plain values, lists or objects of them are equal. */
function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return keys.length === others.length && keys.every((key) => equal(a[key as never], b[key as never]))
}
