// Model.fit: it trains as the loop does, tells its callbacks, and ends, keeps and saves when it is asked to.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TrainingError } from '../../src/errors.ts'
import { constant, variable } from '../../src/graph/leaves.ts'
import { gan } from '../../src/models/gan.ts'
import { vae } from '../../src/models/vae.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { assign } from '../../src/ops/assign.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { abs } from '../../src/ops/unary.ts'
import { mean, sum } from '../../src/ops/reduce.ts'
import type { FitOptions } from '../../src/train/fit.ts'
import { Model } from '../../src/train/model.ts'
import type { State } from '../../src/train/state.ts'
import { runtime } from '../harness.ts'
import { bytesData, chunksOf, newModel, SHAPE, smallVae, trained } from './data.ts'

afterEach(() => { vi.restoreAllMocks() })
const data = bytesData(40)

/** A number that grows by 1 a step; its loss is |number − best|, so with one step an epoch epoch `best + 1` is the best. */
function counting(best: number): ModelDefinition<'loss'> {
  const a = variable('a', [1], () => constant([0]))
  const loss = abs(add(sum(a), -best))
  return {
    kind: 'counting', options: {}, imageShape: SHAPE, codeShape: SHAPE, optimizers: [],
    train: ({ images }) => [{ metrics: { loss: add(loss, mul(mean(images), 0)) }, updates: [assign(a, add(a, 1))] }],
    evaluate: ({ images }) => ({ loss: add(mul(loss, images.shape[0]!), mul(mean(images), 0)) }),
    decode: (codes) => codes,
  }
}
const oneStep = { batchSize: 40, epochs: 10 } as const
const numberIn = (weights: ReadonlyMap<string, { data: ArrayLike<number> }>) => weights.get('a')!.data[0]

describe('fit', () => {
  it('trains as the loop does, to the bit, and gives the figures of each epoch', async () => {
    const looped = await newModel()
    const fitted = await Model.create(runtime, vae({ latent: 3, hidden: 7, imageShape: SHAPE }), { seed: 1 })
    const validation = bytesData(23)
    const epochs = (await trained(looped, data, { batchSize: 16, epochs: 3 })).filter((p) => p.epochDone)
    const { epoch, history, stopped, bestEpoch } = await fitted.fit(data, { batchSize: 16, epochs: 3, validation })
    expect(await fitted.digest()).toBe(await looped.digest())
    expect([epoch, stopped, bestEpoch]).toEqual([[1, 2, 3], null, null])
    for (const name of ['loss', 'reconstruction', 'kl'] as const) {
      expect(history[name], name).toEqual(epochs.map((p) => p.metrics[name]))
    }
    expect(Object.keys(history)).toEqual(['loss', 'reconstruction', 'kl', 'val_loss', 'val_reconstruction', 'val_kl'])
    expect(history.val_loss!.at(-1)).toBe(fitted.evaluate(validation).loss)
    // @ts-expect-error -- a VAE has no such figure
    expect(history.accuracy).toBeUndefined()
    expect((await fitted.fit(data, { batchSize: 16 })).epoch).toEqual([4])
  })

  it('tells its callbacks in order, and waits for them', async () => {
    chunksOf(1000)
    const told: string[] = []
    const tell = (name: string) => async (...args: unknown[]) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      told.push([name, ...args.filter((x) => typeof x === 'number')].join(' '))
    }
    const model = await newModel()
    const history = await model.fit(data, {
      batchSize: 20, epochs: 2, validation: data,
      callbacks: [
        {
          onTrainBegin: tell('train'), onEpochBegin: tell('epoch'), onBatchEnd: tell('batch'), onEpochEnd: tell('done'),
          onTrainEnd: tell('end'),
        },
        {
          onEpochEnd(epoch, { loss, val_loss }) {
            told.push(`second ${epoch}`)
            expect(loss).toBeGreaterThan(0)
            expect(val_loss).toBe(model.evaluate(data).loss)
          },
          onTrainEnd: (result) => expect(result.epoch).toEqual([1, 2]),
        },
      ],
    })
    expect(told).toEqual(['train', 'epoch 1', 'batch 1', 'batch 2', 'done 1', 'second 1', 'epoch 2', 'batch 3', 'batch 4',
      'done 2', 'second 2', 'end'])
    expect(history.stopped).toBeNull()
  })

  it.each([[0, 5], [1, 5], [2, 6], [3, 7]])('with a patience of %i ends after epoch %i', async (patience, last) => {
    const model = await newModel(counting(3))
    const earlyStopping = { monitor: 'loss', patience }
    const { epoch, history, stopped, bestEpoch } = await model.fit(data, { ...oneStep, earlyStopping })
    expect([epoch.at(-1), stopped, bestEpoch]).toEqual([last, 'earlyStopping', null])
    expect(history.loss!.slice(0, 5)).toEqual([3, 2, 1, 0, 1])
    expect(numberIn(model.weights())).toBe(last)
  })

  it('takes what is better by less than minDelta for no better, and more for better where it is asked to', async () => {
    const few = await (await newModel(counting(3))).fit(data, { ...oneStep, earlyStopping: { minDelta: 2.5, patience: 2 } })
    expect(few.epoch).toEqual([1, 2, 3])
    const more = await (await newModel(counting(0))).fit(data, { ...oneStep, earlyStopping: { mode: 'max', patience: 2 } })
    expect([more.epoch.length, more.stopped]).toEqual([10, null])
  })

  it.each<[string, FitOptions, number]>([
    ['keepBest', { keepBest: true }, 4], ['by name', { keepBest: { monitor: 'loss' } }, 4],
    ['the most', { keepBest: { monitor: 'loss', mode: 'max' } }, 10],
    // Validation sees the number after the step.
    ['of validation', { keepBest: true, validation: data }, 3],
    ['restoreBest', { earlyStopping: { patience: 3, restoreBest: true } }, 4],
  ])('has the weights of the best epoch at the end: %s', async (_, options, best) => {
    const model = await newModel(counting(3))
    const { bestEpoch } = await model.fit(data, { ...oneStep, ...options })
    expect(bestEpoch).toBe(best)
    expect(numberIn(model.weights())).toBe(best)
    // And goes on from there.
    await model.fit(data, { batchSize: 40 })
    expect(numberIn(model.weights())).toBe(best + 1)
  })

  it('gives its state to checkpoint: after each epoch, or every few and the last', async () => {
    const saved: [epoch: number, State][] = []
    const save = (state: State, epoch: number) => { saved.push([epoch, state]) }
    const model = await newModel()
    await model.fit(data, { batchSize: 16, epochs: 2, checkpoint: save })
    await model.fit(data, { batchSize: 16, epochs: 5, checkpoint: { every: 2, save } })
    expect(saved.map(([epoch]) => epoch)).toEqual([1, 2, 4, 6, 7])
    const copy = await newModel(smallVae(), 9)
    copy.loadState(saved[1]![1])
    await copy.fit(data, { batchSize: 16, epochs: 5 })
    expect(await copy.digest()).toBe(await model.digest())
  })

  it('ends by a signal with what was trained by then', async () => {
    chunksOf(1000)
    const [stop, model] = [new AbortController(), await newModel()]
    const onBatchEnd = (step: number) => { if (step === 5) stop.abort() }
    const { epoch, stopped } = await model.fit(data, { batchSize: 10, epochs: 3, signal: stop.signal, callbacks: { onBatchEnd } })
    expect([epoch, stopped, model.session.counters('train')[0]]).toEqual([[1], 'signal', 5])
    expect((await model.fit(data, { batchSize: 10, signal: AbortSignal.abort() })).stopped).toBe('signal')
  })

  it('rejects with what a callback throws, or what goes wrong in training, and can be called again', async () => {
    const model = await newModel()
    const callbacks = { onEpochEnd: () => { throw new Error('own') } }
    await expect(model.fit(data, { batchSize: 16, epochs: 3, callbacks })).rejects.toThrow('own')
    const state = model.state()
    model.setHyperparameter('adam/learningRate', 1e30)
    await expect(model.fit(data, { batchSize: 16 })).rejects.toThrow(TrainingError)
    model.loadState(state)
    expect((await model.fit(data, { batchSize: 16 })).stopped).toBeNull()
  })
})

describe('fit refuses, before it trains', () => {
  const watched = "give it a monitor: loss, reconstruction, kl"
  it.each<[object, Error]>([
    [{ epohs: 1 }, new RangeError("fit: there is no option 'epohs'; it takes epochs, batchSize, accumulate, checkpointing, " +
      'steps, every, signal, validation, callbacks, earlyStopping, keepBest, checkpoint')],
    [{ epochs: 0 }, new RangeError('fit: epochs is 0, expected a positive integer')],
    [{ callbacks: 3 }, new TypeError('fit: callbacks is 3, expected an object of callbacks, or a list of them')],
    [{ earlyStopping: { monitor: 'val_loss' } },
      new RangeError(`fit: earlyStopping watches 'val_loss', which this training does not report; ${watched}`)],
    [{ keepBest: { monitor: 'los' } },
      new RangeError(`fit: keepBest watches 'los', which this training does not report; ${watched}`)],
    [{ earlyStopping: { patients: 1 } }, new RangeError(
      "fit: earlyStopping: there is no option 'patients'; it takes monitor, mode, patience, minDelta, restoreBest")],
    [{ earlyStopping: { mode: 'least' } }, new RangeError("fit: earlyStopping: mode is 'least', expected 'min' or 'max'")],
    [{ earlyStopping: { restoreBest: true }, keepBest: true }, new RangeError(
      'fit: keepBest and earlyStopping.restoreBest both say which weights stay, expected one of them')],
    [{ checkpoint: 'state' }, new TypeError("fit: checkpoint is 'state', expected a function, or { every, save }")],
    [{ checkpoint: { every: 0, save: () => {} } }, new RangeError('fit: checkpoint.every is 0, expected a positive integer')],
    [{ validation: {} },
      new TypeError('fit: validation expected an image dataset; make one with imageDataset() or loadDataset()')],
    [{ validation: bytesData(4, [1, 2, 1]) }, new RangeError(
      "the images of 'images' are [1, 2, 1] and the vae takes [2, 3, 2]; resize the images or set imageShape")],
  ])('%j', async (options, error) => {
    const model = await newModel()
    const before = await model.digest()
    await expect(model.fit(data, { batchSize: 16, ...options })).rejects.toThrow(error)
    expect(await model.digest()).toBe(before)
  })

  it('validation of a model without figures, and a monitor it has none for', async () => {
    const model = await newModel(gan({ latent: 3, hidden: 5, discriminatorHidden: 4, imageShape: SHAPE }))
    await expect(model.fit(data, { batchSize: 16, validation: data })).rejects.toThrow(
      new TypeError('fit: a gan has no figure of its own on a dataset; leave out validation'))
    await expect(model.fit(data, { batchSize: 16, keepBest: true })).rejects.toThrow(new RangeError(
      "fit: keepBest watches 'loss', which this training does not report; give it a monitor: discriminator, generator"))
  })
})
