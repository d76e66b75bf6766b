// Random training steps: elementwise and broadcast ops, aliases, products with scratch, reductions, several stages that
// update variables. Everything stays within a few units, so that no number overflows.
import { topological } from '../../src/graph/walk.ts'
import { gradients } from '../../src/autodiff/gradients.ts'
import { constant, input, type Variable, variable } from '../../src/graph/leaves.ts'
import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import * as ops from '../../src/ops/index.ts'
import { floats, generator } from '../harness.ts'

export interface RandomStage {
  readonly outputs: readonly Tensor[]
  readonly updates: readonly Tensor[]
  /** All that it computes. */
  readonly nodes: readonly Tensor[]
}

const SHAPES = [[4, 6], [6, 4], [24], [2, 3, 4], [1, 6], [4, 1], [6], [1], [12, 8], [1, 4, 6, 1]]

/** The same seed gives the same graph. */
export function randomGraph(seed: number): RandomStage[] {
  const uniform = generator(seed)
  const below = (n: number) => Math.floor(uniform() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const values = (n: number) => floats(n, () => 2 * uniform() - 1)
  const initial = (shape: Shape) => constant(values(shape.reduce((n, d) => n * d, 1)), shape)
  const variables: Variable[] = [0, 1].map((i) => variable(`v${i}`, pick(SHAPES), initial))
  const optimizer = sgd({ learningRate: 0.1 })
  const nodes: Tensor[] = [input('a', [4, 6]), input('b', [6]), ...variables]
  const clip = (x: Tensor) => ops.clip(x, -1, 1)
  const unary = [ops.relu, ops.tanh, ops.abs, ops.negative, ops.sigmoid, ops.stopGradient, ops.softmax, clip]
  const binary = [ops.add, ops.sub, ops.maximum, (a: Tensor, b: Tensor) => ops.mul(ops.tanh(a), b)]
  /** One more node, or null where the draw does not fit. */
  const grow = (): Tensor | null => {
    // Lately made nodes are likelier: long chains let memory go.
    const x = uniform() < 0.6 ? nodes[nodes.length - 1 - below(Math.min(4, nodes.length))]! : pick(nodes)
    switch (below(9)) {
      case 0: case 1: return pick(unary)(x)
      case 2: case 3: return pick(binary)(x, pick(nodes))
      case 4: return ops.reshape(x, pick(SHAPES.filter((s) => s.reduce((n, d) => n * d, 1) === x.size)) ?? [x.size])
      case 5: return x.shape.length > 1 ? ops.transpose(x) : ops.sum(x)
      case 6:
        if (x.shape.length === 2) return ops.mul(ops.matmul(x, x, { transposeB: true }), 0.1)
        return ops.mean(x, x.shape.length - 1, { keepDims: true })
      case 7: return x.size < 200 ? ops.concat([x, pick(nodes)], 0) : null
      default:
        if (x.shape.length === 4) return ops.maxPool2d(x, { poolSize: 2, strides: 1, padding: 'same' })
        return ops.where(ops.less(x, 0.1), x, pick(nodes))
    }
  }
  const attempt = (): Tensor | null => {
    try {
      return grow()
    } catch (error) {
      // Shapes that do not fit are refused when the graph is built: draw again.
      if (error instanceof RangeError) return null
      throw error
    }
  }
  return Array.from({ length: 1 + below(3) }, () => {
    const first = nodes.length
    for (let wanted = 4 + below(20); wanted > 0;) {
      const made = attempt()
      if (!made || made.size > 2000) continue
      nodes.push(made)
      wanted--
    }
    const own = nodes.slice(first)
    const outputs = Array.from({ length: 1 + below(3) }, () => pick(own))
    const loss = ops.mean(own.slice(-6).map((t) => ops.mean(ops.tanh(t))).reduce((a, b) => ops.add(a, b)))
    const read = new Set(topological([loss]))
    const changed = variables.filter((v) => uniform() < 0.7 && read.has(v))
    const grads = gradients(loss, changed)
    const updates = optimizer.apply(grads.map((g) => ops.mul(g, 0.5)), changed)
    return { outputs: [...outputs, loss], updates, nodes: own }
  })
}
