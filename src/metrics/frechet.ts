// The Fréchet distance between two sets of images: of their features, each set taken as a Gaussian.
// Source: Heusel et al. 2017, arXiv:1706.08500, equation 6. It is an FID only where the features are those of Inception v3.
import { eigen, squareRoot } from './eigen.ts'
import { check, isObject, rule } from '../options.ts'
import { isA } from '../tag.ts'
import { type Features, rowsOf } from './features.ts'

export interface Gaussian {
  /** [width]. */
  readonly mean: Float64Array
  /** [width × width], divided by n − 1. */
  readonly covariance: Float64Array
}

const isDoubles = (x: unknown): x is Float64Array => isA('Float64Array', x) && x.every((v) => Number.isFinite(v))
const GAUSSIAN = rule('what gaussian() makes', (x): x is Gaussian => (
  isObject(x) && 'mean' in x && 'covariance' in x && isDoubles(x.mean) && isDoubles(x.covariance) &&
  x.covariance.length === x.mean.length * x.mean.length))

/**
 * Mean and covariance of features.
 * @throws RangeError where they are of less than two images, or not finite
 * @example
 * const { mean, covariance } = gaussian(await extractor.of(model.sample(1000)))
 */
export function gaussian(features: Features): Gaussian {
  const N = rowsOf('gaussian', 'features', features, 2)
  const { values, width: D } = features
  const mean = new Float64Array(D)
  for (let n = 0; n < N; n++) for (let i = 0; i < D; i++) mean[i]! += values[n * D + i]!
  for (let i = 0; i < D; i++) mean[i]! /= N
  const covariance = new Float64Array(D * D)
  const x = new Float64Array(D)
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < D; i++) x[i] = values[n * D + i]! - mean[i]!
    for (let i = 0; i < D; i++) {
      const v = x[i]!
      if (v) for (let j = 0; j <= i; j++) covariance[i * D + j]! += v * x[j]!
    }
  }
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) covariance[j * D + i] = covariance[i * D + j] = covariance[i * D + j]! / (N - 1)
  }
  return { mean, covariance }
}

/**
 * ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2·(C₁C₂)^½), 0 or more. The trace of (C₁C₂)^½ is the sum of the square roots of the eigenvalues of
 * C₁^½·C₂·C₁^½, which is symmetric.
 * @throws RangeError where the dimensions differ
 * @example
 * frechetDistance(gaussian(await extractor.of(real)), gaussian(await extractor.of(model.sample(10000))))
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  for (const [key, given] of [['a', a], ['b', b]] as const) check('frechetDistance', key, given, GAUSSIAN)
  const n = a.mean.length
  if (b.mean.length !== n) throw new RangeError(`frechetDistance: b has ${b.mean.length} dimensions, expected ${n} as a has`)
  const S = squareRoot(a.covariance, n)
  const M = multiply(multiply(S, b.covariance, n), S, n)
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) M[i * n + j] = M[j * n + i] = (M[i * n + j]! + M[j * n + i]!) / 2
  let distance = 0
  for (let i = 0; i < n; i++) {
    const d = a.mean[i]! - b.mean[i]!
    distance += d * d + a.covariance[i * n + i]! + b.covariance[i * n + i]!
  }
  return eigen(M, n).values.reduce((sum, v) => sum - 2 * Math.sqrt(Math.max(0, v)), distance)
}

function multiply(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const C = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const v = A[i * n + k]!
      for (let j = 0; j < n; j++) C[i * n + j]! += v * B[k * n + j]!
    }
  }
  return C
}
