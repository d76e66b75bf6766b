// Burda et al. 2015 (arXiv:1509.00519): two hidden layers of 200 tanh, a code of 50, batches of 20, digits made black and white
// anew in each step; stage i of 3^i epochs at the rate 1e-3·10^(−i/7). The paper has 8 stages, 3,280 epochs; these are the first
// three.
import { defineModel, minimize, ops, options, optimizers, schedules } from 'ganglion'
import { binaryDigits } from './data.mjs'
import { denseVae, eachOf } from './dense_vae.mjs'

const STEPS = 3000
const EPOCHS = 1 + 3 + 9

export default defineModel({
  kind: 'iwae_dense', summary: 'importance weighted autoencoder of black and white digits',
  options: {
    samples: options.option(options.count, 5, 'codes for each image, k of the paper'),
  },
}, ({ samples }) => {
  const { layers, bound, shared } = denseVae({ hidden: [200, 200], activation: 'tanh', latent: 50 })
  const learningRate = schedules.piecewise({ boundaries: [STEPS, 4 * STEPS], values: [1e-3, 7.196857e-4, 5.179475e-4] })
  const optimizer = optimizers.adam({ learningRate, epsilon: 1e-4 })
  /** Black and white, −1 and 1; what is so already stays. */
  const drawn = (images, pass) => {
    const u = ops.randomUniform(images.shape, pass.stream('binarise'))
    return ops.sub(ops.mul(ops.less(u, ops.mul(ops.add(images, 1), 0.5)), 2), 1)
  }
  return {
    ...shared,
    optimizers: [optimizer],
    train({ images }, pass) {
      const loss = ops.mean(bound(drawn(images, pass), pass, samples))
      return [minimize(optimizer, loss, layers, { metrics: { loss } })]
    },
    evaluate: ({ images }, pass) => eachOf({ loss: bound(drawn(images, pass), pass, samples) }, (t) => ops.sum(t)),
  }
})

export const recipe = {
  title: `IWAE over VAE, ${EPOCHS} epochs each, k = 5`,
  figure: 'nats of negative log-likelihood that the VAE has more, 200 codes an image',
  published: '0.93 (86.47 − 85.54)', by: 'Burda et al. 2015, table 1, 3,280 epochs',
  goal: (found) => found > 0, goalText: '> 0',
  prepare: binaryDigits,
  runs: {
    vae: () => ['--samples', '1', '--epochs', `${EPOCHS}`, '--batch-size', '20'],
    iwae: () => ['--samples', '5', '--epochs', `${EPOCHS}`, '--batch-size', '20'],
  },
  evaluate: ({ test }) => ['--data', test, '--samples', '0', '--nll', '200'],
  judge: ({ vae, iwae }) => vae.evaluated.figures.nll - iwae.evaluated.figures.nll,
}
