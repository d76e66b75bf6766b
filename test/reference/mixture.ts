// A step of expectation and maximisation, plainly (Bishop, Pattern Recognition and Machine Learning, 9.2.2), in doubles.
type Matrix = readonly (readonly number[])[]

export interface Gaussians {
  readonly weights: readonly number[]
  readonly means: Matrix
  readonly covariances: readonly Matrix[]
}

/** The determinant and the inverse, by Gauss and Jordan. */
function inverted(matrix: Matrix): { determinant: number, inverse: number[][] } {
  const n = matrix.length
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  let determinant = 1
  for (let i = 0; i < n; i++) {
    const pivot = rows.reduce((best, row, r) => (r >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? r : best), i)
    if (pivot !== i) determinant *= -1
    ;[rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!]
    const by = rows[i]![i]!
    determinant *= by
    rows[i] = rows[i]!.map((v) => v / by)
    rows.forEach((row, r) => { if (r !== i) rows[r] = row.map((v, j) => v - row[i]! * rows[i]![j]!) })
  }
  return { determinant, inverse: rows.map((row) => row.slice(n)) }
}

/** p(x, k) of each Gaussian. */
function densities(x: readonly number[], { weights, means, covariances }: Gaussians): number[] {
  return weights.map((weight, k) => {
    if (!weight) return 0
    const { determinant, inverse } = inverted(covariances[k]!)
    const d = x.map((v, j) => v - means[k]![j]!)
    const distance = d.reduce((sum, v, i) => sum + v * d.reduce((s, w, j) => s + inverse[i]![j]! * w, 0), 0)
    return weight * Math.exp(-distance / 2) / Math.sqrt((2 * Math.PI) ** x.length * determinant)
  })
}

/** The mean of ln p. */
export const logLikelihood = (codes: Matrix, mixture: Gaussians): number =>
  codes.reduce((sum, x) => sum + Math.log(densities(x, mixture).reduce((s, p) => s + p, 0)), 0) / codes.length

export function step(codes: Matrix, mixture: Gaussians, ridge: number): Gaussians {
  const shares = codes.map((x) => {
    const all = densities(x, mixture)
    const sum = all.reduce((s, p) => s + p, 0)
    return all.map((p) => p / sum)
  })
  const counts = mixture.weights.map((_, k) => shares.reduce((sum, row) => sum + row[k]!, 0))
  const means = counts.map((count, k) => codes[0]!.map((_, j) => (
    codes.reduce((s, x, i) => s + shares[i]![k]! * x[j]!, 0) / count)))
  const covariances = counts.map((count, k) => codes[0]!.map((_, a) => codes[0]!.map((_, b) => (
    codes.reduce((s, x, i) => s + shares[i]![k]! * (x[a]! - means[k]![a]!) * (x[b]! - means[k]![b]!), 0) / count +
    (a === b ? ridge : 0)))))
  return { weights: counts.map((count) => count / codes.length), means, covariances }
}
