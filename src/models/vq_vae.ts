// The vector quantised autoencoder (van den Oord et al. 2017, arXiv:1711.00937): a code whose places are vectors of a book
// (codebook.ts), and a prior over the choices (code_prior.ts), which learns beside it, in the same step, of what is chosen. The
// prior is told the class of images that have one; encoder and decoder are not.
import type { Tensor } from '../graph/tensor.ts'
import type { Layer, Pass } from '../nn/layer.ts'
import { activation, conv2d } from '../nn/layers.ts'
import { adam } from '../nn/optimizers.ts'
import { residual } from '../nn/residual.ts'
import { sequential } from '../nn/sequential.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { clip } from '../ops/compare.ts'
import { concat } from '../ops/concat.ts'
import { customGradient } from '../ops/custom.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { slice } from '../ops/slice.ts'
import { stopGradient } from '../ops/stop_gradient.ts'
import { erf, square } from '../ops/unary.ts'
import { count, countUpTo, fractionBelowOne, type Given, notNegative, option, whole } from '../options.ts'
import { codePrior } from './code_prior.ts'
import { codebook, perplexity } from './codebook.ts'
import { halvingLayers, halvings, transposedLayers, widths } from './conv_networks.ts'
import type { Batch } from './definition.ts'
import { joined } from './joined.ts'
import { defineModel, type OwnKind } from './kind.ts'
import { clipping, minimize } from './minimize.ts'
import { CONV_TRAINING } from './variational.ts'

/** Places of a code: its draw is a graph with a part for each. */
const MOST_PLACES = 1024

const OWN = {
  /** Vectors of the book. Default 128. */
  vectors: option(count, 128, 'vectors of the book'),
  /** Numbers of a vector. Default 16. */
  depth: option(count, 16, 'numbers of a vector'),
  /** Images are halved until the smaller side of the code is at most this. Default 8. */
  codeSide: option(count, 8, 'images are halved until the smaller side of the code is at most this'),
  /** Channels at half of the image's size; twice as many at each further half. Default 32. */
  filters: option(count, 32, "channels at half of the image's size; twice as many at each further half"),
  /** Weight of the codes' distance from their vectors, β of the paper. Default 0.25. */
  commitment: option(notNegative, 0.25, "weight of the codes' distance from their vectors, β of the paper"),
  /** What the book's averages keep at each step. Default 0.99. */
  decay: option(fractionBelowOne, 0.99, "what the book's averages keep at each step"),
  /** Channels of the prior. Default 64. */
  priorUnits: option(count, 64, 'channels of the prior'),
  /** Gated blocks of the prior. Default 3. */
  priorBlocks: option(countUpTo(64), 3, 'gated blocks of the prior'),
  /** How many classes the images have, of which the prior is told; 0 for none. Default 0. */
  classes: option(whole, 0, 'how many classes the images have, of which the prior is told; 0 for none'),
}
const OPTIONS: typeof OWN & typeof CONV_TRAINING = joined(OWN, CONV_TRAINING)

/** √½ */
const ROOT_HALF = 0.7071067811865476

const relu = (): Layer => activation('relu')
/** Two residual blocks, as the paper has them, half as wide inside, as its authors' program has them. */
const residuals = (filters: number): Layer[] => [0, 1].map(() => residual('residual', [
  relu(), conv2d({ filters: Math.ceil(filters / 2), kernelSize: 3, padding: 'same', activation: 'relu' }),
  conv2d({ filters, kernelSize: 1 }),
]))

type Figures = 'loss' | 'reconstruction' | 'prior'

/**
 * @example
 * const model = await Model.create(runtime, vqVae({ vectors: 64 }), { seed: 1 })
 */
export const vqVae: OwnKind<typeof OPTIONS, Figures | 'commitment' | 'perplexity', Figures> = defineModel({
  kind: 'vq-vae',
  summary: 'autoencoder whose code is vectors of a book, sampled place by place by a prior',
  paper: 'van den Oord et al. 2017, arXiv:1711.00937',
  options: OPTIONS,
  verify: { options: { vectors: 12, depth: 4, filters: 5, priorUnits: 6, priorBlocks: 2 }, batchSize: 8, steps: 20 },
  bench: { batchSize: 32, quick: false },
}, (options) => {
  const { vectors, depth, codeSide, filters, commitment, decay, priorUnits, priorBlocks, classes } = options
  const { learningRate, clipNorm, imageShape } = options
  const sizes = halvings(imageShape, 1, codeSide)
  const [height, width] = sizes.at(-1)!
  if (height * width > MOST_PLACES) {
    throw new RangeError(`vq-vae: codes of ${height} × ${width} have more than ${MOST_PLACES} places, ` +
      'which are drawn one by one; give a smaller codeSide, or resize the images')
  }
  const channels = widths(sizes.length - 1, filters)
  const widest = channels.at(-1)!
  const encoder = sequential('encoder', [
    ...halvingLayers(channels, () => [relu()]), ...residuals(widest), relu(), conv2d({ filters: depth, kernelSize: 1 }),
  ])
  const decoder = sequential('decoder', [
    conv2d({ filters: widest, kernelSize: 3, padding: 'same' }), ...residuals(widest), relu(),
    ...transposedLayers(sizes, [imageShape[2], ...channels.slice(0, -1)], () => [relu()]),
  ])
  const book = codebook(vectors, depth, decay)
  const prior = codePrior({ vectors, units: priorUnits, blocks: priorBlocks, height, width, classes })
  const optimizer = adam({ learningRate })
  const priorOptimizer = adam({ learningRate, name: 'adam_prior' })

  function quantised(images: Tensor, pass: Pass) {
    const codes = encoder.apply(images, pass)
    const rows = stopGradient(reshape(codes, [-1, depth]))
    const choices = book.nearest(rows)
    return { codes, rows, choices, chosen: reshape(book.chosen(choices), codes.shape) }
  }
  /** Sums over images. The prior learns of choices alone. */
  function losses({ images, labels }: Batch, pass: Pass) {
    const all = quantised(images, pass)
    const { codes, choices, chosen } = all
    // Straight through: what the decoder wants of the vectors, the codes get.
    const through = customGradient(chosen, [codes], (dy) => [dy])
    return {
      ...all,
      reconstruction: sum(square(sub(images, decoder.apply(through, pass)))),
      commitment: sum(square(sub(codes, stopGradient(chosen)))),
      prior: sum(prior.nll(stopGradient(choices), pass, labels)),
    }
  }

  return {
    imageShape,
    codeShape: [height, width, depth],
    ...(classes > 0 && { classes }),
    optimizers: [optimizer, priorOptimizer],
    train(batch, pass) {
      const n = batch.images.shape[0]!
      const { rows, choices, ...sums } = losses(batch, pass)
      const [reconstruction, distance, nll] = [sums.reconstruction, sums.commitment, sums.prior].map((x) => mul(x, 1 / n))
      const loss = add(reconstruction!, mul(distance!, commitment))
      const metrics = {
        loss, reconstruction: reconstruction!, commitment: distance!, prior: nll!, perplexity: perplexity(choices),
      }
      const clipped = clipping(clipNorm)
      const { updates } = minimize(optimizer, loss, [encoder, decoder], clipped)
      const learned = minimize(priorOptimizer, nll!, prior.layers, clipped)
      return [{ metrics, updates: [...updates!, ...learned.updates!, ...book.learn(rows, choices, n, pass)] }]
    },
    evaluate(batch, pass) {
      const { reconstruction, commitment: distance, prior: nll } = losses(batch, pass)
      return { loss: add(reconstruction, mul(distance, commitment)), reconstruction, prior: nll }
    },
    encode: (images, pass) => quantised(images, pass).chosen,
    // Linear, because tanh is soon at −1 all over dark images, where it has no slope.
    decode: (codes, pass) => clip(decoder.apply(codes, pass), -1, 1),
    sampleCodes(noise, labels, pass) {
      // The first normal number of each place, by its distribution function: uniform from 0 to 1.
      const first = reshape(slice(noise, [0, 0, 0, 0], [-1, -1, -1, 1]), [-1, height * width])
      const choices = prior.draw(mul(add(erf(mul(first, ROOT_HALF)), 1), 0.5), pass, labels)
      return reshape(concat(choices.map((choice) => book.chosen(choice)), 1), noise.shape)
    },
  }
})

export type VqVaeOptions = Given<typeof OPTIONS>
