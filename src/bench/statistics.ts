// Medians and spreads: what a noisy machine lets one say.

/** The value below which the fraction `q` of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/**
 * Between what the median of all that might be measured lies, 95 % sure: order statistics n/2 ± 1.96·√n/2, which asks
 * nothing of the distribution. With few samples the ends are the least and the most.
 */
export function medianBounds(samples: readonly number[]): [low: number, high: number] {
  const reach = 0.98 / Math.sqrt(samples.length)
  return [quantile(samples, Math.max(0, 0.5 - reach)), quantile(samples, Math.min(1, 0.5 + reach))]
}

/** `median (quartile – quartile)` */
export const spread = (samples: readonly number[], digits = 2): string =>
  `${median(samples).toFixed(digits)} (${quantile(samples, 0.25).toFixed(digits)}–${quantile(samples, 0.75).toFixed(digits)})`

/** What was measured, window by window, and its middle. */
export interface Figure {
  readonly median: number
  readonly quartiles: readonly [number, number]
  readonly windows: readonly number[]
}

/** To six digits: more are noise. */
const rounded = (x: number): number => Number(x.toPrecision(6))

export const figure = (samples: readonly number[]): Figure => ({
  median: rounded(median(samples)),
  quartiles: [rounded(quantile(samples, 0.25)), rounded(quantile(samples, 0.75))],
  windows: samples.map(rounded),
})
