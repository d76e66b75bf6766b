// The statistics that benchmarks report.
import { expect, it } from 'vitest'
import { figure, median, medianBounds, quantile, spread } from '../../src/bench/statistics.ts'
import { generator } from '../harness.ts'

it('quantiles interpolate, whatever the order', () => {
  expect([0, 0.25, 0.5, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 1.75, 2.5, 4])
  expect(median([5])).toBe(5)
  expect(spread([1, 2, 3])).toBe('2.00 (1.50–2.50)')
  expect(figure([3, 1, 2])).toEqual({ median: 2, quartiles: [1.5, 2.5], windows: [3, 1, 2] })
})

it('the bounds hold the true median in about 95 of 100 tries, for a lopsided distribution too', () => {
  const uniform = generator(3)
  let held = 0
  for (let i = 0; i < 1000; i++) {
    // Of u², the median is 1/4.
    const [low, high] = medianBounds(Array.from({ length: 60 }, () => { const u = uniform(); return u * u }))
    if (low <= 0.25 && 0.25 <= high) held++
  }
  expect(held).toBeGreaterThan(925)
  expect(held).toBeLessThan(975)
  expect(medianBounds([2, 1])).toEqual([1, 2])
})
