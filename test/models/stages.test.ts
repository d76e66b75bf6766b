// Where running statistics go: into the stage that computes what they are made from, whatever the order of lines.
import { describe, expect, it } from 'vitest'
import { constant, input, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { Batch, Stage, StageSpec } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { placeUpdates, trainingStages } from '../../src/models/stages.ts'
import type { Pass } from '../../src/nn/layer.ts'
import * as layers from '../../src/nn/layers.ts'
import { batchNormalization } from '../../src/nn/normalization.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { movingAverage } from '../../src/ops/assign.ts'
import { zeros } from '../../src/ops/fill.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import { newSession } from '../harness.ts'

const images = input('images', [4, 2])

/** Two networks with batch normalization; the first learns of the images, the second of what the first makes of them. */
function pair() {
  const network = (name: string) => sequential(name, [layers.dense({ units: 3 }), batchNormalization()])
  const [first, second] = [network('first'), network('second')]
  const [firstSgd, secondSgd] = [sgd({ name: 'first_sgd' }), sgd({ name: 'second_sgd' })]
  const loss = (x: Tensor) => mean(square(x))
  const learnFirst = (x: Tensor) => minimize(firstSgd, loss(x), [first], { metrics: { first: loss(x) } })
  const learnSecond = (x: Tensor) => minimize(secondSgd, loss(x), [second], { metrics: { second: loss(x) } })
  return { first, second, learnFirst, learnSecond }
}
/** The variables that each stage's statistics change. */
const statistics = (stages: readonly StageSpec[]) =>
  stages.map(({ updates }) => updates!.filter((u) => u.op.name === 'movingAverage').map((u) => u.inputs[0]!.attrs.name))
const OF = (name: string) => ['moving_mean', 'moving_variance'].map((what) => `${name}/batchNormalization/${what}`)

describe('a running statistic', () => {
  const orders: Record<string, (batch: Batch, pass: Pass) => readonly StageSpec[]> = {
    'a stage after its layers': ({ images }, pass) => {
      const { first, second, learnFirst, learnSecond } = pair()
      const x = first.apply(images, pass)
      const stage = learnFirst(x)
      return [stage, learnSecond(second.apply(x, pass))]
    },
    'layers first, then the stages': ({ images }, pass) => {
      const { first, second, learnFirst, learnSecond } = pair()
      const x = first.apply(images, pass)
      const y = second.apply(x, pass)
      return [learnFirst(x), learnSecond(y)]
    },
    'the last stage first': ({ images }, pass) => {
      const { first, second, learnFirst, learnSecond } = pair()
      const x = first.apply(images, pass)
      const last = learnSecond(second.apply(x, pass))
      return [learnFirst(x), last]
    },
  }
  it.each(Object.entries(orders))('goes where it is computed: %s', async (_, train) => {
    const stages = trainingStages({ train }, { images })
    expect(statistics(stages)).toEqual([OF('first'), OF('second')])
    const fn = (await newSession()).compile({ group: 'train', stages })
    expect(fn.feed('images', [1, 2, 3, 4, 5, 6, 7, 8]).run(3)).toBe(3)
  })

  it('of a layer that runs in two stages is one of each', () => {
    const stages = trainingStages(dcgan({ latent: 3, filters: [3, 2] }), { images: input('images', [2, 28, 28, 1]) })
    const counts = statistics(stages).map((names) => ['discriminator', 'generator'].map(
      (network) => names.filter((name) => String(name).startsWith(network)).length))
    // The discriminator: real and generated images, then generated ones. The generator, of two normalizations: once and once.
    expect(counts).toEqual([[4, 4], [2, 4]])
  })

  it('of nothing that a stage computes comes last, after the updates of the stage', () => {
    const [a, b] = [variable('a', [2], zeros), variable('b', [2], zeros)]
    const own = movingAverage(b, mean(images, 0), 0.5)
    const stages: Stage[] = [{ metrics: { loss: sum(images) } }, { updates: [own] }]
    const asked = [movingAverage(a, b, 0.9), movingAverage(a, constant([1, 2]), 0.9)]
    expect(placeUpdates(stages, asked)).toEqual([{ metrics: stages[0]!.metrics, updates: [] }, { updates: [own, ...asked] }])
    expect(placeUpdates([], asked)).toEqual([])
  })
})
