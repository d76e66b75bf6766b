// The picture that moves at the head of README: what a VAE draws of the same 24 codes while it trains on MNIST.
// Needs a build. `npm run picture` writes docs/training.gif; the bits are the same each time.
import { writeFileSync } from 'node:fs'
import { encode } from 'modern-gif'
import { createRuntime, imageGrid, Model, vae } from '../dist/index.js'
import { loadDataset } from '../dist/node/index.js'

/** Steps after which a frame is drawn: closer where more changes. */
const STEPS = [0, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 250, 300, 400, 500, 700, 1000, 1400, 2000]
const GREYS = 16

const data = await loadDataset('mnist')
const model = await Model.create(await createRuntime(), vae({ latent: 6 }), { seed: 1 })

function frame(delay) {
  const { width, height, pixels } = imageGrid(model.sample(24), { shape: data.shape, columns: 8, scale: 2, gap: 2 })
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const grey = Math.round((pixels[i] / 255) * (GREYS - 1)) * (255 / (GREYS - 1))
    rgba.set([grey, grey, grey, 255], i * 4)
  }
  return { width, height, data: rgba, delay }
}

const frames = [frame(600)]
const steps = STEPS.at(-1)
for await (const { step, metrics } of model.train(data, { epochs: 10, steps, every: 5 })) {
  if (!STEPS.includes(step)) continue
  frames.push(frame(step === steps ? 3000 : 250))
  console.log(`step ${step} of ${steps}: loss ${metrics.loss.toFixed(2)}`)
}
const { width, height } = frames[0]
const gif = new Uint8Array(await encode({ width, height, frames, maxColors: GREYS, looped: true }))
writeFileSync('docs/training.gif', gif)
console.log(`docs/training.gif: ${frames.length} frames of ${width}x${height}, ${gif.length} bytes`)
