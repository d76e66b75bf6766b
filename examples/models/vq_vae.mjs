// The VQ-VAE of Keras' examples (van den Oord et al. 2017; keras.io/examples/generative/vq_vae): each of 7 x 7 places of the code
// is the nearest of a book of vectors, which is learned by its gradient. Its samples are of places drawn one by one, so they have
// strokes and no digits. The built-in `vq-vae` has a second network, which learns what places go together.
//   ganglion train --model ./vq_vae.mjs
import { defineModel, initializers, layers, losses, minimize, ops, optimizers, options } from 'ganglion'

const { conv2d, conv2dTranspose, layer, sequential } = layers
const { add, argMin, gather, matmul, mul, reshape, square, stopGradient, sub, sum, transpose } = ops
const { meanSquaredError } = losses

/** Replaces each vector, the last axis of the input, by the nearest of `size` vectors that are learned. */
const codebook = (size) => layer('codebook', {}, (shape, addVariable) => {
  const depth = shape.at(-1)
  const vectors = addVariable('vectors', [size, depth], initializers.randomUniform({ minval: -0.05, maxval: 0.05 }))
  return (z) => {
    const rows = reshape(z, [-1, depth])
    // |z - v|^2, without |z|^2, which is the same for every v.
    const distances = sub(sum(square(vectors), 1), mul(matmul(rows, transpose(vectors)), 2))
    return reshape(gather(vectors, argMin(distances, 1)), z.shape)
  }
})

export default defineModel({
  kind: 'vq_vae',
  summary: 'autoencoder whose code is made of vectors of a book',
  options: {
    depth: options.option(options.count, 16, 'numbers in a vector'),
    size: options.option(options.count, 128, 'vectors in the book'),
    commitment: options.option(options.notNegative, 0.25, 'how strongly the encoder keeps to the book'),
    variance: options.option(options.notNegative, 0.0949, 'of pixels from 0 to 1, in whose units the error is; MNIST has 0.0949'),
  },
}, ({ depth, size, commitment, variance }) => {
  const half = { kernelSize: 3, strides: 2, padding: 'same' }
  const encoder = sequential('encoder', [
    conv2d({ filters: 32, activation: 'relu', ...half }), conv2d({ filters: 64, activation: 'relu', ...half }),
    conv2d({ filters: depth, kernelSize: 1 }),
  ])
  const book = codebook(size)
  const decoder = sequential('decoder', [
    conv2dTranspose({ filters: 64, activation: 'relu', ...half }),
    conv2dTranspose({ filters: 32, activation: 'relu', ...half }),
    conv2dTranspose({ filters: 1, kernelSize: 3, padding: 'same' }),
  ])
  const optimizer = optimizers.adam()
  // Keras' pixels are from -0.5 to 0.5.
  const encode = (images, pass) => encoder.apply(mul(images, 0.5), pass)

  return {
    imageShape: [28, 28, 1],
    codeShape: [7, 7, depth],
    optimizers: [optimizer],
    train({ images }, pass) {
      const z = encode(images, pass)
      const q = book.apply(z, pass)
      // The nearest vector has no slope: the decoder's gradient at q goes straight through to z.
      const through = add(z, stopGradient(sub(q, z)))
      const error = meanSquaredError(mul(images, 0.5), decoder.apply(through, pass))
      const reconstruction = mul(error, 1 / variance)
      const toVectors = meanSquaredError(stopGradient(z), q)
      const toEncoder = mul(meanSquaredError(stopGradient(q), z), commitment)
      const loss = add(reconstruction, add(toVectors, toEncoder))
      return [minimize(optimizer, loss, [encoder, book, decoder], { metrics: { loss, reconstruction } })]
    },
    encode: (images, pass) => book.apply(encode(images, pass), pass),
    decode: (codes, pass) => mul(decoder.apply(book.apply(codes, pass), pass), 2),
  }
})
