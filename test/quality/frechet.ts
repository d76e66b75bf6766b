// The Fréchet distance between two sets of feature vectors, each taken as a Gaussian; all in doubles.
// Square matrices are row-major Float64Array. Source: Heusel et al. 2017, arXiv:1706.08500, equation 6.

export interface Gaussian {
  /** [D]. */
  readonly mean: Float64Array
  /** [D × D], divided by N − 1. */
  readonly covariance: Float64Array
}

export interface Eigen {
  /** [n], in no order. */
  readonly values: Float64Array
  /** [n × n], row i the unit eigenvector of values[i]. */
  readonly vectors: Float64Array
}

/** Mean and covariance (N − 1) of `rows` [N × D]. Throws RangeError where N is not a whole number of at least 2. */
export function gaussian(rows: Float32Array | Float64Array, D: number): Gaussian {
  const N = rows.length / D
  if (!Number.isInteger(N) || N < 2) throw new RangeError(`"rows" expected N × ${D} values, N ≥ 2, got ${rows.length}`)
  const mean = new Float64Array(D)
  for (let n = 0; n < N; n++) for (let i = 0; i < D; i++) mean[i]! += rows[n * D + i]!
  for (let i = 0; i < D; i++) mean[i]! /= N
  const covariance = new Float64Array(D * D)
  const x = new Float64Array(D)
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < D; i++) x[i] = rows[n * D + i]! - mean[i]!
    for (let i = 0; i < D; i++) {
      const v = x[i]!
      for (let j = 0; j <= i; j++) covariance[i * D + j]! += v * x[j]!
    }
  }
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) covariance[j * D + i] = covariance[i * D + j]! / (N - 1)
  }
  for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) covariance[i * D + j] = covariance[j * D + i]!
  return { mean, covariance }
}

/**
 * Eigenvalues and eigenvectors of the symmetric matrix `matrix` [n × n] by cyclic Jacobi rotations
 * (Golub & Van Loan, Matrix Computations, 8.5), to about 1e-15 of its norm. Throws RangeError if it does not converge.
 */
export function eigen(matrix: Float64Array, n: number): Eigen {
  const A = matrix.slice()
  const V = new Float64Array(n * n)
  for (let i = 0; i < n; i++) V[i * n + i] = 1
  const norm = A.reduce((sum, v) => sum + v * v, 0)
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += 2 * A[p * n + q]! ** 2
    if (off <= 1e-32 * norm) return { values: Float64Array.from({ length: n }, (_, i) => A[i * n + i]!), vectors: V }
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(A, V, n, p, q)
  }
  throw new RangeError('"matrix" expected finite and symmetric, got no convergence in 50 Jacobi sweeps')
}

/** Turns the plane (p, q) so that A[p, q] becomes zero, and V with it. */
function rotate(A: Float64Array, V: Float64Array, n: number, p: number, q: number): void {
  const apq = A[p * n + q]!
  if (apq === 0) return
  const tau = (A[q * n + q]! - A[p * n + p]!) / (2 * apq)
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau))
  const c = 1 / Math.sqrt(1 + t * t)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = A[k * n + p]!
    const kq = A[k * n + q]!
    A[k * n + p] = c * kp - s * kq
    A[k * n + q] = s * kp + c * kq
  }
  for (const M of [A, V]) {
    for (let k = 0; k < n; k++) {
      const pk = M[p * n + k]!
      const qk = M[q * n + k]!
      M[p * n + k] = c * pk - s * qk
      M[q * n + k] = s * pk + c * qk
    }
  }
  A[p * n + q] = A[q * n + p] = 0
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

/** S with S·S = A, A symmetric positive semidefinite [n × n]; eigenvalues that rounding made negative count as 0. */
export function squareRoot(A: Float64Array, n: number): Float64Array {
  const { values, vectors } = eigen(A, n)
  const S = new Float64Array(n * n)
  for (let e = 0; e < n; e++) {
    const root = Math.sqrt(Math.max(0, values[e]!))
    for (let i = 0; i < n; i++) {
      const v = root * vectors[e * n + i]!
      for (let j = 0; j < n; j++) S[i * n + j]! += v * vectors[e * n + j]!
    }
  }
  return S
}

/**
 * ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2·(C₁C₂)^½). The trace of (C₁C₂)^½ is the sum of the square roots of the eigenvalues of
 * C₁^½·C₂·C₁^½, which is symmetric. Throws RangeError where the dimensions differ.
 */
export function frechet(a: Gaussian, b: Gaussian): number {
  const n = a.mean.length
  if (b.mean.length !== n) throw new RangeError(`"b" expected ${n} dimensions, got ${b.mean.length}`)
  const S = squareRoot(a.covariance, n)
  const M = multiply(multiply(S, b.covariance, n), S, n)
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) M[i * n + j] = M[j * n + i] = (M[i * n + j]! + M[j * n + i]!) / 2
  let distance = 0
  for (let i = 0; i < n; i++) {
    distance += (a.mean[i]! - b.mean[i]!) ** 2 + a.covariance[i * n + i]! + b.covariance[i * n + i]!
  }
  return eigen(M, n).values.reduce((sum, v) => sum - 2 * Math.sqrt(Math.max(0, v)), distance)
}
