// Ten steps of each model on real MNIST: the very numbers and digests of test/golden/curves.json, on every machine.
// After a change of a kernel's order of sums: `npm run golden`, and look at the difference.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { models } from '../../src/models/kinds.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { Pass } from '../../src/nn/layer.ts'
import { batchesOf } from '../../src/train/batches.ts'
import { newModel, trainSteps } from './data.ts'

interface Curve {
  readonly batchSize: number
  readonly digests: { readonly step0: string; readonly step10: string }
  readonly losses: Readonly<Record<string, readonly number[]>>
}
const curvesFile = readFileSync(new URL('../golden/curves.json', import.meta.url)).toString()
const { curves } = JSON.parse(curvesFile) as { curves: Record<string, Curve> }
const data = await loadDataset('mnist')

it('has all models', () => {
  expect(Object.keys(curves).sort()).toEqual(Object.keys(models).sort())
})

it.each(Object.entries(models))('%s', async (kind, define) => {
  const { batchSize, digests, losses } = curves[kind]!
  const definition = define()
  const model = await newModel(definition)
  expect(await model.digest(), 'before the first step').toBe(digests.step0)
  const step = model.compiled('golden', data, () => {
    const batches = batchesOf(data, definition, batchSize, {}, { first: 0, rows: batchSize })
    return { group: 'train', stages: trainingStages(definition, batches[0]!, new Pass(true, undefined, batches)) }
  })
  const ours: Record<string, number[]> = {}
  for (let i = 0; i < 10; i++) {
    step.clearMetrics()
    step.run(1)
    for (const [name, { sum }] of Object.entries(step.metrics())) (ours[name] ??= []).push(sum)
  }
  expect(ours).toEqual(losses)
  expect(await model.digest(), 'after ten steps').toBe(digests.step10)

  const trained = await newModel(define())
  await trainSteps(trained, data, batchSize, 10)
  expect(await trained.digest(), 'by the training loop').toBe(digests.step10)
})
