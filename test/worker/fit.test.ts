// `fit` of a trainer: what Model.fit does on this thread, bit for bit and word for word.
import { describe, expect, test } from 'vitest'
import { imageDataset, type Model } from '../../src/entries/index.ts'
import type { Trainer } from '../../src/worker/index.ts'
import { here, images, make, newData } from './harness.ts'

describe('fit', () => {
  const [data, validation] = [newData(), imageDataset({ images: images.slice(0, 36 * 60), shape: [6, 6, 1] })]
  /** What a fit tells, and asks of its model meanwhile. */
  const watching = (model: Pick<Trainer, 'digest'> | Model) => {
    const told: unknown[] = []
    const digests: string[] = []
    const callbacks = {
      onTrainBegin: () => void told.push('begin'),
      onEpochBegin: (epoch: number) => void told.push(epoch),
      onEpochEnd: async (epoch: number, logs: object) => {
        told.push(epoch, logs)
        digests.push(await model.digest())
      },
      onTrainEnd: (history: object) => void told.push(history),
    }
    return { told, digests, callbacks }
  }

  test('is what Model.fit is, in figures, in what it tells and when, and in the best weights', async () => {
    const [trainer, model] = [await make(), await here()]
    const settings = {
      epochs: 6, batchSize: 32, accumulate: 2, validation, keepBest: { monitor: 'val_reconstruction', mode: 'max' },
      earlyStopping: { patience: 2, monitor: 'val_loss', minDelta: 1e9 },
    } as const
    const [seen, expected] = [watching(trainer), watching(model)]
    const saved: unknown[][] = [[], []]
    const save = (list: unknown[]) => ({ every: 2, save: (...args: unknown[]) => void list.push(args) })
    const history = await trainer.fit(data, { ...settings, callbacks: seen.callbacks, checkpoint: save(saved[0]!) })
    const callbacks = [expected.callbacks, {}]
    expect(history).toEqual(await model.fit(data, { ...settings, callbacks, checkpoint: save(saved[1]!) }))
    expect(history).toMatchObject({ stopped: 'earlyStopping', epoch: [1, 2, 3] })
    expect(seen).toMatchObject({ told: expected.told, digests: expected.digests })
    expect(saved[0]).toEqual(saved[1])
    expect(saved[0]).toHaveLength(2)
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('a function as checkpoint is called after each epoch', async () => {
    const epochs: unknown[] = []
    await (await make()).fit(data, { epochs: 2, batchSize: 50, checkpoint: (_, epoch) => void epochs.push(epoch) })
    expect(epochs).toEqual([1, 2])
  })

  test('a callback sets the rate between two chunks, pauses, and samples', async () => {
    const [trainer, model] = [await make(), await here()]
    let chunks = 0
    await trainer.fit(data, { epochs: 2, batchSize: 10, callbacks: {
      async onBatchEnd(step, { loss }) {
        chunks++
        expect(step).toBeGreaterThan(0)
        expect(loss).toBeGreaterThan(0)
        expect(await trainer.sample(1)).toHaveLength(36)
      },
      async onEpochEnd() {
        await trainer.setHyperparameter('adam/learningRate', 1e-4)
        await trainer.pause()
        setTimeout(() => void trainer.resume(), 20)
      },
    } })
    expect(chunks).toBeGreaterThan(1)
    await model.fit(data, { epochs: 1, batchSize: 10 })
    model.setHyperparameter('adam/learningRate', 1e-4)
    await model.fit(data, { epochs: 1, batchSize: 10 })
    model.setHyperparameter('adam/learningRate', 1e-4)
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('what a callback throws ends it, and is what fit throws', async () => {
    const [trainer, model] = [await make(), await here()]
    const wrong = new Error('mine')
    const callbacks = { onEpochEnd(epoch: number) { if (epoch === 2) throw wrong } }
    const fitting = trainer.fit(data, { epochs: 5, batchSize: 30, callbacks })
    await expect(fitting).rejects.toBe(wrong)
    await model.fit(data, { epochs: 2, batchSize: 30 })
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('a signal ends it, with what was trained by then', async () => {
    const trainer = await make()
    const stop = new AbortController()
    const callbacks = { onEpochEnd: (epoch: number) => { if (epoch === 2) stop.abort() } }
    const { stopped, epoch } = await trainer.fit(data, { epochs: 1e6, batchSize: 30, callbacks, signal: stop.signal })
    expect([stopped, epoch]).toEqual(['signal', [1, 2]])
    expect(await trainer.fit(data, { signal: stop.signal })).toMatchObject({ stopped: 'signal', epoch: [] })
  })

  test('refuses what Model.fit refuses', async () => {
    const trainer = await make()
    const wrong = async (options: unknown, message: string) => {
      await expect(trainer.fit(data, options as object)).rejects.toThrow(message)
    }
    await wrong(5, 'fit: options is 5, expected an object')
    await wrong({ callbacks: 5 }, 'fit: callbacks is 5, expected an object of callbacks, or a list of them')
    await wrong({ callbacks: [null] }, 'fit: callbacks is null, expected an object of callbacks, or a list of them')
    await wrong({ checkpoint: {} }, 'fit: checkpoint is an Object, expected a function, or { every, save }')
    await wrong({ checkpoint: { every: 0, save() {} } }, 'fit: checkpoint.every is 0, expected a positive integer')
    await wrong({ epoch: 3 }, "fit: there is no option 'epoch'")
    await wrong({ validation: {} }, 'imageDataset: images is undefined')
    await wrong({ keepBest: { monitor: 'los' } }, "fit: keepBest watches 'los', which this training does not report")
    expect((await trainer.fit(data, { batchSize: 100 })).stopped).toBe(null)
  })
})
