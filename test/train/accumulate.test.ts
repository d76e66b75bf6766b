// Training in micro-batches: what a step reads, its bits, the end of an epoch, several batches a step.
import { describe, expect, it } from 'vitest'
import { accumulate } from '../../src/models/accumulate.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { Pass } from '../../src/nn/layer.ts'
import { dense, flatten } from '../../src/nn/layers.ts'
import { meanSquaredError } from '../../src/nn/losses.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { batchOf } from '../../src/train/batches.ts'
import { bytesData, newModel, smallVae, SHAPE, trained } from './data.ts'

const data = bytesData(22)

/** A definition whose step lowers a loss on each of its batches in turn. */
function twice(): ModelDefinition {
  const net = sequential('net', [flatten(), dense({ units: 12 })])
  const optimizer = sgd({ learningRate: 0.1 })
  return {
    kind: 'twice', options: {}, imageShape: SHAPE, codeShape: [...SHAPE], optimizers: [optimizer], batchesPerStep: 2,
    train: (_, pass) => pass.batches.map(({ images }, i) => {
      const x = reshape(images, [images.shape[0]!, 12])
      const loss = meanSquaredError(x, net.apply(x, pass))
      return minimize(optimizer, loss, [net], { metrics: { [`loss${i}`]: loss } })
    }),
    decode: (codes) => codes,
  }
}

it('reads accumulate · batchSize samples a step, and ends an epoch with what is left', async () => {
  const model = await newModel()
  const progress = await trained(model, data, { epochs: 2, batchSize: 3, accumulate: 3 })
  // 9, 9 and 4 samples an epoch.
  expect(progress.at(-1)).toMatchObject({ step: 6, lastStep: 6, samples: 22, epochDone: true })
  expect(model.state().variables.get('adam/state')![1]).toBe(6)
})

it('is the step that `accumulate` makes of the stages, to the bit', async () => {
  const [model, other] = [await newModel(), await newModel()]
  await trained(model, data, { batchSize: 3, accumulate: 3 })
  for (const [rows, steps] of [[[3, 3, 3], 2], [[3, 1], 1]] as const) {
    const { definition, session } = other
    const parts = rows.map((size, k) => {
      const part = { first: 3 * k, rows: size }
      const batch = batchOf(data, definition, size, { first: part.first })
      return trainingStages(definition, batch, new Pass(true, part, [batch]))
    })
    session.compile({ group: 'train', stages: accumulate(parts, rows, 'sum') }).run(steps)
  }
  expect(await model.digest()).toBe(await other.digest())
})

describe('numbers', () => {
  const kinds = [['vae', () => smallVae()], ['several batches a step', twice]] as const
  it.each(kinds)('are those of one batch: %s', async (_, define) => {
    const run = async (batchSize: number, accumulate: number) => {
      const model = await newModel(define())
      const [progress] = (await trained(model, data, { batchSize, accumulate })).slice(-1)
      return { model, metrics: progress!.metrics }
    }
    const [one, parts] = [await run(8, 1), await run(2, 4)]
    for (const [name, value] of Object.entries(one.metrics)) expect(parts.metrics[name]! / value, name).toBeCloseTo(1, 5)
    for (const [name, values] of one.model.weights()) {
      const other = parts.model.weights().get(name)!.data
      values.data.forEach((x, i) => expect(other[i], name).toBeCloseTo(x, 4))
    }
  })

  it('are the same after a resume in the middle of an epoch', async () => {
    const [whole, first, second] = [await newModel(), await newModel(), await newModel()]
    await trained(whole, data, { epochs: 2, batchSize: 2, accumulate: 4 })
    for await (const { step } of first.train(data, { batchSize: 2, accumulate: 4 })) if (step === 1) break
    second.loadState(first.state())
    await trained(second, data, { epochs: 2, batchSize: 2, accumulate: 4 })
    expect(await second.digest()).toBe(await whole.digest())
  })

  it('are those of before where there is one micro-batch', async () => {
    const [plain, one] = [await newModel(), await newModel()]
    await trained(plain, data, { batchSize: 4 })
    await trained(one, data, { batchSize: 4, accumulate: 1 })
    expect(await one.digest()).toBe(await plain.digest())
  })
})

it('refuses steps that are larger than the data', async () => {
  await expect(trained(await newModel(), data, { batchSize: 8, accumulate: 3 })).rejects.toThrow(
    new RangeError('train: a step of 3 micro-batches of 8 is larger than the data (22 images); use a smaller batch size'))
  await expect(trained(await newModel(twice()), data, { batchSize: 3, accumulate: 4 })).rejects.toThrow(
    'train: a step of 2 batches of 4 micro-batches of 3 is larger than the data')
  await expect(trained(await newModel(), data, { accumulate: 0 })).rejects.toThrow(
    'train: accumulate is 0, expected a positive integer')
})
