// The Wasserstein autoencoder with a maximum mean discrepancy (Tolstikhin et al. 2017, arXiv:1711.01558): a code without noise,
// whose distribution over a batch is drawn towards the standard normal.
import type { Tensor } from '../graph/tensor.ts'
import { adam } from '../nn/optimizers.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import { randomNormal } from '../ops/random.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { square } from '../ops/unary.ts'
import { type Given, notNegative, option } from '../options.ts'
import { convAutoencoder } from './conv_autoencoder.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'
import { clipping, minimize } from './minimize.ts'
import { CONV_CODE, CONV_TRAINING } from './variational.ts'

const OWN = {
  /** Weight of the codes' distance from the prior, λ of the paper. Default 10. */
  weight: option(notNegative, 10, "weight of the codes' distance from the prior, λ of the paper"),
}
const OPTIONS: typeof CONV_CODE & typeof OWN & typeof CONV_TRAINING = joined(CONV_CODE, joined(OWN, CONV_TRAINING))

/** Scales of the kernel C / (C + ‖a − b‖²), C = scale · 2 · latent: those of the authors' program. */
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10]

/** ‖aᵢ − bⱼ‖² */
function distances(a: Tensor, b: Tensor): Tensor {
  const norms = (x: Tensor) => sum(square(x), 1)
  const both = add(reshape(norms(a), [-1, 1]), reshape(norms(b), [1, -1]))
  return sub(both, mul(matmul(a, b, { transposeB: true }), 2))
}

/** The unbiased squared discrepancy of two samples of n rows. */
export function discrepancy(codes: Tensor, prior: Tensor): Tensor {
  const [n, latent] = codes.shape as [number, number]
  if (n < 2) throw new RangeError('wae-mmd: a batch of one image has no distribution; use a larger batch')
  const kernel = (d: Tensor): Tensor => sum(SCALES.map((scale) => div(2 * latent * scale, add(d, 2 * latent * scale)))
    .reduce((x, y) => add(x, y)))
  // A row beside itself is at a distance of 0, where each kernel is 1.
  const within = (x: Tensor): Tensor => div(sub(kernel(distances(x, x)), n * SCALES.length), n * (n - 1))
  return sub(add(within(codes), within(prior)), mul(kernel(distances(codes, prior)), 2 / (n * n)))
}

/**
 * @example
 * const model = await Model.create(runtime, waeMmd({ latent: 16 }), { seed: 1 })
 */
export const waeMmd: OwnKind<typeof OPTIONS, 'loss' | 'reconstruction' | 'discrepancy', 'loss'> = defineModel({
  kind: 'wae-mmd',
  summary: 'Wasserstein autoencoder with MMD, for sharper images than a VAE\'s',
  paper: 'Tolstikhin et al. 2017, arXiv:1711.01558',
  options: OPTIONS,
  verify: { options: { filters: 5, hidden: 24, latent: 6 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, ({ weight, learningRate, clipNorm, ...options }) => {
  const { latent, imageShape } = options
  const { layers, error, encode, decode, evaluate } = convAutoencoder(options)
  const optimizer = adam({ learningRate })
  return {
    imageShape,
    codeShape: [latent],
    dropRemainder: true,
    optimizers: [optimizer],
    train({ images }, pass) {
      const codes = encode(images, pass)
      const reconstruction = mul(error(images, codes, pass), 1 / images.shape[0]!)
      const far = discrepancy(codes, randomNormal(codes.shape, pass.stream('prior')))
      const loss = add(reconstruction, mul(far, weight))
      const metrics = { loss, reconstruction, discrepancy: far }
      return [minimize(optimizer, loss, layers, { metrics, ...clipping(clipNorm) })]
    },
    evaluate,
    encode,
    decode,
  }
})

export type WaeMmdOptions = Given<typeof OPTIONS>
