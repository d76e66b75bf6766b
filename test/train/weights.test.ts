// Weights of one model in another, as many as fit by name; and hyper-parameters between two chunks.
import { describe, expect, it } from 'vitest'
import { gradients } from '../../src/autodiff/gradients.ts'
import { constant, variable } from '../../src/graph/leaves.ts'
import { autoencoder } from '../../src/models/autoencoder.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import { hyperparameter } from '../../src/nn/hyperparameter.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { linear } from '../../src/nn/schedules.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import { TrainingError } from '../../src/errors.ts'
import { bytesData, chunksOf, newModel, SHAPE, smallVae, trained, trainSteps } from './data.ts'

it('loadWeights takes no notice of how many batches PyTorch counted, and of nothing else', async () => {
  const model = await newModel()
  const scalar = { shape: [], data: Float32Array.of(7) }
  const { loaded } = model.loadWeights(new Map([...model.weights(), ['bn.num_batches_tracked', scalar]]))
  expect(loaded).toHaveLength(model.weights().size)
  expect(() => model.loadWeights(new Map([...model.weights(), ['bn.batches_tracked', scalar]])))
    .toThrow("weights: 'bn.batches_tracked' is not of this vae")
})

describe('loadWeights with strict: false', () => {
  it('starts from what was trained before: what fits is taken, the rest stays', async () => {
    const before = await newModel(smallVae({ latent: 3 }), 5)
    await trainSteps(before, bytesData(20), 4, 3)
    const model = await newModel(smallVae({ latent: 4 }))
    const untouched = model.weights()
    const report = model.loadWeights(before.weights(), { strict: false })
    // The code's size is in the heads and in the decoder's first layer.
    const other = ['decoder/dense/kernel', 'logvar/bias', 'logvar/kernel', 'mean/bias', 'mean/kernel']
    expect(report.missing).toEqual(other)
    expect(report.unexpected.toSorted()).toEqual(other)
    expect(report.loaded.toSorted()).toEqual(['decoder/dense/bias', 'decoder/dense_1/bias', 'decoder/dense_1/kernel',
      'encoder/dense/bias', 'encoder/dense/kernel'])
    for (const [name, { data }] of model.weights()) {
      expect(data, name).toEqual((other.includes(name) ? untouched : before.weights()).get(name)!.data)
    }
  })

  it('takes other names by rename, and says what is of no use', async () => {
    const saved = new Map([...(await newModel(smallVae(), 5)).weights()].map(([name, tensor]) => [`old/${name}`, tensor]))
    const model = await newModel()
    const digest = await model.digest()
    expect(model.loadWeights(saved, { strict: false }).loaded).toEqual([])
    expect(await model.digest()).toBe(digest)
    const rename = (name: string) => name.replace('old/', '')
    const report = model.loadWeights(saved, { rename })
    expect([report.loaded.length, report.missing, report.unexpected]).toEqual([saved.size, [], []])
    expect(model.weights()).toEqual((await newModel(smallVae(), 5)).weights())
    expect(model.loadWeights((await newModel(autoencoder())).weights(), { strict: false }).unexpected).toContain('codes/mean')
    expect(() => model.loadWeights(saved, { rename: () => 'one' })).toThrow(
      new RangeError("loadWeights: rename gives two tensors the name 'one', expected a name for each"))
  })

  it('refuses what fits and is damaged, and changes nothing', async () => {
    const model = await newModel()
    const before = await model.digest()
    const damaged = new Map([...model.weights(), ['mean/bias', { shape: [3], data: Float32Array.of(0, NaN, 0) }]])
    expect(() => model.loadWeights(damaged, { strict: false })).toThrow("weights: 'mean/bias' holds NaN, expected finite numbers")
    const short = new Map([['mean/bias', { shape: [3], data: new Float32Array(2) }]])
    expect(() => model.loadWeights(short, { strict: false })).toThrow(
      "weights: 'mean/bias' has 2 values, expected 3 for its shape")
    expect(() => model.loadWeights(short, { strikt: false } as object)).toThrow(
      new RangeError("loadWeights: there is no option 'strikt'; it takes strict, rename"))
    expect(await model.digest()).toBe(before)
  })
})

describe('hyper-parameters', () => {
  it('are read and set by name', async () => {
    const model = await newModel(gan({ latent: 3, hidden: 5, discriminatorHidden: 4, imageShape: SHAPE, learningRate: 0.25 }))
    expect(model.hyperparameters()).toEqual({ 'adam_discriminator/learningRate': 0.25, 'adam_generator/learningRate': 0.25 })
    model.setHyperparameter('adam_generator/learningRate', 0.5)
    expect(model.hyperparameters()).toEqual({ 'adam_discriminator/learningRate': 0.25, 'adam_generator/learningRate': 0.5 })
  })

  it('train as if they had been so from the start, and are part of the state', async () => {
    const data = bytesData(40)
    const [set, made] = [await newModel(smallVae()), await newModel(smallVae({ learningRate: 0.125 }))]
    set.setHyperparameter('adam/learningRate', 0.125)
    for (const model of [set, made]) await trained(model, data, { batchSize: 4 })
    expect(await set.digest()).toBe(await made.digest())
    const copy = await newModel(smallVae())
    copy.loadState(set.state())
    expect(copy.hyperparameters()).toEqual({ 'adam/learningRate': 0.125 })
  })

  it('of 0 leave the weights alone, from the chunk on in which they are set', async () => {
    chunksOf(200)
    const model = await newModel()
    let kept = model.weights()
    for await (const { step } of model.train(bytesData(40), { batchSize: 4 })) {
      if (step === 4) {
        kept = model.weights()
        model.setHyperparameter('adam/learningRate', 0)
      } else if (step > 4) expect(model.weights()).toEqual(kept)
    }
  })

  it('are known to what undoes a bad step', async () => {
    chunksOf(200)
    const run = async (steps: number) => {
      const model = await newModel()
      for await (const { step } of model.train(bytesData(400), { batchSize: 4 })) {
        if (step === steps) break
        model.setHyperparameter('adam/learningRate', step < 8 ? step / 1000 : 1e30)
      }
      return model
    }
    const model = await newModel()
    const failing = async () => {
      for await (const { step } of model.train(bytesData(400), { batchSize: 4 })) {
        model.setHyperparameter('adam/learningRate', step < 8 ? step / 1000 : 1e30)
      }
    }
    const error = await failing().then(() => null, (e: unknown) => e)
    expect(error).toBeInstanceOf(TrainingError)
    const { step, op } = error as TrainingError
    expect(op).toBe('matmul')
    const healthy = await run(step - 1)
    healthy.setHyperparameter('adam/learningRate', model.hyperparameters()['adam/learningRate']!)
    expect(await model.digest()).toBe(await healthy.digest())
  })

  it.each<[string, unknown, Error]>([
    ['adam/beta', 1, new RangeError(
      "setHyperparameter: there is no hyper-parameter 'adam/beta'; the model has: adam/learningRate")],
    ['adam/learningRate', -1, new RangeError('setHyperparameter: adam/learningRate is -1, expected 0 or more, within float32')],
    ['adam/learningRate', NaN, new RangeError('setHyperparameter: adam/learningRate is NaN, expected 0 or more, within float32')],
    ['adam/learningRate', '1', new TypeError("setHyperparameter: adam/learningRate is '1', expected 0 or more, within float32")],
  ])('are checked: %s = %s', async (name, value, error) => {
    const model = await newModel(vae({ latent: 3, hidden: 7, imageShape: SHAPE }))
    expect(() => model.setHyperparameter(name, value as number)).toThrow(error)
  })
})

describe("hyper-parameters of a definition's own", () => {
  const definition = (schedule = false): ModelDefinition => {
    const weight = hyperparameter('penalty', 0.5)
    const optimizer = sgd({ learningRate: schedule ? linear({ initial: 1, final: 0, steps: 4 }) : 1 })
    const a = variable('a', [1], () => constant([1]))
    return {
      kind: 'own', options: {}, imageShape: SHAPE, codeShape: SHAPE, optimizers: [optimizer],
      train({ images }) {
        const loss = add(mul(mean(images), 0), mul(sum(a), weight))
        return [{ metrics: { loss }, updates: optimizer.apply(gradients(loss, [a]), [a]) }]
      },
      decode: (codes) => codes,
    }
  }

  it('change the step from the next chunk on, may be negative, and are in the weights', async () => {
    const model = await newModel(definition())
    const a = () => model.weights().get('a')!.data[0]
    expect(model.hyperparameters()).toEqual({ 'sgd/learningRate': 1, penalty: 0.5 })
    await trainSteps(model, bytesData(40), 4, 1)
    expect(a()).toBe(0.5)
    model.setHyperparameter('penalty', -2)
    await trainSteps(model, bytesData(40), 4, 2)
    expect(a()).toBe(2.5)
    expect([...model.weights().get('penalty')!.data]).toEqual([-2])
    expect(() => model.setHyperparameter('penalty', Infinity)).toThrow(
      new RangeError('setHyperparameter: penalty is Infinity, expected a finite number'))
  })

  it('a rate that follows a schedule is shown, and refused', async () => {
    const model = await newModel(definition(true))
    await trainSteps(model, bytesData(40), 4, 3)
    expect(model.hyperparameters()['sgd/learningRate']).toBe(0.5)
    expect(() => model.setHyperparameter('sgd/learningRate', 1)).toThrow(new RangeError(
      "setHyperparameter: 'sgd/learningRate' follows a schedule, which sets it anew at each step; " +
      'give the optimizer a number to set it by hand'))
  })
})
