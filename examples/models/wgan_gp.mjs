// A Wasserstein GAN with gradient penalty (Gulrajani et al. 2017): the critic takes five steps for each of the generator, and its
// slope is held near 1 between real and generated images.
//   ganglion train --model ./wgan_gp.mjs
import { defineModel, gradients, layers, minimize, ops, optimizers, options } from 'ganglion'

const { dense, leakyReLU, sequential } = layers
const { add, mean, mul, negative, randomNormal, randomUniform, reshape, sqrt, square, sub, sum } = ops

export default defineModel({
  kind: 'wgan_gp',
  summary: 'Wasserstein GAN with gradient penalty, dense',
  options: {
    latent: options.option(options.count, 64, 'size of the noise'),
    penalty: options.option(options.notNegative, 10, 'weight of the gradient penalty'),
  },
}, ({ latent, penalty }) => {
  const generator = sequential('generator', [
    dense({ units: 512, activation: 'relu' }), dense({ units: 512, activation: 'relu' }),
    dense({ units: 784, activation: 'tanh' }),
  ])
  const critic = sequential('critic', [
    dense({ units: 256 }), leakyReLU(), dense({ units: 256 }), leakyReLU(), dense({ units: 1 }),
  ])
  const adam = (name) => optimizers.adam({ learningRate: 1e-4, beta1: 0, beta2: 0.9, name })
  const [criticOptimizer, generatorOptimizer] = [adam('adam_critic'), adam('adam_generator')]
  const flat = (images) => reshape(images, [images.shape[0], 784])
  const generate = (n, pass) => generator.apply(randomNormal([n, latent], pass.stream('noise')), pass)

  /** The mean over images of (|slope of the score| - 1)^2, at points between real and generated ones. */
  function slopes(real, fake, pass) {
    const n = real.shape[0]
    const t = randomUniform([n, 1], pass.stream('between'))
    const between = add(fake, mul(t, sub(real, fake)))
    const [slope] = gradients(sum(critic.apply(between, pass)), [between])
    return mean(square(sub(sqrt(add(sum(square(slope), 1), 1e-12)), 1)))
  }

  return {
    imageShape: [28, 28, 1],
    codeShape: [latent],
    batchesPerStep: 5,
    dropRemainder: true,
    optimizers: [criticOptimizer, generatorOptimizer],
    train(batch, pass) {
      const n = batch.images.shape[0]
      const batches = pass.batches.length ? pass.batches : [batch]
      const criticSteps = batches.map(({ images }, i) => {
        const [real, fake] = [flat(images), generate(n, pass)]
        const distance = sub(mean(critic.apply(real, pass)), mean(critic.apply(fake, pass)))
        const loss = sub(mul(slopes(real, fake, pass), penalty), distance)
        return minimize(criticOptimizer, loss, [critic], { metrics: i === batches.length - 1 ? { distance } : {} })
      })
      const loss = negative(mean(critic.apply(generate(n, pass), pass)))
      return [...criticSteps, minimize(generatorOptimizer, loss, [generator], { metrics: { generator: loss } })]
    },
    discriminate: (images, pass) => critic.apply(flat(images), pass),
    decode: (codes, pass) => reshape(generator.apply(codes, pass), [codes.shape[0], 28, 28, 1]),
  }
})
