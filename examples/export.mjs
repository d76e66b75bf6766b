// What was trained leaves as ONNX, for other tools: its generator, which takes noise and gives images.
//   node export.mjs [IMAGES] [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, Model, take, vae } from 'ganglion'
import { exportModel } from 'ganglion/export'
import { loadDataset } from 'ganglion/node'

const [images = 20000, epochs = 5] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const model = await Model.create(await createRuntime(), vae(), { seed: 1 })
await model.fit(digits, { epochs })

for (const [name, bytes] of await exportModel(model, 'onnx')) {
  await writeFile(name, bytes)
  console.log(`${name}: ${bytes.length} bytes`)
}
