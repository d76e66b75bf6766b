// Distribution functions and statistics in doubles, for tests of random tensors.

/** Φ(x), |x| < 8: the series of Marsaglia, "Evaluating the normal distribution" (2004); the far tails by symmetry's 1 − Φ. */
export function normalCdf(x: number): number {
  if (x < -3) return upperTail(-x)
  if (x > 3) return 1 - upperTail(x)
  let term = x
  let sum = x
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) sum += term *= (x * x) / i
  return 0.5 + sum * density(x)
}

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)

/** 1 − Φ(x), x ≥ 3, by Laplace's continued fraction. */
function upperTail(x: number): number {
  let f = x
  for (let k = 60; k >= 1; k--) f = x + k / f
  return density(x) / f
}

/** The largest distance between the distribution of `values` and `cdf` (Kolmogorov and Smirnov). */
export function ksDistance(values: Float32Array, cdf: (x: number) => number): number {
  const sorted = values.slice().sort()
  const n = sorted.length
  let worst = 0
  sorted.forEach((x, i) => {
    const f = cdf(x)
    worst = Math.max(worst, f - i / n, (i + 1) / n - f)
  })
  return worst
}

export function momentsOf(values: Float32Array): { mean: number; variance: number; skewness: number; kurtosis: number } {
  const n = values.length
  const mean = values.reduce((s, x) => s + x, 0) / n
  let [m2, m3, m4] = [0, 0, 0]
  for (const x of values) {
    const d = x - mean
    m2 += d * d
    m3 += d * d * d
    m4 += d * d * d * d
  }
  const variance = m2 / n
  return { mean, variance, skewness: m3 / n / variance / Math.sqrt(variance), kurtosis: m4 / n / (variance * variance) }
}
