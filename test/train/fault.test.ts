// NaN and infinity in training: found wherever they arise, named, undone, and training can go on.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ImageDataset } from '../../src/data/dataset.ts'
import { constant, variable, type Variable } from '../../src/graph/leaves.ts'
import { scoped, type Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { gradients } from '../../src/autodiff/gradients.ts'
import { GanglionError } from '../../src/errors.ts'
import * as ops from '../../src/ops/index.ts'
import { TrainingError } from '../../src/train/fault.ts'
import type { Model } from '../../src/train/model.ts'
import { clipByGlobalNorm } from '../../src/nn/clip.ts'
import { adam, LEARNING_RATE } from '../../src/nn/optimizers.ts'
import type { GradientTransform } from '../../src/nn/transforms.ts'
import { bytesData, chunksOf, floatData, newModel, SHAPE, smallVae, trained, trainSteps } from './data.ts'

afterEach(() => { vi.restoreAllMocks() })

/** The error that training ends with. */
const faultOf = (run: Promise<unknown>): Promise<TrainingError> => run.then(
  () => { throw new Error('training did not stop') },
  (error: unknown) => {
    if (error instanceof TrainingError) return error
    throw error
  },
)

/** A model of one number a, which has this loss. */
function oneNumber(start: number, loss: (a: Variable) => Tensor, transform: GradientTransform = (gs) => gs): ModelDefinition {
  const optimizer = adam({ learningRate: 0.1 })
  const a = variable('a', [1], () => constant([start]))
  return {
    kind: 'number', options: {}, imageShape: SHAPE, codeShape: SHAPE, dropRemainder: false, optimizers: [optimizer],
    train({ images }) {
      // The images' mean times 0: a training step must read its data.
      const l = scoped('loss', () => ops.add(loss(a), ops.mul(ops.mean(images), 0)))
      return [{ metrics: { loss: l }, updates: optimizer.apply(transform(gradients(l, [a]), [a]), [a]) }]
    },
    decode: (codes) => codes,
    sampleCodes: (noise) => noise,
  }
}

const LOWER = 'Use a lower learning rate'
const AWAY = 'Keep its input from where it or its slope is infinite (add a small number to it, say), or use a lower learning rate'
/** What the message advises, by the op. */
const ADVICE: Readonly<Record<string, string>> = {
  batch: 'Check the data, which are not finite themselves',
  optimizer: 'Clip the gradients, whose squares are too large, or use a lower learning rate',
  div: AWAY, sqrt: AWAY,
}

/** Trains into the fault, and checks the state against a run of the same model that was stopped a step before it. */
async function expectUndone(
  make: () => Promise<Model>, data: ImageDataset, batchSize: number, expected: { step?: number; op: string; scope?: string },
): Promise<Model> {
  const model = await make()
  const error = await faultOf(trained(model, data, { batchSize, epochs: 3 }))
  expect(error).toBeInstanceOf(GanglionError)
  expect(error.op).toBe(expected.op)
  if (expected.step) expect(error.step).toBe(expected.step)
  const where = expected.scope ? ` of '${expected.scope}'` : ''
  expect(error.message).toBe(`training stopped at step ${error.step}: the op '${expected.op}'${where} was the first to ` +
    'produce a NaN or an infinity; ' +
    `the weights are those after step ${error.step - 1}. ${ADVICE[expected.op] ?? LOWER}`)
  const other = await make()
  await trainSteps(other, data, batchSize, error.step - 1)
  expect(await model.digest()).toBe(await other.digest())
  return model
}

describe('a fault', () => {
  it('of a learning rate of 1e30', async () => {
    await expectUndone(
      () => newModel(smallVae({ learningRate: 1e30 })), bytesData(40), 4, { step: 2, op: 'matmul', scope: 'mean' },
    )
  })

  it.each([NaN, Infinity, -Infinity])('of %s in the data', async (bad) => {
    await expectUndone(() => newModel(), floatData(40, { 100: bad }), 4, { op: 'batch' })
  })

  it('in the second stage of a step', async () => {
    const definition = (learningRate: number) =>
      gan({ latent: 3, hidden: 5, discriminatorHidden: 4, learningRate, imageShape: SHAPE })
    const data = bytesData(40)
    const model = await expectUndone(
      () => newModel(definition(1e30)), data, 4, { step: 1, op: 'matmul', scope: 'discriminator/dense_1' },
    )
    for (const { state } of model.definition.optimizers) model.session.values(state)[LEARNING_RATE] = 3e-4
    await trained(model, data, { batchSize: 4 })
    const healthy = await newModel(definition(3e-4))
    await trained(healthy, data, { batchSize: 4 })
    expect(await model.digest(), 'trained on after the fault').toBe(await healthy.digest())
  })

  // √(a²) at 0: the loss is 0, its gradient 0/0.
  const root = () => oneNumber(0, (a) => ops.mean(ops.sqrt(ops.square(a))))
  it('in a gradient, while the loss is finite', async () => {
    await expectUndone(() => newModel(root()), bytesData(40), 4, { step: 1, op: 'div', scope: 'loss/gradient' })
  })
  it('in the last step of all', async () => {
    await expectUndone(() => newModel(root()), bytesData(4), 4, { step: 1, op: 'div', scope: 'loss/gradient' })
  })
  it('before the caller leaves the loop', async () => {
    const model = await newModel(root())
    const before = await model.digest()
    const leave = async () => {
      for await (const { step } of model.train(bytesData(40), { batchSize: 4 })) if (step === 1) break
    }
    expect((await faultOf(leave())).step).toBe(1)
    expect(await model.digest()).toBe(before)
  })

  it('in the optimizer: the square of a gradient overflows, the weights stay finite', async () => {
    await expectUndone(
      () => newModel(oneNumber(0, (a) => ops.mean(ops.mul(a, 1e25)))), bytesData(8), 4, { step: 1, op: 'optimizer' },
    )
  })

  // Where nothing was written, weights are drawn again, not kept.
  it('goes back to weights that were written before training', async () => {
    const written = async () => {
      const model = await newModel(smallVae({ learningRate: 1e30 }))
      for (const v of model.session.variables.filter((v) => v.attrs.role === 'parameter')) model.session.values(v).fill(0.01)
      return model
    }
    await expectUndone(written, bytesData(40), 4, { op: 'matmul', scope: 'mean' })
  })
  it('goes back to weights that were trained by an earlier call', async () => {
    const trainedOnce = async () => {
      const model = await newModel()
      await trained(model, bytesData(40), { batchSize: 4 })
      model.session.values(model.definition.optimizers[0]!.state)[LEARNING_RATE] = 1e30
      return model
    }
    await expectUndone(trainedOnce, bytesData(40), 4, { op: 'matmul', scope: 'mean' })
  })

  it('after the learning rate was changed between two chunks', async () => {
    const model = await newModel()
    const [optimizer] = model.definition.optimizers
    const run = async () => {
      for await (const { step } of model.train(bytesData(400), { batchSize: 4 })) {
        if (step > 10) model.session.values(optimizer!.state)[LEARNING_RATE] = 1e30
      }
    }
    const error = await faultOf(run())
    expect(error.op).toBe('matmul')
    expect(error.step).toBeGreaterThan(10)
  })

  it('late, in a long chunk and after snapshots', async () => {
    // Adam walks a from −4 by about 0.1 a step to 1, where the root ends.
    const definition = () => oneNumber(-4, (a) => ops.mean(ops.sqrt(ops.sub(1, a))))
    const expected = { op: 'sqrt', scope: 'loss' }
    for (const ms of [0, 700]) {
      chunksOf(ms)
      await expectUndone(() => newModel(definition()), bytesData(400), 4, expected)
    }
  })

  it('names the step beyond the first 2^32', async () => {
    const model = await newModel(smallVae({ learningRate: 1e30 }))
    model.session.counters('train').set([5, 1])
    const error = await faultOf(trained(model, bytesData(40), { batchSize: 4 }))
    expect(error.step).toBe(2 ** 32 + 7)
    expect(error.message).toContain('the weights are those after step 4294967302.')
  })
})

describe('what the message advises helps:', () => {
  const root = (epsilon: number) => oneNumber(0, (a) => ops.mean(ops.sqrt(ops.add(ops.square(a), epsilon))))
  const steep = (transform?: GradientTransform) => oneNumber(0, (a) => ops.mean(ops.mul(a, 1e25)), transform)
  it.each<[string, string, () => ModelDefinition, ImageDataset, () => ModelDefinition, ImageDataset]>([
    [LOWER, 'matmul', () => smallVae({ learningRate: 1e30 }), bytesData(40), smallVae, bytesData(40)],
    [ADVICE.batch!, 'batch', smallVae, floatData(40, { 100: NaN }), smallVae, floatData(40)],
    [ADVICE.optimizer!, 'optimizer', steep, bytesData(40), () => steep(clipByGlobalNorm(1)), bytesData(40)],
    [AWAY, 'div', () => root(0), bytesData(40), () => root(1e-6), bytesData(40)],
  ])('%s', async (advice, op, bad, badData, good, goodData) => {
    const error = await faultOf(trained(await newModel(bad()), badData, { batchSize: 4, epochs: 3 }))
    expect(error.op).toBe(op)
    expect(error.message.endsWith(`. ${advice}`)).toBe(true)
    const model = await newModel(good())
    const all = await trained(model, goodData, { batchSize: 4, epochs: 3 })
    expect(all.at(-1)!.step).toBe(30)
    for (const v of model.session.variables) expect(model.session.read(v).every(Number.isFinite)).toBe(true)
  })
})

describe('weights that the host changes between two chunks', () => {
  const data = bytesData(400)

  it.each(['loadWeights', 'loadState'] as const)('by %s stay, and a later fault goes back to what came of them', async (how) => {
    chunksOf(200)
    const run = async (model: Model, rate: number, steps: number) => {
      const { state } = model.definition.optimizers[0]!
      for await (const { step } of model.train(data, { batchSize: 4 })) {
        if (step === steps) break
        if (step > 6) continue
        if (how === 'loadWeights') model.loadWeights(clipped(model))
        else model.loadState({ ...model.state(), variables: new Map([...model.state().variables, ...values(clipped(model))]) })
        if (step === 6) model.session.values(state)[LEARNING_RATE] = rate
      }
    }
    const model = await newModel()
    const error = await faultOf(run(model, 1e30, Infinity))
    expect(error.op).not.toBeNull()
    expect(error.step).toBeGreaterThan(6)
    const other = await newModel()
    await run(other, 1e30, error.step - 1)
    expect(await model.digest()).toBe(await other.digest())
  })

  it('past the model: the error says that the step is not known, and the weights are those of the last snapshot', async () => {
    chunksOf(0)
    const model = await newModel()
    const before = await model.digest()
    const [first] = model.session.variables.filter((v) => v.attrs.role === 'parameter')
    const run = async () => {
      for await (const { step } of model.train(data, { batchSize: 4 })) if (step > 4) model.session.values(first!)[0] = NaN
    }
    const error = await faultOf(run())
    expect(error.op).toBeNull()
    expect(error.message).toMatch(/^training stopped at step \d+: there was a NaN or an infinity, and which step it came from /)
    expect(error.message).toContain('is not known, because weights were written between the steps since the last snapshot; ' +
      'the weights are those after step 0, when it was taken. Change weights with model.loadWeights only, and check them')
    expect(await model.digest()).toBe(before)
  })
})

/** A model's weights, cut to [-0.1, 0.1] as a Wasserstein GAN's are. */
const clipped = (model: Model) => new Map([...model.weights()].map(([name, { shape, data }]) => {
  const cut = Float32Array.from(data, (x) => Math.max(-0.1, Math.min(0.1, x)))
  return [name, { shape, data: cut }] as const
}))
const values = (weights: ReturnType<typeof clipped>) => [...weights].map(([name, { data }]) => [name, data] as const)
