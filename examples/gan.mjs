// A generative adversarial network of the digits: its two losses, and what its generator draws.
//   node gan.mjs [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, gan, Model, take } from 'ganglion'
import { loadDataset, samplesPng } from 'ganglion/node'

const [images = 20000, epochs = 10] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const model = await Model.create(await createRuntime({ threads: 'auto' }), gan(), { seed: 1 })

for await (const { epoch, metrics, epochDone } of model.train(digits, { epochs })) {
  const { discriminator, generator } = metrics
  if (epochDone) console.log(`epoch ${epoch}: discriminator ${discriminator.toFixed(3)}, generator ${generator.toFixed(3)}`)
}
await writeFile('gan-samples.png', samplesPng(model, { count: 16, columns: 8 }))
process.exit() // the threads end
