// Ops so large that threads cut their parts in pieces and take those of others (src/compiler/marks.ts), with their gradients: odd
// sizes, of which no number of threads makes even pieces.
import { gradients } from '../../autodiff/gradients.ts'
import { input } from '../../graph/leaves.ts'
import { type Shape, type Tensor } from '../../graph/tensor.ts'
import { relu } from '../../ops/activation.ts'
import { conv2d } from '../../ops/conv2d.ts'
import { matmul } from '../../ops/matmul.ts'
import { sum } from '../../ops/reduce.ts'
import { exp } from '../../ops/unary.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { madeUp } from '../draw.ts'
import { type Run, runOf, type TapeRecipe } from '../recipe.ts'

interface Large {
  readonly shapes: readonly Shape[]
  readonly apply: (...xs: Tensor[]) => Tensor
}

const LARGE: Readonly<Record<string, Large>> = {
  narrow_matmul: { shapes: [[24, 12000], [12000, 40]], apply: (x, w) => relu(matmul(x, w)) },
  matmul: { shapes: [[72, 401], [401, 903]], apply: (x, w) => relu(matmul(x, w)) },
  conv2d: { shapes: [[25, 30, 30, 8], [3, 3, 8, 9]], apply: (x, w) => conv2d(x, w, { padding: 'same' }) },
  conv2d_by_points: {
    shapes: [[33, 14, 14, 32], [4, 4, 32, 64]], apply: (x, w) => conv2d(x, w, { padding: 'same', strides: 2 }),
  },
  elementwise: { shapes: [[641, 703]], apply: (x) => sum(exp(x), [0]) },
}

export const large: readonly TapeRecipe[] = Object.entries(LARGE).map(([name, given]) => (
  { name: `large/${name}`, prepare: (runtime) => prepare(runtime, given) }
))

async function prepare(runtime: Runtime, { shapes, apply }: Large): Promise<Run> {
  const session = await runtime.session()
  const xs = shapes.map((shape, i) => input(`x${i}`, shape))
  const y = apply(...xs)
  const dy = input('dy', y.shape)
  const outputs: Record<string, Tensor> = { y }
  gradients(y, xs, dy).forEach((dx, i) => { outputs[`dx${i}`] = dx })
  const fn = session.compile({ group: 'verify', stages: [{ outputs }] })
  for (const [i, { attrs: { name }, size }] of [...xs, dy].entries()) fn.feed(name, madeUp(size, i + 1))
  return runOf(session, fn, 1)
}
