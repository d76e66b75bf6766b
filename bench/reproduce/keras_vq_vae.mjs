// The vector quantised autoencoder of Keras' examples (https://keras.io/examples/generative/vq_vae, S. Paul): a book of 128 vectors
// of 16 numbers, which learns by gradients as all weights do. Its figure is the loss of the last epoch of training: the squared
// error over the pixels' variance, the book's distance from the codes, and a quarter of the codes' from the book, means all.
import { defineModel, initializers, layers, minimize, ops, optimizers } from 'ganglion'

const { conv2d, conv2dTranspose, layer, sequential } = layers
const { add, argMin, clip, matmul, mean, mul, oneHot, reshape, square, stopGradient, sub, sum } = ops
const half = { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }
const [VECTORS, DEPTH, COMMITMENT] = [128, 16, 0.25]
/** Of the grey values of the training images, from 0 to 1. */
export const VARIANCE = 0.0949304

/** For each code [n, DEPTH] the nearest vector of its book. */
const bookOf = () => layer('book', {}, ([, depth], variable) => {
  const vectors = variable('vectors', [VECTORS, depth], initializers.randomUniform())
  return (codes) => {
    // |c − v|² without |c|², which is the same for every v.
    const distances = sub(sum(square(vectors), 1), mul(matmul(codes, vectors, { transposeB: true }), 2))
    return matmul(stopGradient(oneHot(argMin(distances, 1), VECTORS)), vectors)
  }
})

export default defineModel({ kind: 'keras_vq_vae', summary: "the VQ-VAE of Keras' examples", options: {} }, () => {
  const encoder = sequential('encoder', [
    conv2d({ filters: 32, ...half }), conv2d({ filters: 64, ...half }), conv2d({ filters: DEPTH, kernelSize: 1 }),
  ])
  const decoder = sequential('decoder', [
    conv2dTranspose({ filters: 64, ...half }), conv2dTranspose({ filters: 32, ...half }),
    conv2dTranspose({ filters: 1, kernelSize: 3, padding: 'same' }),
  ])
  const book = bookOf()
  const optimizer = optimizers.adam({ learningRate: 1e-3, epsilon: 1e-7 })
  // Keras' pixels are from −0.5 to 0.5.
  const halved = (images) => mul(images, 0.5)
  const chosen = (codes, pass) => reshape(book.apply(reshape(stopGradient(codes), [-1, DEPTH]), pass), codes.shape)

  /** Means over images. */
  function losses({ images }, pass) {
    const x = halved(images)
    const codes = encoder.apply(x, pass)
    const vectors = chosen(codes, pass)
    const through = add(codes, stopGradient(sub(vectors, codes)))
    const reconstruction = mul(mean(square(sub(x, decoder.apply(through, pass)))), 1 / VARIANCE)
    const commitment = mean(square(sub(stopGradient(vectors), codes)))
    const distance = add(mul(commitment, COMMITMENT), mean(square(sub(vectors, stopGradient(codes)))))
    return { loss: add(reconstruction, distance), reconstruction, distance }
  }

  return {
    imageShape: [28, 28, 1],
    codeShape: [7, 7, DEPTH],
    optimizers: [optimizer],
    train(batch, pass) {
      const metrics = losses(batch, pass)
      return [minimize(optimizer, metrics.loss, [encoder, decoder, book], { metrics })]
    },
    evaluate: (batch, pass) => (
      Object.fromEntries(Object.entries(losses(batch, pass)).map(([name, t]) => [name, mul(t, batch.images.shape[0])]))),
    encode: (images, pass) => chosen(encoder.apply(halved(images), pass), pass),
    decode: (codes, pass) => clip(mul(decoder.apply(codes, pass), 2), -1, 1),
  }
})

export const recipe = {
  title: "Keras' `vq_vae`: codes of 7 × 7 × 16, 128 vectors",
  figure: 'training loss of the last epoch',
  published: '0.2127', by: "Keras' example, 30 epochs",
  /** Within 5 %. */
  goal: (found) => found <= 1.05 * 0.2127, goalText: '≤ 0.2233',
  runs: { keras: () => ['--data', 'mnist', '--epochs', '30', '--batch-size', '128'] },
  judge: ({ keras }) => keras.last.metrics.loss,
}
