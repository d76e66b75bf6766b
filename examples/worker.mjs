// Trains in a worker, and draws while it trains. The same program runs in a page.
//   node worker.mjs
import { createTrainer, imageDataset } from 'ganglion/worker'

const trainer = await createTrainer({ model: { kind: 'vae', options: { latent: 20 } }, seed: 1 })
const images = Uint8Array.from({ length: 512 * 784 }, (_, i) => (i * i) % 251) // yours go here
const data = imageDataset({ images, shape: [28, 28, 1] })

for await (const { epoch, metrics, epochDone } of trainer.train(data, { epochs: 3, batchSize: 64 })) {
  if (!epochDone) continue
  const pictures = await trainer.sample(16) // between two chunks of training
  console.log(epoch, metrics.loss, pictures.length)
}
console.log(await trainer.digest()) // what Model gives on the page's own thread
await trainer.close()
