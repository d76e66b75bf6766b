// Everything that changes variables: each kind of optimizer, transforms, schedules, assignment, moving averages.
import { input, variable } from '../../graph/leaves.ts'
import { gradients } from '../../autodiff/gradients.ts'
import { clipByGlobalNorm, clipByNorm, clipByValue } from '../../nn/clip.ts'
import * as initializers from '../../nn/initializers.ts'
import { meanSquaredError } from '../../nn/losses.ts'
import { adam, adamW, type Optimizer, rmsprop, sgd } from '../../nn/optimizers.ts'
import { cosine, exponential, linear, piecewise, type Schedule, warmup } from '../../nn/schedules.ts'
import { addDecayedWeights, centralize, chain, type GradientTransform } from '../../nn/transforms.ts'
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

const SCHEDULES: Readonly<Record<string, Schedule>> = {
  cosine: warmup({ steps: 15, then: cosine({ initial: 0.1, steps: 25, alpha: 0.1 }) }),
  exponential: exponential({ initial: 0.1, decayRate: 0.9, decaySteps: 7 }),
  staircase: exponential({ initial: 0.1, decayRate: 0.9, decaySteps: 7, staircase: true }),
  linear: linear({ initial: 0.1, final: 0.01, steps: 33 }),
  piecewise: piecewise({ boundaries: [10, 20], values: [0.1, 0.05, 0.01] }),
}
const KINDS: Readonly<Record<string, readonly [make: () => Optimizer, transform?: GradientTransform]>> = {
  sgd: [() => sgd({ learningRate: 0.1 }), clipByValue(0.01)],
  momentum: [() => sgd({ learningRate: 0.1, momentum: 0.9 }), clipByNorm(0.1)],
  nesterov: [() => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  rmsprop: [() => rmsprop()],
  'rmsprop-momentum': [() => rmsprop({ momentum: 0.5 })],
  adam: [() => adam(), clipByGlobalNorm(0.05)],
  'adam-epsilon-hat': [() => adam({ epsilonHat: true, beta1: 0.5 })],
  'adam-w': [() => adamW()],
  transforms: [() => adam(), chain(addDecayedWeights(0.01), centralize())],
  ...Object.fromEntries(Object.entries(SCHEDULES).map(([name, learningRate]) => (
    [`schedule-${name}`, [() => (name === 'cosine' ? adam : sgd)({ learningRate })]]
  ))),
}

export const updates: readonly TapeRecipe[] = Object.entries(KINDS).map(([name, [make, transform]]) => (
  { name: `update/${name}`, prepare: (runtime) => prepare(runtime, make(), transform) }
))

/** tanh(x·W + b) against fixed targets; the loss's moving average and the last outputs are kept as well. */
async function prepare(runtime: Runtime, optimizer: Optimizer, transform = chain()): Promise<Run> {
  const session = await runtime.session(11)
  const weights = variable('weights', [7, 9], initializers.glorotUniform())
  const bias = variable('bias', [9], initializers.zeros())
  const average = variable('average', [], initializers.zeros(), 'statistic')
  const last = variable('last', [9], initializers.zeros(), 'statistic')
  const y = tanh(add(matmul(input('x', [ROWS, 7]), weights), bias))
  const loss = meanSquaredError(input('targets', [ROWS, 9]), y)
  const variables = [weights, bias]
  const grads = transform(gradients(loss, variables), variables)
  const fn = session.compile({
    group: 'verify',
    stages: [{
      metrics: { loss },
      updates: [...optimizer.apply(grads, variables), movingAverage(average, loss, 0.9), assign(last, mean(y, 0))],
    }],
  })
  const uniform = generator(12)
  for (const [name, width] of [['x', 7], ['targets', 9]] as const) fn.feed(name, floats(ROWS * width, () => 2 * uniform() - 1))
  return runOf(session, fn, STEPS, stateRanges(session, 'verify'))
}
