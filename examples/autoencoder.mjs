// An autoencoder of the digits: what it makes of images, and what it makes of codes that no image has.
//   node autoencoder.mjs [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { autoencoder, createRuntime, imageGrid, Model, take } from 'ganglion'
import { encodePng, loadDataset, reconstructionsPng } from 'ganglion/node'

const [images = 20000, epochs = 5] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const model = await Model.create(await createRuntime(), autoencoder({ latent: 8 }), { seed: 1 })

for await (const { epoch, metrics, epochDone } of model.train(digits, { epochs })) {
  if (epochDone) console.log(`epoch ${epoch}: loss ${metrics.loss.toFixed(4)}`)
}
await writeFile('autoencoder-reconstructions.png', reconstructionsPng(model, digits, [0, 1, 2, 3, 4, 5, 6, 7]))

// Sixteen codes of 2 x 2 x 8 numbers from 0 to 4, picked without looking at any image.
const codes = Float32Array.from({ length: 16 * 32 }, (_, i) => ((i * 37) % 101) / 25)
const grid = imageGrid(model.decode(codes), { shape: [28, 28, 1], columns: 8, scale: 3, gap: 2 })
await writeFile('autoencoder-picked-codes.png', encodePng(grid))
