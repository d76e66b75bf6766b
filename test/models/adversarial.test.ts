// What the step of all GANs takes besides networks and losses: which batches it trains on, averages, slopes, changes of images.
import { describe, expect, it } from 'vitest'
import { gradients } from '../../src/autodiff/gradients.ts'
import { input, isVariable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { topological } from '../../src/graph/walk.ts'
import { adversarial } from '../../src/models/adversarial.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { lsgan } from '../../src/models/lsgan.ts'
import { tensorsOf, trainingStages } from '../../src/models/stages.ts'
import { Pass } from '../../src/nn/layer.ts'
import { dense } from '../../src/nn/layers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { tanh } from '../../src/ops/activation.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { square } from '../../src/ops/unary.ts'
import { newModel, trained } from '../train/data.ts'
import { evaluate, floats, generator, newSession } from '../harness.ts'
import { picturesOf } from './sizes.ts'

const SHAPE = [8, 8, 1] as const
const SMALL = { imageShape: SHAPE, hidden: 6, discriminatorHidden: 5, latent: 3 }
const data = picturesOf('smooth', 24, SHAPE)

/** The variables that a step's optimizers change. */
const changed = (definition: ModelDefinition, pass: Pass): string[] => {
  const stages = trainingStages(definition, { images: input('images', [4, ...definition.imageShape]) }, pass)
  return tensorsOf(stages).filter(({ op }) => op.name === 'optimizer').map(({ inputs }) => String(inputs[0]!.attrs.name)).sort()
}

describe('a pass', () => {
  const gans = Object.entries({ gan, lsgan, dcgan })
  it.each(gans)('without batches of its own trains both networks of a %s on the batch', (_, define) => {
    const definition = define({ latent: 3 })
    const names = changed(definition, new Pass(true))
    expect(names.filter((name) => name.startsWith('discriminator/')).length).toBeGreaterThan(3)
    expect(names).toEqual(changed(definition, new Pass(true, undefined, [{ images: input('images', [4, 28, 28, 1]) }])))
  })

  it('with several batches trains the discriminator on each', async () => {
    const model = await newModel(gan({ ...SMALL, criticSteps: 3 }))
    const steps = await trained(model, data, { batchSize: 4, epochs: 1 })
    expect(steps.at(-1)!.step, 'an epoch of 24 images').toBe(2)
    const t = (name: string) => model.state().variables.get(`${name}/state`)![1]
    expect([t('adam_discriminator'), t('adam_generator')]).toEqual([6, 2])
  })
})

describe('ema', () => {
  it('draws by an average that starts at the weights and follows them, more closely at first', async () => {
    const decay = 0.75
    const model = await newModel(gan({ ...SMALL, ema: decay }))
    const kernel = 'generator/dense/kernel'
    const of = (name: string) => model.state().variables.get(name)!.slice()
    let expected = of(kernel)
    expect(of(`ema/${kernel}`)).toEqual(expected)
    await trained(model, data, { batchSize: 8, epochs: 1 })
    // By hand for a step more, the fourth: old average, new weights.
    const kept = Math.min(decay, (1 + 3) / (10 + 3))
    expected = of(`ema/${kernel}`)
    await trained(model, picturesOf('smooth', 8, SHAPE, 3), { batchSize: 8, epochs: 1 })
    const weights = of(kernel)
    of(`ema/${kernel}`).forEach((v, i) => expect(v).toBeCloseTo(kept * expected[i]! + (1 - kept) * weights[i]!, 6))
    const decoded = topological([model.definition.decode(input('codes', [2, 3]), new Pass(false))])
    const read = decoded.filter(isVariable).map(({ attrs }) => attrs.name)
    expect(read.length).toBeGreaterThan(3)
    expect(read.every((name) => name.startsWith('ema/generator/'))).toBe(true)
  })
})

describe('r1', () => {
  const rows = 3
  const [w, real] = [floats(4, generator(5)), floats(rows * 4, generator(6))]
  /** Scores tanh²(x·w), whose slope is known. */
  const judge = (weights: Tensor) => (x: Tensor) =>
    square(tanh(sum(mul(reshape(x, [-1, 4]), weights), 1, { keepDims: true })))
  const lossOf = (r1: number) => evaluateLoss(r1, w)

  async function evaluateLoss(r1: number, values: ArrayLike<number>): Promise<[loss: number, slope: Float32Array]> {
    const [loss, slope] = evaluate(await newSession(), [[4], [rows, 2, 2, 1]], (weights, images) => {
      const generator = sequential('generator', [dense({ units: 4 })])
      const scores = judge(weights)
      const { train } = adversarial({
        latent: 2, learningRate: 1e-3, beta1: 0.5, clipNorm: 0, criticSteps: 1, ema: 0, diffAugment: 'none', r1,
        imageShape: [2, 2, 1],
      }, {
        generators: [generator], discriminators: [],
        generate: (noise, pass) => reshape(mul(generator.apply(noise, pass), 0), [rows, 2, 2, 1]),
        judge: scores, loss: (_, x) => mean(x),
      })
      const d = train({ images }, new Pass(true))[0]!.metrics!.discriminator!
      return [d, gradients(d, [weights])[0]!]
    }, [values, real]) as [Float32Array, Float32Array]
    return [loss[0]!, slope]
  }

  it('adds half the weight times the mean squared slope at real images, and its gradient', async () => {
    const penalty = (at: ArrayLike<number>) => {
      let total = 0
      for (let i = 0; i < rows; i++) {
        const t = Math.tanh([0, 1, 2, 3].reduce((s, k) => s + real[4 * i + k]! * at[k]!, 0))
        for (let k = 0; k < 4; k++) total += (2 * t * (1 - t * t) * at[k]!) ** 2
      }
      return (10 / 2 / rows) * total
    }
    const [[without, plain], [loss, slope]] = [await lossOf(0), await lossOf(10)]
    expect(loss - without).toBeCloseTo(penalty(w), 5)
    w.forEach((_, k) => {
      const moved = (h: number) => penalty(w.map((v, i) => (i === k ? v + h : v)))
      expect(slope[k]! - plain[k]!).toBeCloseTo((moved(1e-2) - moved(-1e-2)) / 2e-2, 2)
    })
  })
})

describe('diffAugment', () => {
  it('changes what is judged, and training stays finite', async () => {
    const digestOf = async (diffAugment: string) => {
      const model = await newModel(gan({ ...SMALL, diffAugment }))
      for (const { metrics } of await trained(model, data, { batchSize: 8, epochs: 2 })) {
        expect(Object.values(metrics).every(Number.isFinite)).toBe(true)
      }
      return model.digest()
    }
    const digests = await Promise.all(['none', 'color', 'translation', 'cutout', 'cutout,color'].map(digestOf))
    expect(new Set(digests).size).toBe(5)
  })
  it('is one of those there are', () => {
    expect(() => gan({ diffAugment: 'spin' })).toThrow(
      "gan: diffAugment is 'spin', expected 'none', or some of 'color,translation,cutout'")
  })
})
