// Graph to graph, before scheduling: equal subexpressions become one. Nodes that nobody asks for are never visited.
import { isLeaf, rewrite } from '../graph/walk.ts'
import { isConstant } from '../graph/leaves.ts'
import { type Op, Tensor } from '../graph/tensor.ts'
import { isA } from '../tag.ts'

/** Common subexpressions: two nodes of one op with equal attributes and the same inputs become one. */
export function shareEqual(roots: readonly Tensor[]): Map<Tensor, Tensor> {
  const known = new Map<string, Tensor>()
  // By the record: users' ops may share a name.
  const numbers = new Map<Op, number>()
  const numberOf = (op: Op): number => numbers.get(op) ?? numbers.set(op, numbers.size).size - 1
  return rewrite(roots, (node) => {
    if (node.op.effect || (isLeaf(node) && !isConstant(node))) return node
    const key = `${numberOf(node.op)}(${node.inputs.map((i) => i.id).join()})${attrsKey(node)}`
    const twin = known.get(key)
    if (twin) return twin
    known.set(key, node)
    return node
  })
}

function attrsKey(node: Tensor): string {
  if (isConstant(node) && node.size > 64) return `#${node.id}`
  return JSON.stringify({ ...node.attrs, shape: node.shape }, (_, value: unknown) => {
    // JSON would write NaN and both infinities as null, −0 as 0.
    if (typeof value === 'number') return !Number.isFinite(value) || Object.is(value, -0) ? `${value} ${1 / value}` : value
    return isA('Float32Array', value) ? Array.from(value) : value
  })
}
