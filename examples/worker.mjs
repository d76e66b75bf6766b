// Trains in a worker, and draws while it trains. The same program runs in a page.
//   node worker.mjs [EPOCHS]
import { createTrainer, imageDataset } from 'ganglion/worker'

const [epochs = 3] = process.argv.slice(2).map(Number)
// Rings of 64 sizes: yours go here.
const images = Uint8Array.from({ length: 64 * 784 }, (_, i) => {
  const [image, y, x] = [Math.floor(i / 784), Math.floor((i % 784) / 28) - 13.5, (i % 28) - 13.5]
  return Math.abs(Math.sqrt(x * x + y * y) - 3 - image / 8) < 1.5 ? 255 : 0
})
const data = imageDataset({ images, shape: [28, 28, 1] })
const trainer = await createTrainer({ model: { kind: 'vae', options: { latent: 2 } }, seed: 1 })

for await (const { epoch, metrics, epochDone } of trainer.train(data, { epochs, batchSize: 16 })) {
  if (!epochDone) continue
  const pictures = await trainer.sample(4)
  console.log(`epoch ${epoch}: loss ${metrics.loss.toFixed(2)}, ${pictures.length / 784} pictures`)
}
console.log(await trainer.digest())
await trainer.close()
