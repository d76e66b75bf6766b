// An autoencoder of codes that are -1 or 1, by an op of its own: sign(x), with the gradient of a line from -1 to 1 (the
// straight-through estimator, Hubara et al. 2016, arXiv:1602.02830).
//   ganglion train --model ./own_op.mjs
import { defineModel, layers, losses, minimize, ops, optimizers, options } from 'ganglion'

const { dense, sequential } = layers
const { abs, defineOp, kernelCall, lessEqual, reshape, where } = ops

/** The core has the kernel; the gradient rule is ours. */
const binary = defineOp({
  name: 'binary',
  shape: ([x]) => x,
  gradient: (y, dy) => [where(lessEqual(abs(y.inputs[0]), 1), dy, 0)],
  calls: (node, at) => [kernelCall('sign_f32', { x: at.inputs[0], y: at.output, n: node.size })],
  flops: (node) => node.size,
})

export default defineModel({
  kind: 'own_op',
  summary: 'autoencoder of binary codes',
  options: { bits: options.option(options.count, 64, 'bits of the code') },
}, ({ bits }) => {
  const encoder = sequential('encoder', [dense({ units: 256, activation: 'relu' }), dense({ units: bits })])
  const decoder = sequential('decoder', [
    dense({ units: 256, activation: 'relu' }), dense({ units: 784, activation: 'tanh' }),
  ])
  const optimizer = optimizers.adam({ learningRate: 1e-3 })
  const encode = (images, pass) => binary(
    [encoder.apply(reshape(images, [images.shape[0], 784]), pass)], {})
  const decode = (codes, pass) => reshape(decoder.apply(codes, pass), [codes.shape[0], 28, 28, 1])

  return {
    imageShape: [28, 28, 1],
    codeShape: [bits],
    optimizers: [optimizer],
    train({ images }, pass) {
      const loss = losses.meanSquaredError(images, decode(encode(images, pass), pass))
      return [minimize(optimizer, loss, [encoder, decoder])]
    },
    encode,
    decode,
    sampleCodes: (noise) => binary([noise], {}),
  }
})
