// A book of vectors, of which each place of a code is the nearest (van den Oord et al. 2017, arXiv:1711.00937). By appendix A.1
// a vector is the mean of the codes that chose it, by moving averages. One that is hardly chosen begins again at a code of the
// batch, as in Jukebox (Dhariwal et al. 2020, arXiv:2005.00341).
// Invariant: averages are of one image, so they depend neither on the batch's size nor on how it is divided.
import type { Tensor } from '../graph/tensor.ts'
import { variable } from '../graph/leaves.ts'
import { constant, randomUniform } from '../nn/initializers.ts'
import type { Pass } from '../nn/layer.ts'
import { accumulated } from '../ops/accumulated.ts'
import { argMin } from '../ops/arg_max.ts'
import { add, div, mul, sub } from '../ops/arithmetic.ts'
import { assign } from '../ops/assign.ts'
import { less, maximum, where } from '../ops/compare.ts'
import { fill } from '../ops/fill.ts'
import { gather } from '../ops/gather.ts'
import { matmul } from '../ops/matmul.ts'
import { oneHot } from '../ops/one_hot.ts'
import { randomUniform as drawUniform } from '../ops/random.ts'
import { mean, sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { exp, floor, log, square } from '../ops/unary.ts'

/** Choices an image below which a vector begins again: one in a batch of 128. */
const LEAST = 1 / 128

/** Choices are one-hot rows: [places, vectors]. */
export interface Codebook {
  /** For each code [places, depth], the nearest vector. */
  nearest(codes: Tensor): Tensor
  /** The vectors that were chosen: [places, depth]. */
  chosen(choices: Tensor): Tensor
  /** The updates by the codes of a batch of `images` images and by what they chose. */
  learn(codes: Tensor, choices: Tensor, images: number, pass: Pass): Tensor[]
}

/** @param decay what the averages keep of themselves at each step */
export function codebook(vectors: number, depth: number, decay: number): Codebook {
  const count = variable('codebook/count', [vectors, 1], constant(LEAST), 'statistic')
  // Small at first, as codes are: those of the first batch take its place.
  const small = randomUniform({ minval: -LEAST / vectors, maxval: LEAST / vectors })
  const total = variable('codebook/sum', [vectors, depth], small, 'statistic')
  const book = () => div(total, count)

  /** A code of the batch for each vector; of micro-batches, one of the first. */
  function drawn(codes: Tensor, pass: Pass): Tensor {
    const stream = pass.stream('codebook')
    const first = typeof stream === 'string' || stream.first === 0 ? 1 : 0
    const rows = floor(mul(drawUniform([vectors], stream), codes.shape[0]!))
    return div(accumulated(mul(gather(codes, rows), first)), accumulated(fill([1, 1], first)))
  }

  return {
    nearest(codes) {
      const each = book()
      // |c − v|² without |c|², which is the same for every v.
      return oneHot(argMin(sub(sum(square(each), 1), mul(matmul(codes, each, { transposeB: true }), 2)), 1), vectors)
    },
    chosen: (choices) => matmul(choices, book()),
    learn(codes, choices, images, pass) {
      const average = (old: Tensor, now: Tensor) => 
        add(mul(old, decay), mul(accumulated(mul(now, 1 / images)), 1 - decay))
      const [counted, added] = [
        average(count, reshape(sum(choices, 0), [vectors, 1])), average(total, matmul(choices, codes, { transposeA: true }))]
      const unused = less(counted, LEAST)
      return [
        assign(count, maximum(counted, LEAST)),
        assign(total, where(unused, mul(drawn(codes, pass), LEAST), added)),
      ]
    },
  }
}

/** How many vectors a batch uses, were all used alike: e^entropy of its choices. */
export function perplexity(choices: Tensor): Tensor {
  const p = mean(choices, 0)
  return exp(mul(sum(mul(p, log(maximum(p, 1e-10)))), -1))
}
