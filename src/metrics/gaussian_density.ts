// A Gaussian's density by the Cholesky factor of its covariance, in doubles.
import { log } from './elementary.ts'

/** ln 2π */
const LOG_TWO_PI = 1.8378770664093453

/** L, lower triangular with L·Lᵀ = C [n × n]; undefined where C is not positive definite. */
export function factor(C: Float64Array, n: number): Float64Array | undefined {
  const L = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = C[i * n + j]!
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!
      if (i > j) L[i * n + j] = sum / L[j * n + j]!
      else if (sum > 0) L[i * n + i] = Math.sqrt(sum)
      else return undefined
    }
  }
  return L
}

/**
 * Gives `each` the number of each row of `values`, and `more` + ln N(row; mean, L·Lᵀ), which is
 * −½ (|L⁻¹(row − mean)|² + n·ln 2π) − Σ ln Lᵢᵢ.
 */
export function logDensities(
  values: Float64Array, mean: Float64Array, L: Float64Array, more: number, each: (row: number, density: number) => void,
): void {
  const n = mean.length
  let constant = more - 0.5 * n * LOG_TWO_PI
  for (let i = 0; i < n; i++) constant -= log(L[i * n + i]!)
  const y = new Float64Array(n)
  for (let row = 0; row < values.length / n; row++) {
    let squares = 0
    for (let i = 0; i < n; i++) {
      let sum = values[row * n + i]! - mean[i]!
      for (let j = 0; j < i; j++) sum -= L[i * n + j]! * y[j]!
      y[i] = sum / L[i * n + i]!
      squares += y[i]! * y[i]!
    }
    each(row, constant - 0.5 * squares)
  }
}
