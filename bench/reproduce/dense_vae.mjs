// Dense variational models of black and white digits, as the recipes of papers have them.
import { layers, losses, ops } from 'ganglion'

const { dense, sequential } = layers
const { add, exp, logSumExp, mul, randomNormal, reshape, square, sub, sum, tanh, tile } = ops

/** hidden layers → mean, logvar [latent] → the same hidden layers → 784 logits. */
export function denseVae({ hidden, activation, latent }) {
  const networks = {
    encoder: sequential('encoder', hidden.map((units) => dense({ units, activation }))),
    mean: dense({ units: latent, name: 'mean' }),
    logvar: dense({ units: latent, name: 'logvar' }),
    decoder: sequential('decoder', [...hidden.map((units) => dense({ units, activation })), dense({ units: 784 })]),
  }
  const { encoder, mean, logvar, decoder } = networks
  const code = (images, pass) => {
    const h = encoder.apply(mul(add(reshape(images, [-1, 784]), 1), 0.5), pass)
    return [mean.apply(h, pass), logvar.apply(h, pass)]
  }

  /** ln p(x, z) − ln q(z | x) of `times` codes for each image, [times, rows]. */
  function weights(images, pass, times = 1) {
    const rows = images.shape[0]
    const many = (t) => tile(t, [times, 1])
    const [mu, log] = code(images, pass).map(many)
    const epsilon = randomNormal(mu.shape, pass.stream('epsilon'))
    const z = add(mu, mul(exp(mul(log, 0.5)), epsilon))
    const white = many(mul(add(reshape(images, [rows, 784]), 1), 0.5))
    const nll = sum(losses.sigmoidCrossEntropy(white, decoder.apply(z, pass)), 1)
    const ratio = mul(sum(sub(square(z), add(square(epsilon), log)), 1), -0.5)
    return reshape(sub(ratio, nll), [times, rows])
  }
  /** −ln (1 / times) Σ e^w of each image. */
  const bound = (images, pass, times) => mul(sub(logSumExp(weights(images, pass, times), 0), Math.log(times)), -1)
  /** Cross-entropy and divergence, in closed form, of each image. */
  function parts(images, pass) {
    const [mu, log] = code(images, pass)
    const z = add(mu, mul(exp(mul(log, 0.5)), randomNormal(mu.shape, pass.stream('epsilon'))))
    const white = mul(add(reshape(images, [-1, 784]), 1), 0.5)
    const reconstruction = sum(losses.sigmoidCrossEntropy(white, decoder.apply(z, pass)), 1)
    const kl = mul(sum(sub(add(square(mu), exp(log)), add(log, 1)), 1), 0.5)
    return { reconstruction, kl, loss: add(reconstruction, kl) }
  }
  return {
    layers: Object.values(networks), bound, parts,
    shared: {
      imageShape: [28, 28, 1],
      codeShape: [latent],
      importanceWeights: ({ images }, pass) => reshape(weights(images, pass), [images.shape[0]]),
      encode: (images, pass) => code(images, pass)[0],
      // 2·sigmoid − 1
      decode: (codes, pass) => tanh(mul(reshape(decoder.apply(codes, pass), [codes.shape[0], 28, 28, 1]), 0.5)),
    },
  }
}

export const eachOf = (total, f) => Object.fromEntries(Object.entries(total).map(([name, t]) => [name, f(t)]))
