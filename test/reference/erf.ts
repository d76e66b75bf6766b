/** The error function in doubles: 2/√π · e^−x² · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5 … 2n+1), all terms of one sign (DLMF 7.6.2). */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
