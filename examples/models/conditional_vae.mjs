// A conditional VAE (Sohn et al. 2015): encoder and decoder are told the class, so the code need not hold it.
//   ganglion train --model ./conditional_vae.mjs
import { defineModel, layers, losses, minimize, ops, optimizers, options } from 'ganglion'

const { dense, sequential } = layers
const { add, concat, exp, mul, oneHot, randomNormal, reshape } = ops

export default defineModel({
  kind: 'conditional_vae',
  summary: 'conditional variational autoencoder, dense',
  options: {
    latent: options.option(options.count, 4, 'size of the code'),
    classes: options.option(options.count, 10, 'classes of the images'),
  },
}, ({ latent, classes }) => {
  const encoder = sequential('encoder', [dense({ units: 400, activation: 'relu' })])
  const mean = dense({ units: latent, name: 'mean' })
  const logStd = dense({ units: latent, name: 'log_std' })
  const decoder = sequential('decoder', [
    dense({ units: 400, activation: 'relu' }), dense({ units: 784, activation: 'tanh' }),
  ])
  const optimizer = optimizers.adam({ learningRate: 1e-3 })
  const withClass = (x, labels) => concat([x, oneHot(labels, classes)], 1)
  const flat = (images) => reshape(images, [images.shape[0], 784])

  function lossesOf({ images, labels }, pass) {
    const h = encoder.apply(withClass(flat(images), labels), pass)
    const mu = mean.apply(h, pass)
    const std = exp(logStd.apply(h, pass))
    const z = add(mu, mul(std, randomNormal(mu.shape, pass.stream('epsilon'))))
    const reconstruction = losses.sumSquaredError(flat(images), decoder.apply(withClass(z, labels), pass))
    const kl = losses.gaussianKL(mu, std)
    return { loss: add(reconstruction, kl), reconstruction, kl }
  }

  return {
    imageShape: [28, 28, 1],
    codeShape: [latent],
    classes,
    reduction: 'sum',
    optimizers: [optimizer],
    train(batch, pass) {
      const { loss, reconstruction, kl } = lossesOf(batch, pass)
      const each = (x) => mul(x, 1 / batch.images.shape[0])
      const metrics = { loss: each(loss), reconstruction: each(reconstruction), kl: each(kl) }
      return [minimize(optimizer, loss, [encoder, mean, logStd, decoder], { metrics })]
    },
    evaluate: lossesOf,
    encode: (images, pass, labels) => mean.apply(encoder.apply(withClass(flat(images), labels), pass), pass),
    decode: (codes, pass, labels) => reshape(decoder.apply(withClass(codes, labels), pass), [codes.shape[0], 28, 28, 1]),
  }
})
