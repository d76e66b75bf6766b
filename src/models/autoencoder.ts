// The convolutional autoencoder. Its code's running mean and covariance are kept with the weights, so that the decoder
// alone can generate images afterwards, from codes drawn like those of the training images.
import { constant, variable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { movingAverage } from '../ops/assign.ts'
import { relu } from '../ops/activation.ts'
import { maximum } from '../ops/compare.ts'
import { cholesky } from '../ops/cholesky.ts'
import { matmul } from '../ops/matmul.ts'
import { mean, sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { square } from '../ops/unary.ts'
import { zeros } from '../nn/initializers.ts'
import { activation, conv2d, conv2dTranspose, maxPooling2d, resizing } from '../nn/layers.ts'
import { meanSquaredError } from '../nn/losses.ts'
import { count, counts, isNumbers, notNegative, option, rule } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { defineModel, type Graphs, type OptionsOf } from './kind.ts'
import { clipping, minimize } from './minimize.ts'

/** Fraction of the old value that the code's running statistics keep at each step. */
const MOMENTUM = 0.98
/** Less than any weight after a step: keeps 0 / 0 from an untrained model's samples. */
const LEAST_WEIGHT = (1 - MOMENTUM) / 2

/** The one shape of its images: layers of these strides give others back in other sizes. */
const IMAGE = [28, 28, 1] as const
const isImage = (x: readonly number[]): boolean => x.join() === IMAGE.join()

/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
const OPTIONS = {
  /** Channels of the 2 x 2 code. Default 8. */
  latent: option(count, 8, 'channels of the 2 x 2 code'),
  /** Channels of the encoder's first layer and of the decoder's first two. Default [16, 16, 8]. */
  filters: option(counts(3, "of the encoder's first layer and the decoder's first two"), [16, 16, 8],
    "channels of the encoder's first layer and of the decoder's first two"),
  /** Adam's learning rate, or a schedule. Default 1e-3. */
  learningRate: option(rate, 1e-3, "Adam's learning rate, or a schedule"),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [28, 28, 1], which is all that it takes. */
  imageShape: option(rule('[28, 28, 1], which is all that it takes', isNumbers, isImage), IMAGE, '[28, 28, 1]'),
}

/** (28, 28, 1) → conv, pool, conv, pool → code (2, 2, latent) → three transposed convs → resize → tanh; loss: MSE. */
export const autoencoder = defineModel({
  kind: 'autoencoder',
  summary: 'convolutional autoencoder of 28x28x1, which samples codes like those it has seen',
  options: OPTIONS,
  images: '28x28x1',
  verify: { options: {}, batchSize: 20 },
  bench: { batchSize: 128, quick: true },
}, ({ latent, filters, learningRate, clipNorm }): Graphs<'loss'> => {
  const encoder = sequential('encoder', [
    conv2d({ filters: filters[0], kernelSize: 3, strides: 3, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
    conv2d({ filters: latent, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
  ])
  const decoder = sequential('decoder', [
    conv2dTranspose({ filters: filters[1], kernelSize: 3, strides: 2, padding: 'valid', activation: 'relu' }),
    conv2dTranspose({ filters: filters[2], kernelSize: 5, strides: 3, padding: 'same', activation: 'relu' }),
    conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' }),
    resizing({ height: 28, width: 28 }),
    activation('tanh'),
  ])
  const optimizer = adam({ learningRate })
  const size = 4 * latent
  const codeMean = variable('codes/mean', [size], zeros(), 'statistic')
  const codeSquare = variable('codes/square', [size, size], zeros(), 'statistic')
  const codeWeight = variable('codes/weight', [1], zeros(), 'statistic')

  /** The codes' running mean and uncentred second moment; all start at 0, and the weight is what 1 would be by now. */
  function watch(codes: Tensor): Tensor[] {
    const flat = reshape(codes, [-1, size])
    const second = mul(matmul(flat, flat, { transposeA: true }), 1 / codes.shape[0]!)
    const seen = [[codeMean, mean(flat, 0)], [codeSquare, second], [codeWeight, constant(1, [1])]] as const
    return seen.map(([running, value]) => movingAverage(running, value, MOMENTUM))
  }

  return {
    imageShape: IMAGE,
    codeShape: [2, 2, latent],
    optimizers: [optimizer],
    train({ images }, pass) {
      const codes = encoder.apply(images, pass)
      const loss = meanSquaredError(images, decoder.apply(codes, pass))
      const stage = minimize(optimizer, loss, [encoder, decoder], { metrics: { loss }, ...clipping(clipNorm) })
      return [{ ...stage, updates: [...stage.updates!, ...watch(codes)] }]
    },
    evaluate({ images }, pass) {
      const squared = square(sub(images, decoder.apply(encoder.apply(images, pass), pass)))
      return { loss: sum(squared, undefined, { scale: images.shape[0]! / images.size }) }
    },
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => decoder.apply(codes, pass),
    sampleCodes(normal) {
      const weight = maximum(codeWeight, LEAST_WEIGHT)
      const average = div(codeMean, weight)
      const factor = cholesky(sub(div(codeSquare, weight), outer(average)), 1e-6)
      const flat = matmul(reshape(normal, [-1, size]), factor, { transposeB: true })
      return relu(reshape(add(flat, average), normal.shape))
    },
  }
})

export type AutoencoderOptions = OptionsOf<typeof autoencoder>

/** v·vᵀ */
const outer = (v: Tensor): Tensor => mul(reshape(v, [v.size, 1]), reshape(v, [1, v.size]))
