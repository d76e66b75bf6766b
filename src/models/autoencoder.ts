// The convolutional autoencoder. Its code's running mean and covariance are kept with the weights, so that the decoder
// alone can generate images afterwards, from codes drawn like those of the training images.
import { variable, type Variable } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { movingAverage } from '../ops/assign.ts'
import { relu } from '../ops/activation.ts'
import { cholesky } from '../ops/cholesky.ts'
import { matmul } from '../ops/matmul.ts'
import { mean, sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { square } from '../ops/unary.ts'
import { zeros } from '../nn/initializers.ts'
import { activation, conv2d, conv2dTranspose, maxPooling2d, resizing } from '../nn/layers.ts'
import { meanSquaredError } from '../nn/losses.ts'
import { adam } from '../nn/optimizers.ts'
import { sequential } from '../nn/sequential.ts'
import { type ModelDefinition, minimize } from './definition.ts'

export interface AutoencoderOptions {
  /** Channels of the 2 × 2 code. Default 8. */
  latent?: number
  /** Channels of the encoder's first layer and of the decoder's first two. Default [16, 16, 8]. */
  filters?: readonly [number, number, number]
  /** Adam's learning rate. Default 1e-3. */
  learningRate?: number
}

/** Share of the old value that the code's running statistics keep at each step. */
const MOMENTUM = 0.98

/** (28, 28, 1) → conv, pool, conv, pool → code (2, 2, latent) → three transposed convs → resize → tanh; loss: MSE. */
export function autoencoder({ latent = 8, filters = [16, 16, 8], learningRate = 1e-3 }: AutoencoderOptions = {}): ModelDefinition {
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

  /** The codes' running mean and uncentred second moment. */
  function watch(codes: Tensor): Tensor[] {
    const flat = reshape(codes, [-1, size])
    const second = mul(matmul(flat, flat, { transposeA: true }), 1 / codes.shape[0]!)
    return [movingAverage(codeMean, mean(flat, 0), MOMENTUM), movingAverage(codeSquare, second, MOMENTUM)]
  }

  return {
    kind: 'autoencoder',
    options: { latent, filters, learningRate },
    imageShape: [28, 28, 1],
    codeShape: [2, 2, latent],
    dropRemainder: false,
    optimizers: [optimizer],
    train(images, pass) {
      const codes = encoder.apply(images, pass)
      const loss = meanSquaredError(images, decoder.apply(codes, pass))
      const stage = minimize(optimizer, loss, [encoder, decoder], pass, { loss })
      return [{ ...stage, updates: [...stage.updates!, ...watch(codes)] }]
    },
    evaluate(images, pass) {
      const squared = square(sub(images, decoder.apply(encoder.apply(images, pass), pass)))
      return { loss: sum(squared, undefined, { scale: images.shape[0]! / images.size }) }
    },
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => decoder.apply(codes, pass),
    sampleCodes(normal) {
      const factor = cholesky(sub(codeSquare, outer(codeMean)), 1e-6)
      const flat = matmul(reshape(normal, [-1, size]), factor, { transposeB: true })
      return relu(reshape(add(flat, codeMean), normal.shape))
    },
  }
}

/** v·vᵀ */
const outer = (v: Variable): Tensor => mul(reshape(v, [v.size, 1]), reshape(v, [1, v.size]))
