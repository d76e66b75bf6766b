// What exported modules with fewer bits lose: sizes, and the Fréchet distance of what they draw to MNIST's test images.
import { createRuntime, Model } from '../src/entries/index.ts'
import { exportModel } from '../src/export/index.ts'
import { LoadedModel } from '../src/export/wasm/loaded.ts'
import { defineFor, type ModelName } from '../src/models/kinds.ts'
import { loadDataset } from '../src/node/datasets.ts'
import { classify, FEATURES, loadReference } from '../test/quality/classifier.ts'
import { frechetDistance, gaussian } from '../src/metrics/frechet.ts'
import { command } from './command.ts'
import { table } from './output.ts'

const PRECISIONS = [['float32', {}], ['float16', { float16: true }], ['int8', { quantize: 'int8' }]] as const
const SAMPLES = 10_000

export const exported = command({
  summary: 'exported modules of models trained on MNIST: sizes and Fréchet distances, by how they hold weights',
  takes: '[MODEL …]',
  options: { epochs: 10, seed: 1 },
  async run({ epochs, seed }, given) {
    const names = (given.length ? given : ['vae', 'autoencoder', 'gan']) as ModelName[]
    const runtime = await createRuntime()
    const train = await loadDataset('mnist', { split: 'train' })
    const results = []
    for (const name of names) {
      const model = await Model.create(runtime, defineFor([28, 28, 1], name), { seed })
      await model.fit(train, { epochs, batchSize: 128 })
      for (const [weights, options] of PRECISIONS) {
        const [module] = (await exportModel(model, 'wasm', options)).values() as Iterable<Uint8Array<ArrayBuffer>>
        const { instance } = await WebAssembly.instantiate(module!)
        const { features } = classify(new LoadedModel(instance).generate(1000 + seed, SAMPLES))
        const distance = frechetDistance(gaussian({ values: features, width: FEATURES }), loadReference())
        results.push({ model: name, epochs, weights, bytes: module!.length, distance })
        console.log(JSON.stringify(results.at(-1)))
      }
    }
    console.log(table(['model', 'weights', 'bytes', 'Fréchet distance'], results.map(({ model, weights, bytes, distance }) => (
      [`${model}, ${epochs} epochs`, weights, String(bytes), distance.toFixed(3)]
    ))))
    return { results }
  },
})
