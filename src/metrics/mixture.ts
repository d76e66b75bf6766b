// A mixture of Gaussians of codes, fitted by expectation and maximisation (Dempster, Laird and Rubin 1977), and codes drawn from
// it. Invariant: sums are in doubles, in the order of the codes, so that a fit is the same everywhere.
import { drawn } from '../data/subset.ts'
import { randomNormal, randomUniform } from '../ops/random.ts'
import { check, complete, count as countRule, type Given, isObject, notNegative, option, rule, seed as seedRule, whole }
  from '../options.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { isA } from '../tag.ts'
import { exp, log } from './elementary.ts'
import { RUNTIME } from './extractors.ts'
import { type Features, rowsOf } from './features.ts'
import { factor, logDensities } from './gaussian_density.ts'
import { centresOf, nearestOf } from './k_means.ts'

const FIT = {
  /** Gaussians of the mixture, K. Default 10. */
  components: option(countRule, 10),
  /** The most steps of expectation and maximisation. Default 100. */
  iterations: option(whole, 100),
  /** It ends when a step adds less than this to the mean of ln p(code), in nats. Default 1e-3. */
  tolerance: option(notNegative, 1e-3),
  /** What is added to each variance, so that none is 0. Default 1e-6. */
  ridge: option(notNegative, 1e-6),
  /** Chooses the codes that k-means begins with. Default 1. */
  seed: option(seedRule, 1),
}
export type MixtureOptions = Given<typeof FIT>

/** Numbers of all covariances: half a gigabyte. */
const MOST = 67108864

export interface GaussianMixture {
  /** Numbers of a code. */
  readonly width: number
  /** [K], 1 together. One that no code is near is 0. */
  readonly weights: Float64Array
  /** [K × width]. */
  readonly means: Float64Array
  /** [K × width × width]. */
  readonly covariances: Float64Array
  /** The mean of ln p over the codes, in nats. */
  readonly logLikelihood: number
  /** Steps that were done. */
  readonly iterations: number
  /** Whether it ended by `tolerance`. */
  readonly converged: boolean
}

/**
 * The mixture Σ wₖ·N(μₖ, Cₖ) of full covariances that expectation and maximisation come to from k-means, which begins with codes
 * that the seed chooses.
 * @throws RangeError where there are fewer codes than components, one is not finite, or a Gaussian is flat and `ridge` is 0
 * @example
 * const mixture = gaussianMixture({ values: model.encode(real), width: 20 }, { components: 10 })
 */
export function gaussianMixture(codes: Features, options: MixtureOptions = {}): GaussianMixture {
  const { components: K, iterations: most, tolerance, ridge, seed } = complete('gaussianMixture', options, FIT)
  const n = rowsOf('gaussianMixture', 'codes', codes, K)
  const { width: D } = codes
  if (K * D * D > MOST) {
    throw new RangeError(`gaussianMixture: ${K} covariances of ${D} × ${D} are more than ${MOST} numbers, ` +
      'expected fewer components')
  }
  const values = Float64Array.from(codes.values)
  const means = centresOf(values, D, drawn(n, K, seed, 'mixture'))
  const [weights, covariances] = [new Float64Array(K), new Float64Array(K * D * D)]
  // How much of each code is of each Gaussian, its responsibility, [n × K]: at first all of the nearest.
  const responsibilities = new Float64Array(n * K)
  nearestOf(values, D, means).forEach((k, i) => { responsibilities[i * K + k] = 1 })
  const mixture = { width: D, weights, means, covariances }
  maximise(values, responsibilities, ridge, mixture)
  let before = -Infinity
  for (let iterations = 0; ; iterations++) {
    const logLikelihood = expect(values, responsibilities, mixture)
    const converged = logLikelihood - before < tolerance
    if (converged || iterations === most) return { ...mixture, logLikelihood, iterations, converged }
    before = logLikelihood
    maximise(values, responsibilities, ridge, mixture)
  }
}

type Parameters = Pick<GaussianMixture, 'width' | 'weights' | 'means' | 'covariances'>

/** Writes the responsibility of each Gaussian for each code; the mean of ln p. */
function expect(
  values: Float64Array, responsibilities: Float64Array, { width: D, weights, means, covariances }: Parameters,
): number {
  const K = weights.length
  const n = responsibilities.length / K
  for (let k = 0; k < K; k++) {
    const L = factor(covariances.subarray(k * D * D, (k + 1) * D * D), D)
    if (!L) throw new RangeError(`gaussianMixture: Gaussian ${k} is flat, expected a ridge above 0`)
    logDensities(values, means.subarray(k * D, (k + 1) * D), L, log(weights[k]!), (i, density) => {
      responsibilities[i * K + k] = density
    })
  }
  let total = 0
  for (let i = 0; i < n; i++) {
    const row = responsibilities.subarray(i * K, (i + 1) * K)
    let largest = -Infinity
    for (let k = 0; k < K; k++) largest = Math.max(largest, row[k]!)
    let sum = 0
    for (let k = 0; k < K; k++) sum += row[k] = exp(row[k]! - largest)
    for (let k = 0; k < K; k++) row[k]! /= sum
    total += largest + log(sum)
  }
  return total / n
}

/** Weights, means and covariances by the responsibilities. A Gaussian without any stays where it is, with the weight 0. */
function maximise(
  values: Float64Array, responsibilities: Float64Array, ridge: number, { width: D, weights, means, covariances }: Parameters,
): void {
  const K = weights.length
  const n = responsibilities.length / K
  const d = new Float64Array(D)
  for (let k = 0; k < K; k++) {
    const [mean, C] = [means.subarray(k * D, (k + 1) * D), covariances.subarray(k * D * D, (k + 1) * D * D).fill(0)]
    let sum = 0
    for (let i = 0; i < n; i++) sum += responsibilities[i * K + k]!
    weights[k] = sum / n
    if (sum > 0) {
      mean.fill(0)
      for (let i = 0; i < n; i++) {
        const part = responsibilities[i * K + k]! / sum
        if (part) for (let j = 0; j < D; j++) mean[j]! += part * values[i * D + j]!
      }
      for (let i = 0; i < n; i++) {
        const part = responsibilities[i * K + k]! / sum
        if (!part) continue
        for (let j = 0; j < D; j++) d[j] = values[i * D + j]! - mean[j]!
        for (let j = 0; j < D; j++) {
          const v = part * d[j]!
          for (let l = 0; l <= j; l++) C[j * D + l]! += v * d[l]!
        }
      }
    }
    for (let j = 0; j < D; j++) {
      C[j * D + j]! += ridge
      for (let l = 0; l < j; l++) C[l * D + j] = C[j * D + l]!
    }
  }
}

const isDoubles = (x: unknown): x is Float64Array => isA('Float64Array', x) && x.every((v) => Number.isFinite(v))
const MIXTURE = rule('what gaussianMixture() makes', (x): x is GaussianMixture => {
  if (!isObject(x) || !('width' in x && 'weights' in x && 'means' in x && 'covariances' in x)) return false
  const { width: D, weights, means, covariances } = x
  if (countRule.fault(D) || !isDoubles(weights) || !isDoubles(means) || !isDoubles(covariances)) return false
  const size = (D as number) * weights.length
  return size > 0 && means.length === size && covariances.length === size * (D as number)
})
const DRAW = {
  /** What the codes are drawn from. Default 1. */
  seed: option(seedRule, 1),
}
export type DrawOptions = Given<typeof DRAW>

/** Numbers of the longest array that is made: 4 GB. */
const LONGEST = 1073741824
/** Codes drawn at a time. Random ops draw by chunk and row, so another number would give other codes. */
const CHUNK = 64

/**
 * `count` codes of the mixture, [count × width]: a Gaussian by its weight, then its mean + L·ε with L·Lᵀ its covariance. The core
 * draws the random numbers (Philox), so code i depends on the mixture, the seed and i alone, everywhere.
 * @throws TypeError, RangeError where an argument is not as described
 * @example
 * const images = model.decode(await drawMixture(runtime, mixture, 64, { seed: 7 }))
 */
export async function drawMixture(
  runtime: Runtime, mixture: GaussianMixture, count: number, options: DrawOptions = {},
): Promise<Float32Array> {
  check('drawMixture', 'runtime', runtime, RUNTIME)
  check('drawMixture', 'mixture', mixture, MIXTURE)
  check('drawMixture', 'count', count, countRule)
  const { seed } = complete('drawMixture', options, DRAW)
  const { width: D, weights, means, covariances } = mixture
  if (count * D > LONGEST) {
    throw new RangeError(`drawMixture: ${count} codes of ${D} numbers are more than an array holds, expected at most ` +
      `${Math.floor(LONGEST / D)}; ask for them in parts`)
  }
  const factors = Array.from(weights, (_, k) => factor(covariances.subarray(k * D * D, (k + 1) * D * D), D))
  if (factors.includes(undefined)) throw new RangeError('drawMixture: a covariance is not positive definite; fit with a ridge')
  const session = await runtime.session(seed)
  const outputs = { noise: randomNormal([CHUNK, D], 'mixture/noise'), which: randomUniform([CHUNK], 'mixture/which') }
  const fn = session.compile({ group: 'mixture', stages: [{ outputs }] })
  const codes = new Float32Array(count * D)
  for (let first = 0; first < count; first += CHUNK) {
    fn.run(1)
    const [noise, which] = [fn.read('noise'), fn.read('which')]
    for (let i = 0; i < Math.min(CHUNK, count - first); i++) {
      const k = chosen(weights, which[i]!)
      for (let j = 0; j < D; j++) {
        let sum = means[k * D + j]!
        for (let l = 0; l <= j; l++) sum += factors[k]![j * D + l]! * noise[i * D + l]!
        codes[(first + i) * D + j] = sum
      }
    }
  }
  return codes
}

/** The Gaussian at a place from 0 to 1 of the weights side by side. */
function chosen(weights: Float64Array, place: number): number {
  let sum = 0
  let last = 0
  for (let k = 0; k < weights.length; k++) {
    if (!weights[k]) continue
    last = k
    sum += weights[k]!
    if (place < sum) return k
  }
  return last
}
