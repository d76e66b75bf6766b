// Figures of two sets of features against numpy's (reference.py), and where they are known.
import { readFileSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import { compareFeatures } from '../../src/metrics/compare.ts'
import type { Features } from '../../src/metrics/features.ts'
import { kernelDistance } from '../../src/metrics/kernel_distance.ts'
import { neighbourhood } from '../../src/metrics/neighbours.ts'
import { lcg } from '../golden/lcg.ts'

interface Case {
  m: number, n: number, d: number, scale: number, shift: number, k: number, figures: Record<string, number>
}
const cases = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as Case[]

it.each(cases)('$m and $n images of $d features, $k neighbours, as numpy', ({ m, n, d, scale, shift, k, figures }) => {
  const real = { values: lcg(11, m * d), width: d }
  const generated = { values: lcg(12, n * d, scale, shift), width: d }
  const found = compareFeatures(real, generated, { neighbours: k })
  expect(Object.keys(found).sort()).toEqual(Object.keys(figures).sort())
  for (const [name, value] of Object.entries(found)) {
    const wanted = figures[name]!
    expect(Math.abs(value - wanted), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(wanted)))
  }
})

const rows = (...values: number[]): Features => ({ values: Float32Array.from(values), width: 1 })

test('neighbours by hand: a generated image at a ball\'s edge is within', () => {
  // Balls of real images, each as far as the nearest other: 0 ± 1, 1 ± 1, 5 ± 4; of generated ones: 2 ± 7, 9 ± 7.
  expect(neighbourhood(rows(0, 1, 5), rows(2, 9), { neighbours: 1 }))
    .toEqual({ precision: 1, recall: 1, density: (1 + 1 + 1) / 2, coverage: 2 / 3 })
})

test('only the first pairs are compared in pairs, all in the Fréchet distance', () => {
  const [real, generated] = [rows(0, 1, 2, 3, 50, 60), rows(0, 1, 2, 3, 4, 5)]
  const some = compareFeatures(real, generated, { neighbours: 2, pairs: 4 })
  expect(some.kernel).toBe(kernelDistance(rows(0, 1, 2, 3), rows(0, 1, 2, 3)))
  expect(some.coverage).toBe(1)
  expect(some.frechet).toBe(compareFeatures(real, generated, { neighbours: 2 }).frechet)
  expect(some.frechet).toBeGreaterThan(100)
})

test('what does not fit is named', () => {
  expect(() => kernelDistance(rows(1), rows(1, 2)))
    .toThrow('kernelDistance: real has 1 values, expected n × 1 of at least 2 images')
  expect(() => neighbourhood(rows(1, 2, 3), rows(1, 2, 3), { neighbours: 3 })).toThrow('of at least 4 images')
  expect(() => kernelDistance(rows(1, 2), { values: new Float32Array(4), width: 2 }))
    .toThrow('kernelDistance: real has 1 features an image and generated 2, expected the same')
  expect(() => kernelDistance(rows(1, 2), rows(1, NaN)))
    .toThrow('kernelDistance: generated has NaN in image 1, expected finite numbers')
  expect(() => compareFeatures(rows(1, 2, 3, 4, 5, 6), 7 as never))
    .toThrow('compareFeatures: generated is 7, expected features: { values, width }, values a Float32Array')
})
