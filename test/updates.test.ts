// Updates of variables against doubles: assign, movingAverage, batch normalization's running statistics, and the
// autoencoder's statistics of its codes.
import { describe, expect, it } from 'vitest'
import { gradients } from '../src/autodiff/gradients.ts'
import { constant, input, variable, type Variable } from '../src/graph/leaves.ts'
import type { Tensor } from '../src/graph/tensor.ts'
import { autoencoder } from '../src/models/autoencoder.ts'
import { trainingStages } from '../src/models/stages.ts'
import { Pass } from '../src/nn/layer.ts'
import { batchNormalization } from '../src/nn/normalization.ts'
import { assign, movingAverage } from '../src/ops/assign.ts'
import { cholesky } from '../src/ops/cholesky.ts'
import { zeros } from '../src/ops/fill.ts'
import { randomUniform } from '../src/ops/random.ts'
import { sum } from '../src/ops/reduce.ts'
import type { Session } from '../src/runtime/session.ts'
import { floats, generator, newSession, runDivided, THREADS } from './harness.ts'

const named = (session: Session, name: string): Float32Array =>
  session.values(session.variables.find((v) => v.attrs.name === name)!)

describe('what is drawn and assigned', () => {
  const n = 1000
  const drawn = () => randomUniform([n], 'draw')
  const values = async (outputs: () => Record<string, Tensor>, updates: (v: Variable, other: Variable) => Tensor[]) => {
    const session = await newSession()
    const [v, other] = [variable('v', [n], zeros), variable('other', [n], zeros)]
    session.addVariables([v, other])
    const fn = session.compile({ group: 'g', stages: [{ outputs: outputs(), updates: updates(v, other) }] })
    fn.run(1)
    return { v: session.values(v), other: session.values(other), bytes: fn.plan.peakBytes, fn }
  }

  it('is drawn in the variable, with the same values, and takes no memory', async () => {
    const [direct, kept] = [await values(() => ({}), (v) => [assign(v, drawn())]), await values(() => ({ y: drawn() }), () => [])]
    expect(direct.bytes).toBe(0)
    expect(direct.v).toEqual(kept.fn.read('y'))
  })
  it('is kept where something else reads it too', async () => {
    const y = drawn()
    const { fn, v, other } = await values(() => ({ y }), (v, other) => [assign(v, y), assign(other, y)])
    expect(v).toEqual(fn.read('y'))
    expect(other).toEqual(v)
  })
  it('leaves what the stage reads of the variable as the stage began', async () => {
    const { v, other } = await values(() => ({}), (v, other) => [assign(v, drawn()), assign(other, v)])
    expect(other).toEqual(new Float32Array(n))
    expect(v).not.toEqual(other)
  })
})

describe.each([1, 3, 17, 1000])('%d elements', (n) => {
  const uniform = generator(n)
  const [initial, value] = [floats(n, () => uniform() - 0.5), floats(n, () => uniform() - 0.5)]
  const start = async (update: (v: Variable) => ReturnType<typeof assign>) => {
    const session = await newSession()
    const v = variable('v', [n], () => constant(initial))
    return { session, v, fn: session.compile({ group: 'g', stages: [{ updates: [update(v)] }] }).feed('x', value) }
  }

  it('assign replaces the values', async () => {
    const { session, v, fn } = await start((v) => assign(v, input('x', [n])))
    fn.run(1)
    expect(session.values(v)).toEqual(value)
  })

  it.each([0, 0.9, 1])('movingAverage with momentum %d', async (momentum) => {
    const { session, v, fn } = await start((v) => movingAverage(v, input('x', [n]), momentum))
    fn.run(5)
    const kept = momentum ** 5
    session.values(v).forEach((y, i) => expect(y).toBeCloseTo(kept * initial[i]! + (1 - kept) * value[i]!, 6))
    const after = session.values(v).slice()
    for (const threads of [2, 3, THREADS]) {
      session.values(v).set(initial)
      for (let step = 0; step < 5; step++) runDivided({ fn, outputs: [] }, threads)
      expect(session.values(v)).toEqual(after)
    }
  })
})

it('refuses what does not fit', () => {
  const v = variable('v', [2], () => constant([1, 2]))
  expect(() => assign(v, constant([1]))).toThrow(new RangeError("assign: the value's shape [1] is not the variable's [2]"))
  for (const momentum of [-0.1, 1.1, NaN]) {
    expect(() => movingAverage(v, v, momentum)).toThrow(
      new RangeError(`movingAverage: momentum is ${momentum}, expected a number from 0 to 1`))
  }
})

it('cholesky has no gradient, and a matrix of rank one a factor', async () => {
  const a = input('a', [3, 3])
  expect(() => gradients(sum(cholesky(a)), [a])).toThrow(/cholesky/)
  const fn = (await newSession()).compile({ group: 'g', stages: [{ outputs: { l: cholesky(a) } }] })
  fn.feed('a', [4, 2, 6, 2, 1, 3, 6, 3, 9]).run(1)
  expect([...fn.read('l')]).toEqual([2, 0, 0, 1, 0, 0, 3, 0, 0])
})

it("batch normalization's running statistics follow doubles over k steps", async () => {
  const [batch, c, momentum, steps] = [16, 3, 0.8, 6]
  const layer = batchNormalization({ momentum })
  const pass = new Pass(true)
  const y = layer.apply(input('x', [batch, 2, c]), pass)
  const session = await newSession()
  const fn = session.compile({ group: 'train', stages: [{ outputs: { y }, updates: pass.updates }] })
  const uniform = generator(8)
  const mean = new Float64Array(c)
  const variance = new Float64Array(c).fill(1)
  for (let step = 0; step < steps; step++) {
    const x = floats(batch * 2 * c, () => 3 * uniform() + step)
    fn.feed('x', x).run(1)
    for (let k = 0; k < c; k++) {
      const channel = [...x].filter((_, i) => i % c === k)
      const average = channel.reduce((s, e) => s + e, 0) / channel.length
      const spread = channel.reduce((s, e) => s + (e - average) ** 2, 0) / channel.length
      mean[k] = momentum * mean[k]! + (1 - momentum) * average
      variance[k] = momentum * variance[k]! + (1 - momentum) * spread
    }
  }
  for (let k = 0; k < c; k++) {
    expect(named(session, 'batchNormalization/moving_mean')[k]).toBeCloseTo(mean[k]!, 5)
    expect(named(session, 'batchNormalization/moving_variance')[k]).toBeCloseTo(variance[k]!, 5)
  }
})

describe("the autoencoder's codes", () => {
  // A learning rate of 0: every batch has the same codes, so their moments are known.
  const make = async () => {
    const definition = autoencoder({ latent: 2, filters: [3, 4, 2], learningRate: 0 })
    const session = await newSession()
    const [n, size] = [40, 8]
    const images = input('images', [n, 28, 28, 1])
    const stages = trainingStages(definition, { images })
    const step = session.compile({ group: 'train', stages })
    const codes = definition.encode!(images, new Pass(false))
    const encode = session.compile({ group: 'encode', stages: [{ outputs: { codes } }] })
    const noise = input('noise', [size + 1, 2, 2, 2])
    const drawn = definition.sampleCodes!(noise, undefined, new Pass(false))
    const sample = session.compile({ group: 'sample', stages: [{ outputs: { codes: drawn } }] })
    // Noise 0 gives the mean, a unit vector a column of the covariance's factor.
    const unit = (row: number, k: number) => Number(row === k + 1)
    sample.feed('noise', Float32Array.from({ length: noise.size }, (_, i) => unit(Math.floor(i / size), i % size)))
    const uniform = generator(3)
    const pixels = floats(images.size, () => 2 * uniform() - 1)
    return { session, step: step.feed('images', pixels), encode: encode.feed('images', pixels), sample, n, size }
  }

  it('have the right mean and covariance after 4 steps', async () => {
    const { session, step, encode, sample, n, size } = await make()
    step.run(4)
    expect(named(session, 'codes/weight')[0]).toBeCloseTo(1 - 0.98 ** 4, 6)
    encode.run(1)
    const codes = Array.from(encode.read('codes'))
    const column = (k: number) => codes.filter((_, i) => i % size === k)
    const average = (values: readonly number[]) => values.reduce((s, x) => s + x, 0) / n
    const means = Array.from({ length: size }, (_, k) => average(column(k)))
    sample.run(1)
    const drawn = sample.read('codes')
    for (let k = 0; k < size; k++) expect(drawn[k]).toBeCloseTo(means[k]!, 5)
    // sampleCodes ends in relu: only what stays above 0 shows its column.
    let seen = 0
    for (let a = 0; a < size; a++) {
      const variance = average(column(a).map((x) => (x - means[a]!) ** 2))
      if (variance < 1e-4) continue
      const row = Array.from({ length: size }, (_, k) => drawn[(k + 1) * size + a]! - drawn[a]!)
      if (Array.from({ length: size }, (_, k) => drawn[(k + 1) * size + a]!).some((x) => x === 0)) continue
      expect(row.reduce((s, x) => s + x * x, 0) / variance).toBeCloseTo(1, 1)
      seen++
    }
    expect(seen).toBeGreaterThan(0)
  })

  it('can be sampled before the first step', async () => {
    const { sample } = await make()
    sample.run(1)
    expect(sample.read('codes').every(Number.isFinite)).toBe(true)
  })
})
