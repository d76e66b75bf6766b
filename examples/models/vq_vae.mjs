// A VQ-VAE (van den Oord et al. 2017): each of 7 x 7 places of the code is the nearest of a book of vectors. Its samples are of
// places drawn one by one, so they have strokes and no digits: a second model would have to learn which places go together.
//   ganglion train --model ./vq_vae.mjs
import { defineModel, initializers, layers, losses, minimize, ops, optimizers, options } from 'ganglion'

const { conv2d, conv2dTranspose, layer, sequential } = layers
const { add, argMin, gather, matmul, mul, reshape, square, stopGradient, sub, sum, transpose } = ops
const { meanSquaredError } = losses

/** Replaces each vector, the last axis of the input, by the nearest of `size` vectors that are learned. */
const codebook = (size) => layer('codebook', {}, (shape, addVariable) => {
  const depth = shape.at(-1)
  const vectors = addVariable('vectors', [size, depth], initializers.randomUniform({ minval: -1, maxval: 1 }))
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
    size: options.option(options.count, 64, 'vectors in the book'),
    commitment: options.option(options.notNegative, 0.25, 'how strongly the encoder keeps to the book'),
  },
}, ({ depth, size, commitment }) => {
  const half = { kernelSize: 3, strides: 2, padding: 'same' }
  const encoder = sequential('encoder', [
    conv2d({ filters: 16, activation: 'relu', ...half }), conv2d({ filters: 32, activation: 'relu', ...half }),
    conv2d({ filters: depth, kernelSize: 1 }),
  ])
  const book = codebook(size)
  const decoder = sequential('decoder', [
    conv2dTranspose({ filters: 32, activation: 'relu', ...half }),
    conv2dTranspose({ filters: 1, activation: 'tanh', ...half }),
  ])
  const optimizer = optimizers.adam({ learningRate: 2e-3 })

  return {
    imageShape: [28, 28, 1],
    codeShape: [7, 7, depth],
    optimizers: [optimizer],
    train({ images }, pass) {
      const z = encoder.apply(images, pass)
      const q = book.apply(z, pass)
      // The nearest vector has no slope: the decoder's gradient at q goes straight through to z.
      const through = add(z, stopGradient(sub(q, z)))
      const reconstruction = meanSquaredError(images, decoder.apply(through, pass))
      const toVectors = meanSquaredError(stopGradient(z), q)
      const toEncoder = mul(meanSquaredError(stopGradient(q), z), commitment)
      const loss = add(reconstruction, add(toVectors, toEncoder))
      return [minimize(optimizer, loss, [encoder, book, decoder], { metrics: { loss, reconstruction } })]
    },
    encode: (images, pass) => book.apply(encoder.apply(images, pass), pass),
    decode: (codes, pass) => decoder.apply(book.apply(codes, pass), pass),
  }
})
