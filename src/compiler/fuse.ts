// Fusion: what follows a matrix product or convolution element by element is done while its result is in registers, where that
// costs no more than to store and load it: with wide vectors tanh takes a third of the time in an op of its own, and no longer
// without.
// Ops marked `fusable` carry an `epilogue` in their attributes: a bias for the last axis, then an activation.
// Numbers are the same as without fusion: the same operations in the same order.
import { topological, rewrite } from '../graph/walk.ts'
import { type Epilogue, isActivation } from '../ops/lowering/epilogue.ts'
import { Tensor } from '../graph/tensor.ts'

const epilogueOf = (t: Tensor): Epilogue | undefined => (t.op.fusable ? (t.attrs.epilogue as Epilogue) : undefined)

/** Folds biases and activations into the op that feeds them, where nobody else reads the value in between. */
export function fuseEpilogues(roots: readonly Tensor[]): Map<Tensor, Tensor> {
  const uses = new Map<Tensor, number>()
  const use = (t: Tensor) => uses.set(t, (uses.get(t) ?? 0) + 1)
  roots.forEach(use)
  for (const t of topological(roots)) t.inputs.forEach(use)

  return rewrite(roots, (node, old) => {
    const [x, b] = node.inputs
    const before = x && uses.get(old.inputs[0]!) === 1 ? epilogueOf(x) : undefined
    if (!x || !before || before.activation !== 'linear') return node
    const isBias = b?.shape.length === 1 && b.size === node.shape.at(-1) && x.size === node.size
    if (node.op.name === 'add' && isBias && !before.bias) {
      return refit(x, [...x.inputs, b], { ...before, bias: true }, node)
    }
    if (isActivation(node.op.name)) {
      const alpha = (node.attrs.alpha as number | undefined) ?? 0
      return refit(x, x.inputs, { ...before, activation: node.op.name, alpha }, node)
    }
    return node
  })
}

const refit = (x: Tensor, inputs: readonly Tensor[], epilogue: Epilogue, node: Tensor): Tensor =>
  new Tensor(x.op, inputs, { ...x.attrs, epilogue }, node.shape, x.scope)
