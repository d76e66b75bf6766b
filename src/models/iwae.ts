// The importance weighted autoencoder (Burda et al. 2015, arXiv:1509.00519): the networks of conv-vae, the bound of k samples.
import type { Tensor } from '../graph/tensor.ts'
import type { Pass } from '../nn/layer.ts'
import { adam } from '../nn/optimizers.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { logSumExp } from '../ops/log_sum_exp.ts'
import { randomNormal } from '../ops/random.ts'
import { mean, sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { tile } from '../ops/tile.ts'
import { transpose } from '../ops/transpose.ts'
import { log } from '../ops/unary.ts'
import { constant } from '../graph/leaves.ts'
import { count, type Given, option } from '../options.ts'
import type { Batch } from './definition.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'
import { clipping, minimize } from './minimize.ts'
import { CONV_CODE, CONV_TRAINING, gaussianModel, LIKELIHOOD, priorRatio } from './variational.ts'

const OWN = {
  /** Codes drawn for each image, k of the paper. Default 5. */
  samples: option(count, 5, 'codes drawn for each image, k of the paper'),
}
const OPTIONS: typeof CONV_CODE & typeof LIKELIHOOD & typeof OWN & typeof CONV_TRAINING =
  joined(joined(CONV_CODE, LIKELIHOOD), joined(OWN, CONV_TRAINING))

/** −ln (1/k) Σ e^w over the first axis: of k importance weights for each image, their logarithms [k, rows]. */
export const bound = (weights: Tensor): Tensor => sub(log(constant(weights.shape[0]!)), logSumExp(weights, 0))

/**
 * −ln (1/k) Σ p(x, zᵢ) / q(zᵢ | x), zᵢ ~ q: a bound of −ln p(x) that k tightens.
 * @example
 * const model = await Model.create(runtime, iwae({ samples: 5 }), { seed: 1 })
 */
export const iwae: OwnKind<typeof OPTIONS, 'loss' | 'reconstruction'> = defineModel({
  kind: 'iwae',
  summary: 'importance weighted convolutional autoencoder: a tighter likelihood bound',
  paper: 'Burda et al. 2015, arXiv:1509.00519',
  options: OPTIONS,
  batchSize: 64,
  verify: { options: { filters: 5, hidden: 24, latent: 6, samples: 3, likelihood: 'gaussian' }, batchSize: 8, steps: 20 },
  bench: { batchSize: 16, quick: false },
}, ({ samples, learningRate, clipNorm, ...options }) => {
  const model = gaussianModel(options)
  const optimizer = adam({ learningRate })

  /** The bound, and the reconstruction's part, of each image. */
  function parts({ images }: Batch, pass: Pass): { loss: Tensor; reconstruction: Tensor } {
    const rows = images.shape[0]!
    const { mean: mu, logvar, std } = model.code(images, pass)
    const many = (x: Tensor): Tensor => tile(x, x.shape.map((_, i) => (i ? 1 : samples)))
    // Drawn row by row, so that micro-batches draw the same.
    const drawn = randomNormal([rows, samples, options.latent], pass.stream('epsilon'))
    const epsilon = reshape(transpose(drawn, [1, 0, 2]), [samples * rows, options.latent])
    const z = add(many(mu), mul(many(std), epsilon))
    const nll = model.likelihood.nll(many(images), model.output(z, pass), pass)
    const weights = reshape(sub(priorRatio(z, epsilon, many(logvar)), nll), [samples, rows])
    return { loss: bound(weights), reconstruction: mean(reshape(nll, [samples, rows]), 0) }
  }

  return {
    imageShape: options.imageShape,
    codeShape: [options.latent],
    optimizers: [optimizer],
    train(batch, pass) {
      const each = parts(batch, pass)
      const [loss, reconstruction] = [mean(each.loss), mean(each.reconstruction)]
      return [minimize(optimizer, loss, model.layers, { metrics: { loss, reconstruction }, ...clipping(clipNorm) })]
    },
    evaluate(batch, pass) {
      const { loss, reconstruction } = parts(batch, pass)
      return { loss: sum(loss), reconstruction: sum(reconstruction) }
    },
    importanceWeights: model.importanceWeights,
    encode: (images, pass) => model.code(images, pass).mean,
    decode: (codes, pass) => model.likelihood.images(model.output(codes, pass)),
  }
})

export type IwaeOptions = Given<typeof OPTIONS>
