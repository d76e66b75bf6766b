// A denoising autoencoder (Vincent et al. 2008): noise is put on the images, and the model has to give them back without it.
//   ganglion train --model ./denoising.mjs
import { defineModel, layers, losses, minimize, optimizers, options } from 'ganglion'

const { conv2d, conv2dTranspose, gaussianNoise, sequential } = layers

export default defineModel({
  kind: 'denoising',
  summary: 'autoencoder that takes noise away',
  options: { noise: options.option(options.notNegative, 0.5, 'standard deviation of the noise') },
}, ({ noise }) => {
  const half = { kernelSize: 3, strides: 2, padding: 'same' }
  const noisy = gaussianNoise({ stddev: noise }) // in training only
  const encoder = sequential('encoder', [
    conv2d({ filters: 16, activation: 'relu', ...half }), conv2d({ filters: 8, activation: 'relu', ...half }),
  ])
  const decoder = sequential('decoder', [
    conv2dTranspose({ filters: 16, activation: 'relu', ...half }),
    conv2dTranspose({ filters: 1, activation: 'tanh', ...half }),
  ])
  const optimizer = optimizers.adam({ learningRate: 1e-3 })

  return {
    imageShape: [28, 28, 1],
    codeShape: [7, 7, 8],
    optimizers: [optimizer],
    train({ images }, pass) {
      const cleaned = decoder.apply(encoder.apply(noisy.apply(images, pass), pass), pass)
      return [minimize(optimizer, losses.meanSquaredError(images, cleaned), [encoder, decoder])]
    },
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => decoder.apply(codes, pass),
  }
})
