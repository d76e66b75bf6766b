// Activations. Each gradient is an op in the activation's result y, so that the input need not be kept for backward.
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import { binaryOp, unaryOp } from './elementwise.ts'

const reluGradOp: Op = binaryOp('reluGrad', (node, g) => [reluGrad(g, node.inputs[1]!), null])
const reluGrad = (dy: Tensor, y: Tensor): Tensor => apply(reluGradOp, [dy, y], {})

export const reluOp: Op = unaryOp('relu', (y, dy) => [reluGrad(dy, y)])
/** max(x, 0); the gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => apply(reluOp, [x], {})
