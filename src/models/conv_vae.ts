// The convolutional variational autoencoder: Kingma & Welling 2013, arXiv:1312.6114; β of Higgins et al. 2017; warm-up of
// Sønderby et al. 2016, arXiv:1602.02282; free bits of Kingma et al. 2016, arXiv:1606.04934. `cvae` has it conditional.
import type { Tensor } from '../graph/tensor.ts'
import type { Pass } from '../nn/layer.ts'
import { adam } from '../nn/optimizers.ts'
import { add, div, mul } from '../ops/arithmetic.ts'
import { maximum, minimum } from '../ops/compare.ts'
import { randomNormal } from '../ops/random.ts'
import { mean, sum } from '../ops/reduce.ts'
import { type Complete, type Given, notNegative, option, whole } from '../options.ts'
import type { Batch } from './definition.ts'
import { joined } from './joined.ts'
import { defineModel, type Graphs, type OwnKind } from './kind.ts'
import { clipping, minimize } from './minimize.ts'
import { CONV_CODE, CONV_TRAINING, divergence, gaussianModel, LIKELIHOOD } from './variational.ts'

const OWN = {
  /** Weight of the divergence. Default 1. */
  beta: option(notNegative, 1, 'weight of the divergence'),
  /** Steps in which the weight of the divergence grows from 0. Default 0. */
  warmup: option(whole, 0, 'steps in which the weight of the divergence grows from 0'),
  /** Nats of each number of the code that cost nothing. Default 0. */
  freeBits: option(notNegative, 0, 'nats of each number of the code that cost nothing'),
}
/** Apart from the record, so that bundlers leave the model out where nothing uses it. */
export const CONV_VAE: typeof CONV_CODE & typeof LIKELIHOOD & typeof OWN & typeof CONV_TRAINING =
  joined(joined(CONV_CODE, LIKELIHOOD), joined(OWN, CONV_TRAINING))

type Figures = 'loss' | 'reconstruction' | 'kl'

/** Encoder → mean, logvar → z = mean + std·ε → decoder; conditional where there are `classes`. */
export function convVaeGraphs(options: Complete<typeof CONV_VAE>, classes?: number): Graphs<Figures> {
  const { latent, beta, warmup, freeBits, learningRate, clipNorm, imageShape } = options
  const model = gaussianModel(options, classes)
  const optimizer = adam({ learningRate })

  function parts({ images, labels }: Batch, pass: Pass): { reconstruction: Tensor; divergences: Tensor } {
    const code = model.code(images, pass, labels)
    const z = add(code.mean, mul(code.std, randomNormal(code.mean.shape, pass.stream('epsilon'))))
    return {
      reconstruction: model.likelihood.nll(images, model.output(z, pass, labels), pass),
      divergences: divergence(code),
    }
  }

  return {
    imageShape,
    codeShape: [latent],
    ...(classes !== undefined && { classes }),
    optimizers: [optimizer],
    train(batch, pass) {
      const { reconstruction: each, divergences } = parts(batch, pass)
      const [reconstruction, kl] = [mean(each), mean(sum(divergences, 1))]
      // Each number of the code is free up to its bits on average over the batch.
      const paid = freeBits ? sum(maximum(mean(divergences, 0), freeBits)) : kl
      const weight = warmup ? mul(minimum(div(add(pass.step, 1), warmup), 1), beta) : beta
      const loss = add(reconstruction, mul(paid, weight))
      return [minimize(optimizer, loss, model.layers, { metrics: { loss, reconstruction, kl }, ...clipping(clipNorm) })]
    },
    evaluate(batch, pass) {
      const { reconstruction: each, divergences } = parts(batch, pass)
      const [reconstruction, kl] = [sum(each), sum(divergences)]
      return { loss: add(reconstruction, kl), reconstruction, kl }
    },
    importanceWeights: model.importanceWeights,
    encode: (images, pass, labels) => model.code(images, pass, labels).mean,
    decode: (codes, pass, labels) => model.likelihood.images(model.output(codes, pass, labels)),
  }
}

/**
 * @example
 * const model = await Model.create(runtime, convVae({ imageShape: [64, 64, 3], likelihood: 'logistic' }), { seed: 1 })
 */
export const convVae: OwnKind<typeof CONV_VAE, Figures> = defineModel({
  kind: 'conv-vae',
  summary: 'convolutional variational autoencoder, for photographs and drawings of any size',
  paper: 'Kingma & Welling 2013, arXiv:1312.6114',
  options: CONV_VAE,
  verify: { options: { filters: 5, hidden: 24, latent: 6, freeBits: 0.05, warmup: 30 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, (options) => convVaeGraphs(options))

export type ConvVaeOptions = Given<typeof CONV_VAE>
