// What the models of `ganglion/models` are trained by, against the definitions in plain doubles.
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/graph/tensor.ts'
import { discrepancy } from '../../src/models/wae_mmd.ts'
import { likelihoodOf } from '../../src/models/likelihood.ts'
import { divergence, priorRatio } from '../../src/models/variational.ts'
import { bound, iwae } from '../../src/models/iwae.ts'
import { convVae } from '../../src/models/conv_vae.ts'
import { cvae } from '../../src/models/cvae.ts'
import { rae } from '../../src/models/rae.ts'
import { negativeLogLikelihood } from '../../src/metrics/likelihood.ts'
import { Pass } from '../../src/nn/layer.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { exp, square } from '../../src/ops/unary.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { newModel, trained } from '../train/data.ts'
import { gradients } from '../../src/autodiff/gradients.ts'
import { gradientPenalty } from '../../src/models/wgan_gp.ts'
import { hingeLosses } from '../../src/models/adversarial.ts'
import { tanh } from '../../src/ops/activation.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { evaluate, floats, generator, newSession } from '../harness.ts'
import { picturesOf } from './sizes.ts'

const run = async (
  shapes: readonly (readonly number[])[], values: readonly ArrayLike<number>[], f: (...xs: Tensor[]) => Tensor[],
) => evaluate(await newSession(), shapes, f, values).map((y) => Array.from(y))
const drawn = (n: number, seed: number, low = -1, high = 1) => {
  const uniform = generator(seed)
  return floats(n, () => low + (high - low) * uniform())
}
const total = (xs: Iterable<number>) => [...xs].reduce((a, b) => a + b, 0)
const pass = new Pass(true)

describe('likelihoods', () => {
  const images = Float32Array.of(-1, -0.5, 0.25, 1, 0.9, -1)
  const output = drawn(6, 3, -2, 2)
  const shape = [1, 2, 3, 1]
  const nll = async (kind: 'bernoulli' | 'gaussian' | 'logistic') => {
    const likelihood = likelihoodOf(kind)
    const [y, mean] = await run([shape, shape], [images, output], (x, o) => [likelihood.nll(x, o, pass), likelihood.images(o)])
    return { nll: y![0]!, mean: mean! }
  }
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  /** The scale before training. */
  const SCALE = Math.exp(-1)

  it('bernoulli: the cross-entropy of grey values as probabilities', async () => {
    const { nll: y, mean } = await nll('bernoulli')
    const expected = total(images.map((x, i) => {
      const [t, p] = [(x + 1) / 2, sigmoid(output[i]!)]
      return -(t * Math.log(p) + (1 - t) * Math.log(1 - p))
    }))
    expect(y / expected).toBeCloseTo(1, 5)
    mean.forEach((m, i) => expect(m).toBeCloseTo(2 * sigmoid(output[i]!) - 1, 5))
  })
  it('gaussian: the normal density around tanh of the output', async () => {
    const { nll: y } = await nll('gaussian')
    const expected = total(images.map((x, i) => {
      const z = (x - Math.tanh(output[i]!)) / SCALE
      return 0.5 * z * z + Math.log(SCALE) + 0.5 * Math.log(2 * Math.PI)
    }))
    expect(y / expected).toBeCloseTo(1, 5)
  })
  it('logistic: the mass in each grey value\'s bin, the outer ones reaching to infinity; all bins sum to 1', async () => {
    const { nll: y } = await nll('logistic')
    const expected = total(images.map((x, i) => {
      const at = (edge: number) => sigmoid((edge - Math.tanh(output[i]!)) / SCALE)
      const [above, below] = [x > 0.999 ? 1 : at(x + 1 / 255), x < -0.999 ? 0 : at(x - 1 / 255)]
      return -Math.log(above - below)
    }))
    expect(y / expected).toBeCloseTo(1, 4)
    const values = Float32Array.from({ length: 256 }, (_, i) => (i * 2) / 255 - 1)
    const likelihood = likelihoodOf('logistic')
    const [each] = await run([[256, 1, 1, 1], [256, 1, 1, 1]], [values, new Float32Array(256).fill(0.3)],
      (x, o) => [exp(mul(likelihood.nll(x, o, pass), -1))])
    expect(total(each!)).toBeCloseTo(1, 4)
  })
})

it('divergence: ½ (μ² + σ² − ln σ² − 1)', async () => {
  const [mu, logvar] = [drawn(4, 1), drawn(4, 2)]
  const [y] = await run([[2, 2], [2, 2]], [mu, logvar], (mean, log) => [divergence({ mean, logvar: log, std: exp(log) })])
  y!.forEach((v, i) => expect(v).toBeCloseTo(0.5 * (mu[i]! ** 2 + Math.exp(logvar[i]!) - logvar[i]! - 1), 5))
})

it('iwae: −ln of the mean of importance weights, those far below the largest too', async () => {
  const weights = Float32Array.of(-300, -1, -301, -2, -302, -3)
  const [y] = await run([[3, 2]], [weights], (w) => [bound(w)])
  for (const row of [0, 1]) {
    const all = [0, 1, 2].map((k) => weights[2 * k + row]!)
    const top = Math.max(...all)
    expect(y![row]).toBeCloseTo(-(top + Math.log(total(all.map((w) => Math.exp(w - top))) / 3)), 4)
  }
})

describe('wae-mmd', () => {
  it('the unbiased discrepancy, pair by pair', async () => {
    const [n, latent] = [4, 3]
    const [a, b] = [drawn(n * latent, 5, -2, 2), drawn(n * latent, 6, -1, 1)]
    const [y] = await run([[n, latent], [n, latent]], [a, b], (x, z) => [discrepancy(x, z)])
    const kernel = (x: Float32Array, i: number, z: Float32Array, j: number) => {
      const d = total(Array.from({ length: latent }, (_, k) => (x[i * latent + k]! - z[j * latent + k]!) ** 2))
      return total([0.1, 0.2, 0.5, 1, 2, 5, 10].map((s) => (2 * latent * s) / (2 * latent * s + d)))
    }
    let expected = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i !== j) expected += (kernel(a, i, a, j) + kernel(b, i, b, j)) / (n * (n - 1))
        expected -= (2 * kernel(a, i, b, j)) / (n * n)
      }
    }
    expect(y![0]).toBeCloseTo(expected, 4)
  })
})

describe('likelihoods by importance sampling', () => {
  it('ln p(z) − ln q(z | x) of codes that are drawn', async () => {
    const [mu, logvar, epsilon] = [drawn(4, 1), drawn(4, 2), drawn(4, 3, -2, 2)]
    const z = mu.map((m, i) => m + Math.exp(logvar[i]! / 2) * epsilon[i]!)
    const shape = [2, 2]
    const [y] = await run([shape, shape, shape], [z, epsilon, logvar], (a, b, c) => [priorRatio(a, b, c)])
    const normal = (x: number, m: number, v: number) => -0.5 * ((x - m) ** 2 / v + Math.log(2 * Math.PI * v))
    for (const row of [0, 1]) {
      const each = [0, 1].map((k) => 2 * row + k).map((i) => normal(z[i]!, 0, 1) - normal(z[i]!, mu[i]!, Math.exp(logvar[i]!)))
      expect(y![row]).toBeCloseTo(total(each), 4)
    }
  })
  it.each(Object.entries({ convVae, cvae, iwae }))('%s: tighter than what it is trained by', async (_, define) => {
    const data = picturesOf('smooth', 16, [8, 8, 1])
    const model = await newModel(define({ imageShape: [8, 8, 1], filters: 3, hidden: 8, latent: 4, likelihood: 'logistic' }))
    await trained(model, data, { batchSize: 8, epochs: 20 })
    const { loss } = model.evaluate(data) as { loss: number }
    const nll = await negativeLogLikelihood(model, data, { codes: 300 })
    expect(nll).toBeLessThan(loss)
    expect(nll).toBeGreaterThan(loss / 2)
  })
})

it('rae: the squared error, half the squared codes and the decoder\'s squared weights, each by its weight', async () => {
  const [rows, codeWeight, decoderWeight] = [6, 0.3, 0.02]
  const data = picturesOf('smooth', rows, [8, 8, 1])
  const model = await newModel(rae({ imageShape: [8, 8, 1], filters: 2, hidden: 5, latent: 3, codeWeight, decoderWeight }))
  const images = scaledImages(data, Array.from({ length: rows }, (_, i) => i))
  const [codes, made] = [model.encode(images), model.reconstruct(images)]
  const squares = (xs: Iterable<number>) => total(Array.from(xs, (x) => x * x))
  const weights = [...model.weights()].filter(([name]) => name.startsWith('decoder/')).flatMap(([, { data: w }]) => [...w])
  const reconstruction = squares(images.map((x, i) => x - made[i]!)) / rows
  const [first] = await trained(model, data, { batchSize: rows, epochs: 1 })
  const { metrics } = first!
  expect(metrics.reconstruction! / reconstruction).toBeCloseTo(1, 5)
  const small = 0.5 * codeWeight * squares(codes) / rows + decoderWeight * squares(weights)
  expect(metrics.loss! - metrics.reconstruction!).toBeCloseTo(small, 3)
})

describe('wgan-gp', () => {
  const [rows, size] = [3, 4]
  const [real, fake, u] = [drawn(12, 1), drawn(12, 2), drawn(3, 3, 0, 1)]
  const weights = drawn(8, 4, -1.5, 1.5)
  const judge = (w: Tensor) => (x: Tensor) => square(tanh(matmul(reshape(x, [rows, size]), reshape(w, [size, 2]))))
  /** The squared distance from 1 of the numerical slope of Σ tanh²(x·W). */
  const expected = (w: Float32Array | Float64Array) => {
    const score = (x: number[]) => total([0, 1].map((c) => Math.tanh(total(x.map((v, k) => v * w[2 * k + c]!))) ** 2))
    return total(Array.from({ length: rows }, (_, r) => {
      const x = Array.from({ length: size }, (_, k) => fake[r * size + k]! + u[r]! * (real[r * size + k]! - fake[r * size + k]!))
      const slope = x.map((_, k) => {
        const moved = (h: number) => score(x.map((v, i) => (i === k ? v + h : v)))
        return (moved(1e-5) - moved(-1e-5)) / 2e-5
      })
      return (Math.sqrt(total(slope.map((g) => g * g))) - 1) ** 2
    })) / rows
  }
  const image = [rows, 2, 2, 1]
  const penalty = (w: Tensor, x: Tensor, y: Tensor, t: Tensor) => gradientPenalty(x, y, judge(w), reshape(t, [rows, 1, 1, 1]))

  it('the penalty is of slopes between a real and a generated image each, and its gradient is that of a gradient', async () => {
    const [value, slopes] = await run([[8], image, image, [rows]], [weights, real, fake, u], (w, x, y, t) => {
      const p = penalty(w, x, y, t)
      return [p, gradients(p, [w])[0]!]
    })
    expect(value![0]).toBeCloseTo(expected(weights), 5)
    slopes!.forEach((slope, k) => {
      const moved = (h: number) => expected(Float64Array.from(weights, (w, i) => (i === k ? w + h : w)))
      expect(slope).toBeCloseTo((moved(1e-3) - moved(-1e-3)) / 2e-3, 3)
    })
  })
})

it('hinge losses: the discriminator wants a margin of 1 on each side, the generator higher scores', async () => {
  const scores = Float32Array.of(-2, 0.5, 3)
  const [real, fake, generator] = await run([[3, 1]], [scores], (s) => (
    [hingeLosses.loss(1, s), hingeLosses.loss(0, s), hingeLosses.generatorLoss!(s)]))
  expect(real![0]).toBeCloseTo((3 + 0.5 + 0) / 3, 6)
  expect(fake![0]).toBeCloseTo((0 + 1.5 + 4) / 3, 6)
  expect(generator![0]).toBeCloseTo(-0.5, 6)
})
