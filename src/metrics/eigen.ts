// Eigenvalues of symmetric matrices, in doubles. A matrix is a row-major Float64Array [n × n].

export interface Eigen {
  /** [n], in no order. */
  readonly values: Float64Array
  /** [n × n], row i the unit eigenvector of values[i]. */
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and eigenvectors of the symmetric `matrix` by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
 * 8.5), to about 1e-15 of its norm.
 * @throws RangeError where it does not converge: a matrix that is not finite or not symmetric
 */
export function eigen(matrix: Float64Array, n: number): Eigen {
  const A = matrix.slice()
  const V = new Float64Array(n * n)
  for (let i = 0; i < n; i++) V[i * n + i] = 1
  const norm = A.reduce((sum, v) => sum + v * v, 0)
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += 2 * A[p * n + q]! * A[p * n + q]!
    if (off <= 1e-32 * norm) return { values: Float64Array.from({ length: n }, (_, i) => A[i * n + i]!), vectors: V }
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(A, V, n, p, q)
  }
  throw new RangeError('eigen: matrix does not converge in 50 sweeps, expected a finite and symmetric one')
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

/** S with S·S = A, A positive semidefinite; eigenvalues that rounding made negative count as 0. */
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
