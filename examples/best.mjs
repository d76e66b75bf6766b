// How well a model does on images that it does not train on: training ends when that gets no better; the best weights are kept.
//   node best.mjs [IMAGES] [EPOCHS]
import { createRuntime, Model, take, vae } from 'ganglion'
import { loadDataset } from 'ganglion/node'

const [images = 20000, epochs = 10] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const validation = take(await loadDataset('mnist', { split: 'test' }), 1000)
const model = await Model.create(await createRuntime(), vae(), { seed: 1 })
const { history, bestEpoch } = await model.fit(digits, {
  epochs, validation, keepBest: true, earlyStopping: { patience: 3 },
})
console.log('validation loss:', history.val_loss.map((loss) => loss.toFixed(2)).join(' '))
console.log(`best: epoch ${bestEpoch}; loss ${model.evaluate(validation).loss.toFixed(2)}`)
