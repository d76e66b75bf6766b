// A variational autoencoder of the digits: reconstructions, new images, and a walk between codes.
//   node vae.mjs [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, Model, take, vae } from 'ganglion'
import { interpolationsPng, loadDataset, reconstructionsPng, samplesPng } from 'ganglion/node'

const [images = 60000, epochs = 10] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const model = await Model.create(await createRuntime(), vae({ latent: 10 }), { seed: 1 })

for await (const { epoch, metrics, epochDone } of model.train(digits, { epochs })) {
  const { loss, reconstruction, kl } = metrics
  if (epochDone) console.log(`epoch ${epoch}: loss ${loss.toFixed(2)} = ${reconstruction.toFixed(2)} + ${kl.toFixed(2)}`)
}
await writeFile('vae-reconstructions.png', reconstructionsPng(model, digits, [0, 1, 2, 3, 4, 5, 6, 7]))
await writeFile('vae-samples.png', samplesPng(model, { count: 16, columns: 8 }))
await writeFile('vae-walk.png', interpolationsPng(model, { rows: 2, steps: 8 }))
