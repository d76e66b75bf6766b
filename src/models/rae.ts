// The regularized autoencoder (Ghosh et al. 2019, arXiv:1903.12436): no noise, small codes, small decoder weights, and samples
// from the Gaussian of the codes that it has seen (code_statistics.ts).
import type { Tensor } from '../graph/tensor.ts'
import { type Layer, parameters } from '../nn/layer.ts'
import { adam } from '../nn/optimizers.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { sum } from '../ops/reduce.ts'
import { square } from '../ops/unary.ts'
import { type Given, notNegative, option } from '../options.ts'
import { codeStatistics } from './code_statistics.ts'
import { convAutoencoder } from './conv_autoencoder.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'
import { clipping, minimize } from './minimize.ts'
import { CONV_CODE, CONV_TRAINING } from './variational.ts'

const OWN = {
  /** Weight of ½ |code|², β of the paper. Default 1e-2. */
  codeWeight: option(notNegative, 1e-2, 'weight of ½ |code|², β of the paper'),
  /** Weight of the decoder's squared weights, λ of the paper. Default 1e-4. */
  decoderWeight: option(notNegative, 1e-4, "weight of the decoder's squared weights, λ of the paper"),
}
const OPTIONS: typeof CONV_CODE & typeof OWN & typeof CONV_TRAINING = joined(CONV_CODE, joined(OWN, CONV_TRAINING))

const squares = (layer: Layer): Tensor => parameters(layer).map((v) => sum(square(v))).reduce((a, b) => add(a, b))

/**
 * @example
 * const model = await Model.create(runtime, rae({ latent: 32 }), { seed: 1 })
 */
export const rae: OwnKind<typeof OPTIONS, 'loss' | 'reconstruction', 'loss'> = defineModel({
  kind: 'rae',
  summary: 'regularized autoencoder, the plainest that samples: by a Gaussian of its codes',
  paper: 'Ghosh et al. 2019, arXiv:1903.12436 (RAE-L2)',
  options: OPTIONS,
  verify: { options: { filters: 5, hidden: 24, latent: 6 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, ({ codeWeight, decoderWeight, learningRate, clipNorm, ...options }) => {
  const { latent, imageShape } = options
  const { decoder, layers, error, encode, decode, evaluate } = convAutoencoder(options)
  const optimizer = adam({ learningRate })
  const statistics = codeStatistics(latent)
  return {
    imageShape,
    codeShape: [latent],
    optimizers: [optimizer],
    train({ images }, pass) {
      const codes = encode(images, pass)
      const each = 1 / images.shape[0]!
      const reconstruction = mul(error(images, codes, pass), each)
      const small = add(mul(sum(square(codes)), 0.5 * codeWeight * each), mul(squares(decoder), decoderWeight))
      const loss = add(reconstruction, small)
      const metrics = { loss, reconstruction }
      const stage = minimize(optimizer, loss, layers, { metrics, ...clipping(clipNorm) })
      return [{ ...stage, updates: [...stage.updates!, ...statistics.watch(codes)] }]
    },
    evaluate,
    encode,
    decode,
    sampleCodes: (normal) => statistics.sample(normal),
  }
})

export type RaeOptions = Given<typeof OPTIONS>
