// The variational autoencoder (Kingma & Welling 2013, arXiv:1312.6114): dense, Gaussian code, tanh output.
import { add, mul } from '../ops/arithmetic.ts'
import { exp, sqrt } from '../ops/unary.ts'
import { randomNormal } from '../ops/random.ts'
import { reshape } from '../ops/reshape.ts'
import { broadcastTo } from '../ops/reduce.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import type { Pass } from '../nn/layer.ts'
import { dense } from '../nn/layers.ts'
import { gaussianKL, sumSquaredError } from '../nn/losses.ts'
import { checkOptions, count, imageShape as imageRule, notNegative, oneOf } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { sequential } from '../nn/sequential.ts'
import type { Batch, ModelDefinition } from './definition.ts'
import { clipping, minimize } from './minimize.ts'

export interface VaeOptions {
  /** Size of the code. Default 20. */
  latent?: number
  /** Units of the hidden layers. Default 400. */
  hidden?: number
  /** Adam's learning rate, on the loss summed over the batch. Default 1e-3. */
  learningRate?: number
  /** One ε for each sample, or one for the whole batch, as in the original source. Default 'sample'. */
  noise?: 'sample' | 'batch'
  /** Bound of the norm of all a step's gradients together, which are scaled down to it; 0, the default, for none. */
  clipNorm?: number
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape?: readonly [number, number, number]
}

const OPTIONS = {
  latent: count, hidden: count, learningRate: notNegative, noise: oneOf('sample', 'batch'), clipNorm: notNegative,
  imageShape: imageRule,
}

/**
 * 784 → hidden relu → mean, logvar → z = mean + std·ε → hidden relu → 784 tanh; loss: squared error + KL, summed.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function vae(options: VaeOptions = {}): ModelDefinition<'loss' | 'reconstruction' | 'kl'> {
  checkOptions('vae', options, OPTIONS)
  const { latent = 20, hidden = 400, learningRate = 1e-3, noise = 'sample', clipNorm = 0, imageShape = [28, 28, 1] } = options
  const pixels = sizeOf(imageShape)
  const encoder = sequential('encoder', [dense({ units: hidden, activation: 'relu' })])
  const mean = dense({ units: latent, name: 'mean' })
  const logvar = dense({ units: latent, name: 'logvar' })
  const decoder = sequential('decoder', [
    dense({ units: hidden, activation: 'relu' }), dense({ units: pixels, activation: 'tanh' }),
  ])
  const optimizer = adam({ learningRate })

  function losses({ images }: Batch, pass: Pass) {
    const x = reshape(images, [images.shape[0]!, pixels])
    const h = encoder.apply(x, pass)
    const mu = mean.apply(h, pass)
    const std = sqrt(exp(logvar.apply(h, pass)))
    const shape = noise === 'batch' ? [1, latent] : mu.shape
    const epsilon = broadcastTo(randomNormal(shape, pass.stream('epsilon')), mu.shape)
    const z = add(mu, mul(std, epsilon))
    const reconstruction = sumSquaredError(x, decoder.apply(z, pass))
    const kl = gaussianKL(mu, std)
    return { loss: add(reconstruction, kl), reconstruction, kl }
  }

  return {
    kind: 'vae',
    options: { latent, hidden, learningRate, noise, imageShape, ...(clipNorm ? { clipNorm } : {}) },
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
    encode: (images, pass) => mean.apply(encoder.apply(reshape(images, [images.shape[0]!, pixels]), pass), pass),
    decode: (codes, pass) => reshape(decoder.apply(codes, pass), [codes.shape[0]!, ...imageShape]),
  }
}
