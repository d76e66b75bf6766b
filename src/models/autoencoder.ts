// The convolutional autoencoder, which samples codes like those that it has seen (code_statistics.ts). At 28 × 28 × 1 its layers
// are those of the first recipe; at other sizes the image is halved, and the decoder doubles.
import { relu } from '../ops/activation.ts'
import { abs, square } from '../ops/unary.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { mean, sum } from '../ops/reduce.ts'
import type { Layer } from '../nn/layer.ts'
import { gaussianNoise } from '../nn/image_layers.ts'
import { activation, conv2d, conv2dTranspose, maxPooling2d, resizing } from '../nn/layers.ts'
import { meanSquaredError } from '../nn/losses.ts'
import { count, counts, imageShape as imageRule, notNegative, option } from '../options.ts'
import { adam } from '../nn/optimizers.ts'
import { rate } from '../nn/rate.ts'
import { sequential } from '../nn/sequential.ts'
import { codeStatistics } from './code_statistics.ts'
import { halvingLayers, halvings, transposedLayers } from './conv_networks.ts'
import { defineModel, type Graphs, type OptionsOf } from './kind.ts'
import { clipping, minimize } from './minimize.ts'

const FIRST = '28,28,1'

/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
const OPTIONS = {
  /** Channels of the code, 2 x 2 at 28x28x1, else the image halved until its smaller side is 4 to 7. Default 8. */
  latent: option(count, 8, 'channels of the code: 2 x 2 at 28x28x1, else the image halved down to 4 to 7'),
  /** Channels of the encoder's first layer and of the decoder's first two. Default [16, 16, 8]. */
  filters: option(counts(3, "of the encoder's first layer and the decoder's first two"), [16, 16, 8],
    "channels of the encoder's first layer and of the decoder's first two"),
  /** Adam's learning rate, or a schedule. Default 1e-3. */
  learningRate: option(rate, 1e-3, "Adam's learning rate, or a schedule"),
  /** Deviation of noise that is added to images in training, to be taken away. Default 0. */
  denoising: option(notNegative, 0, 'deviation of noise that is added to images in training, to be taken away'),
  /** Weight of the mean size of the code, which makes most of it 0. Default 0. */
  sparse: option(notNegative, 0, 'weight of the mean size of the code, which makes most of it 0'),
  /** Scales the gradients of each network down to this norm together; 0 for none. Default 0. */
  clipNorm: option(notNegative, 0, 'scales the gradients of each network down to this norm together; 0 for none'),
  /** [height, width, channels]. Default [28, 28, 1]. */
  imageShape: option(imageRule, [28, 28, 1], '[height, width, channels]'),
}

interface Networks {
  readonly encoder: Layer
  readonly decoder: Layer
  readonly codeShape: readonly [height: number, width: number, channels: number]
}
type Widths = { readonly latent: number; readonly filters: readonly [number, number, number] }

/** (28, 28, 1) → conv, pool, conv, pool → code (2, 2, latent) → three transposed convs → resize → tanh */
const first = ({ latent, filters }: Widths): Networks => ({
  encoder: sequential('encoder', [
    conv2d({ filters: filters[0], kernelSize: 3, strides: 3, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
    conv2d({ filters: latent, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
  ]),
  decoder: sequential('decoder', [
    conv2dTranspose({ filters: filters[1], kernelSize: 3, strides: 2, padding: 'valid', activation: 'relu' }),
    conv2dTranspose({ filters: filters[2], kernelSize: 5, strides: 3, padding: 'same', activation: 'relu' }),
    conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' }),
    resizing({ height: 28, width: 28 }),
    activation('tanh'),
  ]),
  codeShape: [2, 2, latent],
})

/** The image halved by convolutions, the channels doubling from filters[0] on; back by transposed ones; tanh. */
function halved({ latent, filters }: Widths, imageShape: readonly [number, number, number]): Networks {
  const sizes = halvings(imageShape)
  const depth = sizes.length - 1
  const wide = (base: number) => Array.from({ length: depth - 1 }, (_, i) => base * Math.min(8, 1 << i))
  const [h, w] = sizes[depth]!
  return {
    encoder: sequential('encoder', halvingLayers([...wide(filters[0]), latent], () => [activation('relu')])),
    decoder: sequential('decoder', [
      ...transposedLayers(sizes, [imageShape[2], ...wide(filters[1])], () => [activation('relu')]), activation('tanh'),
    ]),
    codeShape: [h, w, latent],
  }
}

/**
 * Encoder → code → decoder; loss: MSE, and `sparse` · the mean of |code|.
 * @example
 * const model = await Model.create(runtime, autoencoder({ latent: 8 }), { seed: 1 })
 */
export const autoencoder = defineModel({
  kind: 'autoencoder',
  summary: 'convolutional autoencoder, for small codes; samples codes like those seen',
  paper: 'Hinton & Salakhutdinov 2006; denoising: Vincent et al. 2008',
  options: OPTIONS,
  verify: { options: {}, batchSize: 20 },
  bench: { batchSize: 128, quick: true },
}, ({ latent, filters, learningRate, denoising, sparse, clipNorm, imageShape }): Graphs<'loss'> => {
  const widths = { latent, filters }
  const { encoder, decoder, codeShape } = imageShape.join() === FIRST ? first(widths) : halved(widths, imageShape)
  const noise = gaussianNoise({ stddev: denoising })
  const optimizer = adam({ learningRate })
  const statistics = codeStatistics(codeShape[0] * codeShape[1] * latent)

  return {
    imageShape,
    codeShape,
    optimizers: [optimizer],
    train({ images }, pass) {
      const codes = encoder.apply(noise.apply(images, pass), pass)
      const error = meanSquaredError(images, decoder.apply(codes, pass))
      const loss = sparse ? add(error, mul(mean(abs(codes)), sparse)) : error
      const stage = minimize(optimizer, loss, [encoder, decoder], { metrics: { loss }, ...clipping(clipNorm) })
      return [{ ...stage, updates: [...stage.updates!, ...statistics.watch(codes)] }]
    },
    evaluate({ images }, pass) {
      const squared = square(sub(images, decoder.apply(encoder.apply(images, pass), pass)))
      return { loss: sum(squared, undefined, { scale: images.shape[0]! / images.size }) }
    },
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => decoder.apply(codes, pass),
    sampleCodes: (normal) => relu(statistics.sample(normal)),
  }
})

export type AutoencoderOptions = OptionsOf<typeof autoencoder>
