// A mixture of Gaussians: its steps beside plain ones in doubles, what it comes to, and what is drawn from it.
import { describe, expect, it, test } from 'vitest'
import { drawMixture, gaussian, gaussianMixture, type GaussianMixture } from '../../src/metrics/index.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { lcg } from '../golden/lcg.ts'
import { type Gaussians, logLikelihood, step } from '../reference/mixture.ts'

/** Three clouds of 3 numbers a code: sums of uniform numbers about centres, stretched along a slope. */
function clouds(count: number): Float32Array {
  const noise = lcg(9, count * 12)
  return Float32Array.from({ length: 3 * count }, (_, at) => {
    const [i, j] = [Math.floor(at / 3), at % 3]
    const sum = (n: number) => noise[12 * i + n]! + noise[12 * i + n + 1]! + noise[12 * i + n + 2]!
    return [[0, 0, 0], [3, 1, -2], [-3, 2, 1]][i % 3]![j]! + 0.4 * sum(3 * j) + (j ? 0.3 * sum(9) : 0)
  })
}

const values = clouds(300)
const codes = { values, width: 3 }
const rows = Array.from({ length: 300 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)])

const plain = ({ width: D, weights, means, covariances }: GaussianMixture): Gaussians => {
  const cut = (all: Float64Array, size: number) => Array.from({ length: all.length / size }, (_, i) => (
    [...all.subarray(i * size, (i + 1) * size)]))
  return {
    weights: [...weights], means: cut(means, D), covariances: cut(covariances, D * D).map((c) => cut(Float64Array.from(c), D)),
  }
}
const flat = ({ weights, means, covariances }: Gaussians): number[] => [...weights, ...means.flat(), ...covariances.flat(2)]

describe.each([1, 3, 5])('of %i Gaussians', (components) => {
  const fit = (iterations: number) => gaussianMixture(codes, { components, iterations, tolerance: 0, ridge: 1e-3 })

  it.each([0, 1, 7])('step %i is a plain one', (iterations) => {
    const wanted = flat(step(rows, plain(fit(iterations)), 1e-3))
    flat(plain(fit(iterations + 1))).forEach((value, i) => (
      expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(wanted[i]!)))))
  })

  it('says its likelihood, which does not fall', () => {
    const all = [0, 1, 2, 4, 8, 16].map((n) => fit(n).logLikelihood)
    for (let i = 1; i < all.length; i++) expect(all[i]).toBeGreaterThan(all[i - 1]! - 1e-4)
    expect(fit(4).logLikelihood).toBeCloseTo(logLikelihood(rows, plain(fit(4))), 11)
  })
})

test('finds the clouds, from several beginnings', () => {
  for (const seed of [1, 2, 3]) {
    const { weights, means, converged, iterations } = gaussianMixture(codes, { components: 3, seed })
    expect([converged, iterations < 20]).toEqual([true, true])
    expect([...weights].every((w) => Math.abs(w - 1 / 3) < 0.01)).toBe(true)
    const sorted = Array.from({ length: 3 }, (_, k) => [...means.subarray(3 * k, 3 * k + 3)]).sort((a, b) => a[0]! - b[0]!)
    const centres = [[-3, 2, 1], [0, 0, 0], [3, 1, -2]]
    sorted.forEach((mean, k) => mean.forEach((v, j) => expect(Math.abs(v - centres[k]![j]!)).toBeLessThan(0.15)))
  }
})

test('one Gaussian is the mean and the covariance of the codes', () => {
  const { means, covariances } = gaussianMixture(codes, { components: 1, ridge: 0 })
  const { mean, covariance } = gaussian(codes)
  means.forEach((v, i) => expect(v).toBeCloseTo(mean[i]!, 12))
  covariances.forEach((v, i) => expect(v).toBeCloseTo(covariance[i]! * 299 / 300, 12))
})

test('codes without variance: the ridge is the variance; without one they are refused', () => {
  const same = { values: new Float32Array(8).fill(2), width: 2 }
  const { weights, means, covariances } = gaussianMixture(same, { components: 3 })
  expect([...weights]).toEqual([1, 0, 0])
  expect([...means]).toEqual([2, 2, 2, 2, 2, 2])
  expect([...covariances.subarray(0, 4)]).toEqual([1e-6, 0, 0, 1e-6])
  expect(() => gaussianMixture(same, { components: 1, ridge: 0 }))
    .toThrow('gaussianMixture: Gaussian 0 is flat, expected a ridge above 0')
})

test('what cannot be is refused', () => {
  expect(() => gaussianMixture({ values: new Float32Array(6), width: 2 }, { components: 4 }))
    .toThrow('gaussianMixture: codes has 6 values, expected n × 2 of at least 4 images')
  expect(() => gaussianMixture({ values: Float32Array.of(1, NaN), width: 1 }, { components: 1 }))
    .toThrow('codes has NaN in image 1')
  expect(() => gaussianMixture({ values: new Float32Array(10000), width: 10000 }, { components: 1 }))
    .toThrow('gaussianMixture: 1 covariances of 10000 × 10000 are more than 67108864 numbers, expected fewer components')
})

describe('drawn codes', async () => {
  const runtime = await createRuntime()
  const mixture = gaussianMixture(codes, { components: 3 })

  it('are like those that it was fitted to', async () => {
    const drawn = await drawMixture(runtime, mixture, 20_000)
    const [found, wanted] = [gaussian({ values: drawn, width: 3 }), gaussian(codes)]
    found.mean.forEach((v, i) => expect(Math.abs(v - wanted.mean[i]!)).toBeLessThan(0.06))
    found.covariance.forEach((v, i) => expect(Math.abs(v - wanted.covariance[i]!)).toBeLessThan(0.12))
    // Few lie between the clouds.
    const nearest = Array.from({ length: 20_000 }, (_, i) => Math.min(...[[0, 0, 0], [3, 1, -2], [-3, 2, 1]].map((centre) => (
      Math.hypot(...centre.map((c, j) => drawn[3 * i + j]! - c))))))
    expect(nearest.filter((d) => d > 2).length).toBeLessThan(200)
  })

  it('depend on the seed and their number alone', async () => {
    const many = await drawMixture(runtime, mixture, 200, { seed: 7 })
    expect(await drawMixture(runtime, mixture, 65, { seed: 7 })).toEqual(many.subarray(0, 3 * 65))
    expect(await drawMixture(runtime, mixture, 65, { seed: 8 })).not.toEqual(many.subarray(0, 3 * 65))
  })

  it('are of no Gaussian whose weight is 0', async () => {
    const one = { ...mixture, weights: Float64Array.of(0, 1, 0), covariances: mixture.covariances.map((v) => v * 1e-6) }
    const drawn = await drawMixture(runtime, one, 100)
    drawn.forEach((v, i) => expect(Math.abs(v - mixture.means[3 + i % 3]!)).toBeLessThan(0.01))
  })

  it('are refused of what is no mixture', async () => {
    await expect(drawMixture(runtime, { ...mixture, width: 2 }, 1)).rejects.toThrow('expected what gaussianMixture() makes')
    await expect(drawMixture(runtime, { ...mixture, covariances: new Float64Array(27) }, 1))
      .rejects.toThrow('drawMixture: a covariance is not positive definite')
  })
})
