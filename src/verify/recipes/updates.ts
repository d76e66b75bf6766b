// Everything that changes variables: each kind of optimizer, clipping, assignment, moving averages.
import { input, variable } from '../../graph/leaves.ts'
import { gradients } from '../../autodiff/gradients.ts'
import type { Tensor } from '../../graph/tensor.ts'
import { clipByGlobalNorm, clipByNorm, clipByValue } from '../../nn/clip.ts'
import * as initializers from '../../nn/initializers.ts'
import { meanSquaredError } from '../../nn/losses.ts'
import { adam, adamW, type Optimizer, rmsprop, sgd } from '../../nn/optimizers.ts'
import { tanh } from '../../ops/activation.ts'
import { add } from '../../ops/arithmetic.ts'
import { assign, movingAverage } from '../../ops/assign.ts'
import { matmul } from '../../ops/matmul.ts'
import { mean } from '../../ops/reduce.ts'
import type { Runtime } from '../../runtime/create_runtime.ts'
import { floats, generator } from '../draw.ts'
import { type Run, runOf, stateRanges, type TapeRecipe } from '../recipe.ts'

const STEPS = 50
const ROWS = 13

type Clip = (gradients: readonly Tensor[]) => readonly Tensor[]
const KINDS: Readonly<Record<string, readonly [make: () => Optimizer, clip?: Clip]>> = {
  sgd: [() => sgd({ learningRate: 0.1 }), (all) => clipByValue(all, 0.01)],
  momentum: [() => sgd({ learningRate: 0.1, momentum: 0.9 }), (all) => clipByNorm(all, 0.1)],
  nesterov: [() => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  rmsprop: [() => rmsprop()],
  'rmsprop-momentum': [() => rmsprop({ momentum: 0.5 })],
  adam: [() => adam(), (all) => clipByGlobalNorm(all, 0.05)],
  'adam-epsilon-hat': [() => adam({ epsilonHat: true, beta1: 0.5 })],
  'adam-w': [() => adamW()],
}

export const updates: readonly TapeRecipe[] = Object.entries(KINDS).map(([name, [make, clip]]) => (
  { name: `update/${name}`, prepare: (runtime) => prepare(runtime, make(), clip) }
))

/** tanh(x·W + b) against fixed targets; the loss's moving average and the last outputs are kept as well. */
async function prepare(runtime: Runtime, optimizer: Optimizer, clip: Clip = (all) => all): Promise<Run> {
  const session = await runtime.session(11)
  const weights = variable('weights', [7, 9], initializers.glorotUniform())
  const bias = variable('bias', [9], initializers.zeros())
  const average = variable('average', [], initializers.zeros(), 'statistic')
  const last = variable('last', [9], initializers.zeros(), 'statistic')
  const y = tanh(add(matmul(input('x', [ROWS, 7]), weights), bias))
  const loss = meanSquaredError(input('targets', [ROWS, 9]), y)
  const grads = clip(gradients(loss, [weights, bias]))
  const pairs = [weights, bias].map((v, i) => ({ variable: v, gradient: grads[i]! }))
  const fn = session.compile({
    group: 'verify',
    stages: [{
      metrics: { loss },
      updates: [...optimizer.updates(pairs), movingAverage(average, loss, 0.9), assign(last, mean(y, 0))],
    }],
  })
  const uniform = generator(12)
  for (const [name, width] of [['x', 7], ['targets', 9]] as const) fn.feed(name, floats(ROWS * width, () => 2 * uniform() - 1))
  return runOf(session, fn, STEPS, stateRanges(session, 'verify'))
}
