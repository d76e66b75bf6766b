// Steps in micro-batches: the same bits in one tape and in pieces computed anywhere, what the whole batch would give, and memory.
import { describe, expect, it } from 'vitest'
import { gradients } from '../../src/autodiff/gradients.ts'
import { imageDataset } from '../../src/data/dataset.ts'
import * as ganglion from '../../src/entries/index.ts'
import { input, variable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { compile } from '../../src/compiler/program.ts'
import { accumulate, stepPieces, treeSum } from '../../src/models/accumulate.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { ModelDefinition, Stage } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { minimize } from '../../src/models/minimize.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { vae } from '../../src/models/vae.ts'
import { vqVae } from '../../src/models/vq_vae.ts'
import { ema } from '../../src/nn/ema.ts'
import { parameters, Pass } from '../../src/nn/layer.ts'
import { dense } from '../../src/nn/layers.ts'
import { batchNormalization } from '../../src/nn/normalization.ts'
import { adam, sgd } from '../../src/nn/optimizers.ts'
import { linear } from '../../src/nn/schedules.ts'
import { spectralNormalization } from '../../src/nn/spectral.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { accumulated } from '../../src/ops/accumulated.ts'
import { add, mul, sub } from '../../src/ops/arithmetic.ts'
import { movingAverage } from '../../src/ops/assign.ts'
import { batch, dataset } from '../../src/ops/batch.ts'
import { zeros } from '../../src/ops/fill.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import { Model } from '../../src/train/model.ts'
import { stepParts } from '../../src/train/stages.ts'
import { floats, generator, newSession, runtime } from '../harness.ts'

const uniform = generator(77)
const COUNT = 151
const SHAPE = [28, 28, 1] as const
const IMAGES = floats(COUNT * 784, () => 2 * uniform() - 1)
const DATA = dataset(IMAGES, [COUNT, ...SHAPE])
const data = imageDataset({ images: IMAGES, shape: SHAPE, labels: Uint8Array.from({ length: COUNT }, (_, i) => i % 10) })
const small = () => vae({ hidden: 20, latent: 3 })
const pair = () => gan({ hidden: 20, discriminatorHidden: 12, latent: 5 })
/** Every model of the package, as `verify` trains it. */
const KINDS: Readonly<Record<string, () => ModelDefinition>> = {
  ...Object.fromEntries(modelNames.map((kind) => [kind, () => models[kind](models[kind].verify.options)])),
  'vae, its gradients clipped': () => vae({ hidden: 20, latent: 3, clipNorm: 1 }),
  'vq-vae, of classes': () => vqVae({ filters: 2, depth: 2, vectors: 6, priorUnits: 3, priorBlocks: 1, classes: 10 }),
}

const total = (rows: readonly number[]) => rows.reduce((a, b) => a + b, 0)
/** A definition's stages for each micro-batch; the last may have fewer rows than the others. */
const partsOf = (definition: ModelDefinition, rows: readonly number[]): Stage[][] =>
  stepParts(definition, data, total(rows), rows[0]!, true).parts
const stepOf = (definition: ModelDefinition, rows: readonly number[]): Stage[] =>
  accumulate(partsOf(definition, rows), rows, definition.reduction)

/** A model after some steps, with the means of its metrics. */
async function after(definition: ModelDefinition, stages: readonly Stage[], steps: number) {
  const model = await Model.create(runtime, definition)
  const fn = model.session.compile({ group: 'train', stages })
  expect(fn.run(steps)).toBe(steps)
  const metrics = Object.fromEntries(Object.entries(fn.metrics()).map(([name, { sum: s, count }]) => [name, s / count]))
  return { model, metrics, fn }
}

describe.each(Object.entries(KINDS))('%s', (_, define) => {
  const ROWS = [[4, 4], [3, 3, 3], [2, 2, 2, 2, 2], [3, 3, 2]]

  it.each(ROWS.map((rows) => [rows]))('computed in pieces, in any order, is as in one tape: %j', async (rows) => {
    const definition = define()
    const [STEPS, n] = [3, total(rows) * (definition.batchesPerStep ?? 1)]
    const whole = await after(definition, stepOf(definition, rows), STEPS)

    const parts = stepPieces(partsOf(definition, rows), rows, definition.reduction)
    const main = await Model.create(runtime, definition)
    const workers = await Promise.all([0, 1].map(() => Model.create(runtime, definition)))
    const partials = parts.map(({ partials }) => partials.map((stage, k) => (
      workers[k % 2]!.session.compile({ group: 'train', stages: [stage] }))))
    const applies = parts.map(({ apply }) => main.session.compile({ group: 'train', stages: [apply] }))
    for (let step = 0; step < STEPS; step++) {
      const counters = main.session.counters('train').slice()
      for (const [s, apply] of applies.entries()) {
        main.session.counters('train').set(counters)
        const given = new Map<number, Map<string, Float32Array>>()
        for (const k of [...rows.keys()].reverse()) {
          workers[k % 2]!.loadState(main.state())
          const fn = partials[s]![k]!
          fn.run(1)
          given.set(k, new Map([...fn.program.outputs.keys()].map((name) => [name, fn.read(name)])))
        }
        for (const name of apply.inputNames) {
          const [, u, k] = /^(update \d+) of (\d+)$/.exec(name) ?? []
          apply.feed(name, u ? given.get(Number(k))!.get(u)! : treeSum(rows.map((__, i) => given.get(i)!.get(name)!)))
        }
        apply.run(1)
      }
      const position = counters[2]! + n
      main.session.counters('train').set([counters[0]! + 1, 0, position, 0])
      expect(position).toBeLessThan(COUNT)
    }
    expect(await main.digest()).toBe(await whole.model.digest())
  })
})

describe('the numbers of a step in micro-batches', () => {
  it.each([[[4, 4]], [[3, 3, 3]], [[4, 4, 1]]])('are those of the whole batch, up to rounding: %j', async (rows) => {
    // Without clipping, which would hide a sum that is a mean.
    for (const define of [small, pair]) {
      const [whole, parts] = [define(), define()]
      const one = await after(whole, stepOf(whole, [total(rows)]), 1)
      const several = await after(parts, stepOf(parts, rows), 1)
      for (const [name, value] of Object.entries(one.metrics)) expect(several.metrics[name]! / value).toBeCloseTo(1, 5)
      // Adam's momentum is a tenth of the gradient after the first step. The second network's loss is of the first's new weights.
      const [first] = whole.optimizers
      const moments = [...one.model.state().variables].filter(([name]) => name.startsWith(`${first!.name}/momentum/`))
      expect(moments.length).toBeGreaterThan(3)
      for (const [name, values] of moments) {
        const other = several.model.state().variables.get(name)!
        const largest = values.reduce((m, x) => Math.max(m, Math.abs(x)), 0)
        expect(values.reduce((m, x, i) => Math.max(m, Math.abs(x - other[i]!)), 0), name).toBeLessThan(largest * 1e-4)
      }
    }
  })

  it.each([false, true])('are updated once, but running statistics for each micro-batch in turn: warm-up %s', async (warmup) => {
    const x = dataset(Float32Array.from({ length: 12 }, (_, i) => i * i), [12, 1])
    const net = sequential('net', [batchNormalization({ momentum: 0.5 }), dense({ units: 1 })])
    const optimizer = adam({ learningRate: linear({ initial: 0.1, final: 0, steps: 10 }) })
    const average = ema([net], { decay: 0.5, warmup })
    const train: ModelDefinition['train'] = ({ images }, pass) =>
      [minimize(optimizer, mean(square(net.apply(images, pass))), [net]), average.stage()]
    const parts = [0, 1, 2].map((k) => trainingStages({ train }, {
      images: batch(x, 4, { first: 4 * k, shuffle: false }),
    }, new Pass(true, { first: 4 * k, rows: 4 })))
    const session = await newSession()
    const fn = session.compile({ group: 'train', stages: accumulate(parts, [4, 4, 4]) })
    const before = new Map(session.variables.map((v) => [v.attrs.name, session.values(v).slice()]))
    fn.run(1)
    const value = (name: string) => session.values(session.variables.find((v) => v.attrs.name === name)!)
    expect([...session.counters('train')]).toEqual([1, 0, 0, 1])
    expect(value('adam/state')[1], 't').toBe(1)
    const means = [0, 4, 8].map((from) => [0, 1, 2, 3].reduce((s, i) => s + (from + i) ** 2, 0) / 4)
    expect(value('net/batchNormalization/moving_mean')[0]).toBeCloseTo(means.reduce((m, e) => 0.5 * m + 0.5 * e, 0), 3)
    const kernel = 'net/dense/kernel'
    const kept = warmup ? 0.1 : 0.5
    expect(value(`ema/${kernel}`)[0]).toBeCloseTo(kept * before.get(kernel)![0]! + (1 - kept) * value(kernel)[0]!, 6)
    const updates = (op: string) => fn.program.schedule.items.filter(({ node }) => node.op.name === op).length
    expect(updates('movingAverage')).toBe(2 * 3 + (warmup ? 0 : 6))
  })

  it('move a spectral normalization\'s vector once, to the bits of the whole batch', async () => {
    const stepped = async (rows: readonly number[]) => {
      const net = sequential('net', [spectralNormalization(dense({ units: 3 })), spectralNormalization(dense({ units: 1 }))])
      const [x, optimizer] = [dataset(floats(72, generator(8)), [12, 6]), adam({ learningRate: 0.1 })]
      const train: ModelDefinition['train'] = ({ images }, pass) =>
        [minimize(optimizer, mean(square(net.apply(images, pass))), [net])]
      const parts = rows.map((size, k) => trainingStages({ train }, {
        images: batch(x, size, { first: k * size, shuffle: false }),
      }, new Pass(true, { first: k * size, rows: size })))
      const session = await newSession()
      const fn = session.compile({ group: 'train', stages: accumulate(parts, rows) })
      fn.run(1)
      const vectors = session.variables.filter((v) => v.attrs.name.endsWith('/vector_u')).map((v) => [...session.values(v)])
      return { vectors, moved: fn.program.schedule.items.filter(({ node }) => node.op.name === 'assign').length }
    }
    const [whole, parts] = [await stepped([12]), await stepped([4, 4, 4])]
    expect(whole.vectors.length).toBe(2)
    expect(parts).toEqual({ vectors: whole.vectors, moved: 2 })
  })

  it('may be used within a loss, where they are the mean of all', async () => {
    // Each micro-batch's distance from the mean of the whole batch.
    const x = dataset(Float32Array.of(1, 2, 4, 9), [4])
    const part = (k: number): Stage[] => {
      const rows = batch(x, 2, { first: 2 * k, shuffle: false })
      const all = accumulated(mean(rows))
      return [{ metrics: { all, distance: mean(square(sub(rows, all))) } }]
    }
    const fn = (await newSession()).compile({ group: 'train', stages: accumulate([part(0), part(1)], [2, 2]) })
    fn.run(1)
    expect(fn.metrics().all!.sum).toBe(4)
    expect(fn.metrics().distance!.sum).toBe((9 + 4 + 0 + 25) / 4)
    expect(() => stepPieces([part(0), part(1)], [2, 2])).toThrow(/depends on what goes through accumulated\(\)/)
  })
})

it('a step needs the memory of one micro-batch, and of the sums', () => {
  const define = () => dcgan({ filters: [16, 8], latent: 10 })
  const plan = (rows: readonly number[]) => compile({ group: 'train', stages: stepOf(define(), rows) }).plan
  const one = plan([6])
  const definition = define()
  partsOf(definition, [6])
  const { variables } = compile({ group: 'train', stages: stepOf(definition, [6]) })
  const weights = variables.filter((v) => v.attrs.role === 'parameter')
  const gradientBytes = weights.reduce((n, v) => n + v.size * 4, 0)
  for (const [k, levels] of [[2, 2], [4, 3], [8, 4]] as const) {
    const { peakBytes } = plan(Array.from({ length: k }, () => 6))
    expect(peakBytes, `${k} micro-batches`).toBeLessThan(one.peakBytes * 1.05 + levels * gradientBytes)
  }
  expect(gradientBytes * 4).toBeLessThan(one.peakBytes)
})

it('one micro-batch is the step as it is', () => {
  const stages = trainingStages(pair(), { images: batch(DATA, 4) })
  expect(accumulate([stages], [4])).toEqual(stages)
})

describe('refusals', () => {
  const w = () => variable('w', [2], zeros)
  const loss = (k: number, v: Tensor) => sum(square(sub(batch(DATA, 1, { first: k }), mul(sum(v), 1))))
  it('a gradient of one micro-batch', () => {
    const [v, optimizer] = [w(), sgd()]
    const part = (k: number): Stage[] => [{ updates: optimizer.apply(gradients(loss(k, v), [v]), [v]) }]
    expect(() => accumulate([part(0), part(1)], [1, 1])).toThrow(new RangeError(
      "accumulate: the optimizer's update of 'w' takes a gradient of one micro-batch; " +
      'put gradients through accumulated(), as minimize does'))
  })
  it('stages that differ, or have outputs', () => {
    const v = w()
    const part = (k: number): Stage[] => [{ updates: Array.from({ length: k }, () => movingAverage(v, add(v, k), 0.5)) }]
    expect(() => accumulate([part(1), part(2)], [1, 1])).toThrow('the stages of micro-batch 1 are not those of the first')
    const output = (): Stage[] => [{ outputs: { y: input('x', [1]) } }]
    expect(() => accumulate([output(), output()], [1, 1])).toThrow('accumulate: a training stage has outputs, expected metrics')
  })
  it('the gradient of a sum over micro-batches', () => {
    const layer = dense({ units: 1 })
    const y = layer.apply(input('x', [1, 1]), new Pass(true))
    expect(() => gradients(sum(accumulated(y)), parameters(layer))).toThrow(/the op 'accumulated' .* has no gradient/)
  })
})

describe('micro-batches that are none', () => {
  const parts = partsOf(small(), [3, 2])
  it.each([[[], []], [parts, [3]], [parts, [3, 0]], [parts, [3, 1.5]]] as const)('%#', (given, rows) => {
    for (const [name, make] of Object.entries({ accumulate, stepPieces })) {
      expect(() => make(given, rows)).toThrow(new RangeError(
        `${name}: ${given.length} micro-batches and rows [${rows.join(', ')}] are given, ` +
        'expected at least one micro-batch, and a positive number of rows for each'))
    }
  })
  it('have no sum', () => {
    expect(() => treeSum([])).toThrow(
      new RangeError('treeSum: the arrays have the lengths [], expected at least one, all equal'))
    expect(() => treeSum([new Float32Array(2), new Float32Array(3)])).toThrow(
      new RangeError('treeSum: the arrays have the lengths [2, 3], expected at least one, all equal'))
  })
})

it('users have what takes a step in micro-batches', () => {
  expect(ganglion).toMatchObject({ accumulate, stepPieces, treeSum, trainingStages })
})
