// Trains one of the models in ./models, and draws with it.
//   node own_model.mjs conditional_vae|wgan_gp|vq_vae|denoising|own_op [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, Model, take } from 'ganglion'
import { loadDataset, reconstructionsPng, samplesPng } from 'ganglion/node'

const [name = 'vq_vae', ...numbers] = process.argv.slice(2)
const [images = 20000, epochs = 5] = numbers.map(Number)
const { default: define } = await import(`./models/${name}.mjs`)
const digits = take(await loadDataset('mnist'), images)
const model = await Model.create(await createRuntime(), define(), { seed: 1 })

for await (const { epoch, metrics, epochDone } of model.train(digits, { epochs })) {
  if (epochDone) console.log(`epoch ${epoch}:`, JSON.stringify(metrics))
}
await writeFile(`${name}-samples.png`, samplesPng(model, { count: 20, columns: 10 }))
// What a conditional model reconstructs it must be told the class of, too.
if (model.definition.encode && !model.definition.classes) {
  await writeFile(`${name}-reconstructions.png`, reconstructionsPng(model, digits, [0, 1, 2, 3, 4, 5, 6, 7]))
}
