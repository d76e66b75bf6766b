// Learned quality on real MNIST with the reference settings (README, "Quality"), against PyTorch's three seeds.
// `npm run quality -- [autoencoder] [vae] [gan] [--seeds 1,2,3] [--json FILE]`. Exit code 1 where a mean is worse than allowed.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { autoencoder, createRuntime, gan, type ImageDataset, Model, vae } from '../../src/entries/index.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { classify, FEATURES, inceptionScore, loadReference } from './classifier.ts'
import { frechet, gaussian } from './frechet.ts'

interface Recipe {
  readonly definition: () => ModelDefinition
  readonly epochs: number
  readonly figure: string
  /** PyTorch: mean and standard deviation of three seeds. */
  readonly reference: readonly [mean: number, deviation: number]
  readonly judge: (model: Model, test: ImageDataset) => { figure: number } & Record<string, number>
}

const loss = (model: Model, test: ImageDataset) => {
  const { loss: value, ...rest } = model.evaluate(test)
  return { figure: value!, ...rest }
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  autoencoder: {
    definition: () => autoencoder(),
    epochs: 10,
    figure: 'test mean squared error a pixel',
    reference: [0.09405, 0.0042],
    judge: loss,
  },
  vae: { definition: () => vae(), epochs: 10, figure: 'test loss a sample', reference: [69.26, 0.9], judge: loss },
  gan: {
    definition: () => gan(),
    epochs: 20,
    figure: 'Fréchet distance of 10,000 samples',
    reference: [9.496, 0.93],
    judge(model) {
      const { features, logits } = classify(model.sample(10000, { seed: 1000 + model.session.seed }))
      return { figure: frechet(gaussian(features, FEATURES), loadReference()), inceptionScore: inceptionScore(logits) }
    },
  },
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1,2,3' }, json: { type: 'string' } },
})
const names = positionals.length ? positionals : Object.keys(RECIPES)
const seeds = values.seeds.split(',').map(Number)
const runtime = await createRuntime()
const train = await loadDataset('mnist', { split: 'train' })
const test = await loadDataset('mnist', { split: 'test' })
const results = []
for (const name of names) {
  const recipe = RECIPES[name]
  if (!recipe) throw new RangeError(`quality: '${name}' has no recipe; known: ${Object.keys(RECIPES).join(', ')}`)
  const runs = []
  for (const seed of seeds) {
    const model = await Model.create(runtime, recipe.definition(), { seed })
    for await (const p of model.train(train, { epochs: recipe.epochs, batchSize: 128 })) {
      if (!p.epochDone) continue
      console.log(`${name} seed ${seed} epoch ${p.epoch}: ${JSON.stringify(p.metrics)} ${p.seconds.toFixed(1)} s`)
    }
    const run = { seed, ...recipe.judge(model, test), digest: await model.digest() }
    console.log(`${name} seed ${seed}: ${JSON.stringify(run)}`)
    runs.push(run)
  }
  const mean = runs.reduce((s, r) => s + r.figure, 0) / runs.length
  const deviation = Math.sqrt(runs.reduce((s, r) => s + (r.figure - mean) * (r.figure - mean), 0) / Math.max(runs.length - 1, 1))
  const [pytorch, sd] = recipe.reference
  const limit = pytorch + 2 * sd
  const { figure, epochs } = recipe
  const reference = { mean: pytorch, deviation: sd }
  results.push({ model: name, figure, epochs, mean, deviation, limit, pass: mean <= limit, pytorch: reference, runs })
}
console.log('\n| model | figure | seeds | mean ± sd | PyTorch | allowed | |\n|---|---|---|---|---|---|---|')
for (const r of results) {
  const each = r.runs.map((run) => run.figure.toPrecision(4)).join(', ')
  const ours = `${r.mean.toPrecision(4)} ± ${r.deviation.toPrecision(2)}`
  const theirs = `${r.pytorch.mean} ± ${r.pytorch.deviation} | ≤ ${r.limit.toPrecision(4)}`
  console.log(`| ${r.model}, ${r.epochs} epochs | ${r.figure} | ${each} | ${ours} | ${theirs} | ${r.pass ? 'met' : 'missed'} |`)
}
if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
if (results.some((r) => !r.pass)) process.exitCode = 1
