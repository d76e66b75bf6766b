// The variational autoencoder (Kingma & Welling 2013, arXiv:1312.6114): dense, Gaussian code, tanh output.
import { add, mul, sub } from '../ops/arithmetic.ts'
import { exp, log, sqrt, square } from '../ops/unary.ts'
import { randomNormal } from '../ops/random.ts'
import { reshape } from '../ops/reshape.ts'
import { broadcastTo, sum } from '../ops/reduce.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import type { Pass } from '../nn/layer.ts'
import { dense } from '../nn/layers.ts'
import { gaussianKL, sumSquaredError } from '../nn/losses.ts'
import { count, imageShape as imageRule, notNegative, oneOf, option } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import type { Batch } from './definition.ts'
import { defineModel, type Graphs, type OptionsOf } from './kind.ts'
import { bounded } from './log_variance.ts'
import { clipping, minimize } from './minimize.ts'

/**
 * Inputs of the first layer that the rate is for. Adam moves each weight by about its rate, whatever the gradient is, so a sum
 * over n inputs that are alike moves n times as far. Of more inputs the layer has INPUTS / n of the rate (Yang et al. 2022,
 * arXiv:2203.03466, table 8).
 */
const INPUTS = 784

/** ln π */
const LOG_PI = 1.1447298858494002

/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
const OPTIONS = {
  /** Size of the code. Default 20. */
  latent: option(count, 20, 'size of the code'),
  /** Units of the hidden layers. Default 400. */
  hidden: option(count, 400, 'units of the hidden layers'),
  /** Adam's learning rate, or a schedule. Default 1e-3. */
  learningRate: option(rate, 1e-3, "Adam's learning rate, or a schedule"),
  /** 'sample': noise for each image; 'batch': one for all of a batch. Default 'sample'. */
  noise: option(oneOf('sample', 'batch'), 'sample', 'sample: noise for each image; batch: one for all of a batch'),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}

/**
 * 784 → hidden relu → mean, logvar → z = mean + std·ε → hidden relu → 784 tanh; loss: squared error + KL, summed over
 * the batch: that is what the learning rate is for.
 * @example
 * const model = await Model.create(runtime, vae({ latent: 2, hidden: 256 }), { seed: 1 })
 */
export const vae = defineModel({
  kind: 'vae',
  summary: 'dense variational autoencoder, the quickest',
  paper: 'Kingma & Welling 2013, arXiv:1312.6114',
  options: OPTIONS,
  batchSize: 64,
  verify: { options: { hidden: 90, latent: 7 }, batchSize: 12 },
  bench: { batchSize: 128, quick: true },
}, ({ latent, hidden, learningRate, noise, clipNorm, imageShape }): Graphs<'loss' | 'reconstruction' | 'kl'> => {
  const pixels = sizeOf(imageShape)
  const learningRateMultiplier = Math.min(1, INPUTS / pixels)
  const encoder = sequential('encoder', [dense({ units: hidden, activation: 'relu', learningRateMultiplier })])
  const mean = dense({ units: latent, name: 'mean' })
  const logvar = dense({ units: latent, name: 'logvar' })
  const decoder = sequential('decoder', [
    dense({ units: hidden, activation: 'relu' }), dense({ units: pixels, activation: 'tanh' }),
  ])
  const optimizer = adam({ learningRate })

  /** x, and its code drawn from q(z | x) = N(mu, std²) by `epsilon`. */
  function drawn({ images }: Batch, pass: Pass, draw = noise) {
    const x = reshape(images, [images.shape[0]!, pixels])
    const h = encoder.apply(x, pass)
    const mu = mean.apply(h, pass)
    const std = sqrt(exp(bounded(logvar.apply(h, pass))))
    const shape = draw === 'batch' ? [1, latent] : mu.shape
    const epsilon = broadcastTo(randomNormal(shape, pass.stream('epsilon')), mu.shape)
    return { x, mu, std, epsilon, z: add(mu, mul(std, epsilon)) }
  }

  function losses(batch: Batch, pass: Pass) {
    const { x, mu, std, z } = drawn(batch, pass)
    const reconstruction = sumSquaredError(x, decoder.apply(z, pass))
    const kl = gaussianKL(mu, std)
    return { loss: add(reconstruction, kl), reconstruction, kl }
  }

  return {
    imageShape,
    codeShape: [latent],
    reduction: 'sum',
    optimizers: [optimizer],
    train(batch, pass) {
      const { loss, reconstruction, kl } = losses(batch, pass)
      const perSample = (t: Tensor) => mul(t, 1 / batch.images.shape[0]!)
      const metrics = { loss: perSample(loss), reconstruction: perSample(reconstruction), kl: perSample(kl) }
      return [minimize(optimizer, loss, [encoder, mean, logvar, decoder], { metrics, ...clipping(clipNorm) })]
    },
    evaluate: losses,
    // The squared error is that of a Gaussian of variance ½ around each pixel. The (2π)^½ of p(z) and q(z | x) are the same.
    importanceWeights(batch, pass) {
      const { x, std, epsilon, z } = drawn(batch, pass, 'sample')
      const squares = (t: Tensor) => sum(square(t), 1)
      const prior = mul(sub(squares(epsilon), squares(z)), 0.5)
      return sub(add(prior, sum(log(std), 1)), add(squares(sub(x, decoder.apply(z, pass))), (pixels / 2) * LOG_PI))
    },
    encode: (images, pass) => mean.apply(encoder.apply(reshape(images, [images.shape[0]!, pixels]), pass), pass),
    decode: (codes, pass) => reshape(decoder.apply(codes, pass), [codes.shape[0]!, ...imageShape]),
  }
})

export type VaeOptions = OptionsOf<typeof vae>
