// Ways through the graph: every tensor below some roots, rebuilt or not, and what a tensor's memory and effects are.
// Nothing here knows an op by its name.
import { isVariable } from './leaves.ts'
import { Tensor } from './tensor.ts'

/** All tensors that `roots` depend on, inputs before users. */
export function topological(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = []
  const seen = new Set<Tensor>()
  // What is being visited, and how many inputs of each have been: an object for each node made an eighth of a step's garbage.
  const nodes: Tensor[] = []
  const visited: number[] = []
  const visit = (node: Tensor) => {
    if (!seen.has(node)) visited[nodes.push(node) - 1] = 0
    seen.add(node)
  }
  for (const root of roots) {
    visit(root)
    while (nodes.length) {
      const next = nodes.at(-1)!.inputs[visited[nodes.length - 1]!++]
      if (next) visit(next)
      else order.push(nodes.pop()!)
    }
  }
  return order
}

/** Rebuilds everything below `roots`; `replace` sees each node with its inputs already rebuilt. */
export function rewrite(roots: readonly Tensor[], replace: (node: Tensor, old: Tensor) => Tensor): Map<Tensor, Tensor> {
  const made = new Map<Tensor, Tensor>()
  for (const old of topological(roots)) {
    const inputs = old.inputs.map((i) => made.get(i)!)
    const same = inputs.every((i, at) => i === old.inputs[at])
    made.set(old, replace(same ? old : new Tensor(old.op, inputs, old.attrs, old.shape, old.scope), old))
  }
  return made
}

/** Whether the tensor is computed by nobody: an input, a variable, a constant, a dataset. */
export const isLeaf = (t: Tensor): boolean => t.op.calls === 'leaf'

/** The variables that an effect op may change: all of its inputs but the last, which is the value, if there are more. */
export const changedBy = ({ inputs }: Tensor): Tensor[] =>
  (inputs.length > 1 ? inputs.slice(0, -1) : inputs).filter(isVariable)

/** The tensor in whose memory `node` lies. */
export const memoryOf = (node: Tensor): Tensor => (node.op.calls === 'alias' ? memoryOf(node.inputs[0]!) : node)
