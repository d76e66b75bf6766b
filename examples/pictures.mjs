// Trains on a folder of your own pictures, whose sub-folders are classes, and says what was found.
//   node pictures.mjs FOLDER [EPOCHS]
import { writeFile } from 'node:fs/promises'
import { createRuntime, Model, vae } from 'ganglion'
import { loadDataset, samplesPng } from 'ganglion/node'

const [folder, epochs = '20'] = process.argv.slice(2)
if (!folder) throw new Error('give a folder of PNG, JPEG or WebP pictures')
const pictures = await loadDataset(folder, { size: 32 })
console.log(`${pictures.count} pictures of ${pictures.shape.join('x')}, classes: ${pictures.classNames?.join(', ') ?? 'none'}`)

const model = await Model.create(await createRuntime(), vae({ imageShape: pictures.shape }), { seed: 1 })
const { history } = await model.fit(pictures, { epochs: Number(epochs), batchSize: 16 })
console.log('loss of each epoch:', history.loss.map((loss) => loss.toFixed(1)).join(' '))
await writeFile('pictures-samples.png', samplesPng(model, { count: 16 }))
