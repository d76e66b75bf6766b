// The negative log-likelihood of data under a model with an encoder, by importance sampling.
// Source: Burda et al. 2015, arXiv:1509.00519, equation 8.
import { checkData, type ImageDataset } from '../data/dataset.ts'
import type { Tensor } from '../graph/tensor.ts'
import type { Batch } from '../models/definition.ts'
import { negative, sub } from '../ops/arithmetic.ts'
import { fill } from '../ops/fill.ts'
import { logSumExp } from '../ops/log_sum_exp.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { tile } from '../ops/tile.ts'
import { log } from '../ops/unary.ts'
import { check, complete, countUpTo, type Given, isObject, option, rule } from '../options.ts'
import { inTurns, means } from '../train/evaluate.ts'
import type { Model } from '../train/model.ts'

const OPTIONS = {
  /** Codes drawn for each sample, K; more of them bring the estimate down towards the likelihood. Default 200. */
  codes: option(countUpTo(1e6), 200),
}
export type LikelihoodOptions = Given<typeof OPTIONS>

/** Rows of a step, about: a sample takes as many as codes are drawn for it. */
const ROWS = 2048
const MODEL = rule('a Model', (x): x is Model => isObject(x) && 'definition' in x && 'compiled' in x)

/**
 * −ln p(x), the mean over samples in nats: of −ln(Σ p(x, z) / q(z | x) / K) over K codes z of q(z | x). Of pixels that are
 * continuous it is that of a density, and may be below 0. All of it is computed in the core: the same bits everywhere.
 * @throws TypeError where the model has no likelihood, RangeError where it does not take such data
 * @example
 * await negativeLogLikelihood(model, await loadDataset('mnist', { split: 'test' }), { codes: 200 })
 */
export async function negativeLogLikelihood(
  model: Model, data: ImageDataset, options: LikelihoodOptions = {},
): Promise<number> {
  check('negativeLogLikelihood', 'model', model, MODEL)
  checkData('negativeLogLikelihood', data)
  const { codes } = complete('negativeLogLikelihood', options, OPTIONS)
  const { kind, importanceWeights } = model.definition
  if (!importanceWeights) throw new TypeError(`negativeLogLikelihood: a ${kind} has no likelihood (importanceWeights)`)
  const size = Math.max(1, Math.floor(ROWS / codes))
  const { nll } = await inTurns(means(model, data, `nll ${codes}`, size, (batch, pass) => (
    { nll: summed(batch, codes, (many) => importanceWeights(many, pass)) })))
  return nll!
}

/** −Σ over the batch of ln(Σ weights / codes) */
function summed(batch: Batch, codes: number, weightsOf: (batch: Batch) => Tensor): Tensor {
  const size = batch.images.shape[0]!
  const many = Object.entries(batch).map(([name, t]) => [name, tile(t!, t!.shape.map((_, axis) => (axis ? 1 : codes)))] as const)
  const weights = reshape(weightsOf(Object.fromEntries(many) as unknown as Batch), [codes, size])
  return negative(sum(sub(logSumExp(weights, 0), log(fill([size], codes)))))
}
