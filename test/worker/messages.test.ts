// What the page and its worker say to each other: junk, what cannot be sent, and errors.
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { ThreadError, TrainingError } from '../../src/entries/index.ts'
import { fromFault, toFault } from '../../src/worker/protocol.ts'
import { built } from '../dist.ts'
import { fails, file, here, make, newData } from './harness.ts'

describe('what is no message', () => {
  test('ends neither the worker nor the page', async () => {
    const worker = new Worker(file)
    const trainer = await make({ worker: worker as never })
    const before = await trainer.digest()
    const junk = [null, undefined, 5, 'x', [], {}, { kind: 'no' }, { kind: 'ask' }, { kind: 'call', id: 1e9 }, { id: 1 },
      { kind: 'call', id: 1e9, method: 'constructor', args: [] }, { kind: 'train', id: 1e9, data: 77 }, { kind: 'fit', id: 1e9 },
      { kind: 'evaluate', id: 1e9, data: 5 }, { kind: 'data' }, { kind: 'forget' }, { kind: 'leave', id: {} }]
    for (const message of junk) {
      worker.postMessage(message)
      // As from a worker that posts things of its own.
      worker.emit('message', message)
    }
    expect(await trainer.digest()).toBe(before)
    const thread = new Worker(built('runtime/thread.js'))
    for (const message of junk) thread.postMessage(message)
    const hello = new Promise((done) => thread.on('message', done))
    thread.postMessage({ kind: 'hello', session: 0 })
    expect(await hello).toEqual({ session: 0, error: null })
    await thread.terminate()
  })

  test('a call before there is a model is refused', async () => {
    const worker = new Worker(file)
    const answer = new Promise<unknown>((done) => worker.on('message', done))
    worker.postMessage({ kind: 'call', id: 1, method: 'digest', args: [] })
    expect(await answer).toMatchObject({ id: 1, error: { name: 'GanglionError', message: 'the trainer has no model yet' } })
    await worker.terminate()
  })
})

describe('what cannot be sent', () => {
  test('is refused in a sentence, and nothing stays open', async () => {
    const trainer = await make()
    const mend = (where: string) => new TypeError(`${where}: what was given holds something that cannot be sent to a worker, ` +
      'a function or a symbol, say; give plain data and arrays')
    await expect(trainer.sample(1, { seed: () => 1 } as never)).rejects.toThrow(mend('sample'))
    await expect(trainer.fit(newData(), { keepBest: { monitor: () => 'loss' } } as never)).rejects.toThrow(mend('fit'))
    await expect(make({ threads: (() => 2) as never })).rejects.toThrow(mend('createTrainer'))
    await expect(make({ core: new Response('') as never })).rejects.toThrow('core is a Response, expected its bytes')
    await expect(make({ worker: 5 as never })).rejects.toThrow(
      'createTrainer: worker is 5, expected a Worker or the address of its file')
    expect(await trainer.sample(1)).toHaveLength(36)
  })

  test('but rename of loadWeights is called here', async () => {
    const [trainer, model] = [await make(), await here()]
    const weights = (await make({ seed: 9 })).weights()
    const given = new Map([...await weights].map(([name, tensor]) => [`old/${name}`, tensor]))
    const rename = (name: string) => name.slice(4)
    expect(await trainer.loadWeights(given, { rename })).toEqual(model.loadWeights(given, { rename }))
    expect(await trainer.digest()).toBe(await model.digest())
    const twice = () => 'x'
    const message = "loadWeights: rename gives two tensors the name 'x', expected a name for each"
    await fails(trainer.loadWeights(given, { rename: twice }), RangeError, message)
    expect(() => model.loadWeights(given, { rename: twice })).toThrow(message)
    await expect(trainer.loadWeights({} as never, { rename })).rejects.toThrow('weights is an Object, expected a Map')
    await expect(trainer.loadWeights(given, { rename: 5 } as never)).rejects.toThrow('rename is 5, expected a function')
  })
})

test('errors cross as what they were, causes and threads that ended too', () => {
  const lost = new ThreadError('it crashed', Promise.resolve())
  const crossed = fromFault(structuredClone(toFault(new TrainingError('stopped', 7, null, { cause: lost }))))
  expect(crossed).toBeInstanceOf(TrainingError)
  expect(crossed).toMatchObject({ name: 'TrainingError', message: 'stopped', step: 7, op: null })
  expect(crossed.cause).toBeInstanceOf(ThreadError)
  expect((crossed.cause as ThreadError).message).toBe(lost.message)
  expect(crossed.cause).toMatchObject({ name: 'ThreadError', settled: Promise.resolve() })
  expect(fromFault(toFault(new RangeError('r')))).toBeInstanceOf(RangeError)
  expect(fromFault(toFault(null))).toMatchObject({ name: 'Error', message: 'null' })
})
