// Draws the class that is asked for: sevens, then one of each digit with the same code.
//   node conditional.mjs [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, imageGrid, Model, take } from 'ganglion'
import { encodePng, loadDataset } from 'ganglion/node'
import conditionalVae from './models/conditional_vae.mjs'

const [images = 60000, epochs = 6] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images) // it has labels, 0 to 9
const model = await Model.create(await createRuntime(), conditionalVae(), { seed: 1 })
await model.fit(digits, { epochs })

const sevens = model.sample(10, { label: 7 })
const code = model.drawCodes(1, { label: 0 })
const codes = Float32Array.from({ length: 10 * code.length }, (_, i) => code[i % code.length])
const oneOfEach = model.decode(codes, { labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
const grid = imageGrid(Float32Array.of(...sevens, ...oneOfEach), {
  shape: [28, 28, 1], columns: 10, scale: 3, gap: 2,
})
await writeFile('conditional-samples.png', encodePng(grid))
console.log('wrote conditional-samples.png')
