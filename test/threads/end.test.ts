// Workers that end, by themselves or closed; runtimes that cannot have threads; and processes that are not kept by them.
import { spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ThreadPool } from '../../src/runtime/threads/pool.ts'
import { ThreadError } from '../../src/errors.ts'
import { TrainingError } from '../../src/train/fault.ts'
import { Model } from '../../src/train/model.ts'
import { built } from '../dist.ts'
import { runtime } from '../harness.ts'
import { BATCH, MODELS } from './models.ts'
import { data, last, threaded } from './threads.ts'

afterEach(() => vi.unstubAllGlobals())

const PATIENCE = 20_000

/** Trains some steps, ends a worker in the way given, and goes on to the error. */
async function lose(how: (pool: ThreadPool) => void | Promise<void>): Promise<{ model: Model, error: unknown }> {
  const shared = await threaded({ threads: 3 })
  const model = await Model.create(shared, MODELS['vae']!(), { seed: 5 })
  const training = async (): Promise<void> => {
    let ended = false
    for await (const { step } of model.train(data, { batchSize: BATCH, epochs: 1000 })) {
      if (step < 6 || ended) continue
      ended = true
      await how(shared.pool!)
    }
  }
  const error = await training().catch((thrown: unknown) => thrown)
  expect(shared.threads).toBe(1)
  expect(shared.threadsReason).toMatch(/^a worker thread ended/)
  return { model, error }
}

/** The digest after `steps` steps on one thread. */
async function digestAfter(steps: number): Promise<string> {
  const model = await Model.create(runtime, MODELS['vae']!(), { seed: 5 })
  await model.train(data, { batchSize: BATCH }).next()
  const fn = model.compiled(`train ${BATCH} by ${BATCH}`, data, () => { throw new Error('not compiled by train()') })
  fn.run(steps - 1)
  return model.digest()
}

describe('a worker that ends', () => {
  test.each([
    ['between runs', (pool: ThreadPool) => new Promise<void>((done) => {
      pool.kill(1)
      setTimeout(done, 300)
    })],
    ['when a run needs it', (pool: ThreadPool) => pool.kill(0)],
  ])('%s: training stops with the last good weights, and the model works on', async (_, how) => {
    const began = performance.now()
    const { model, error } = await lose(how)
    expect(performance.now() - began).toBeLessThan(PATIENCE)
    expect(error).toBeInstanceOf(TrainingError)
    const { step, op, message, cause } = error as TrainingError
    expect(message).toMatch(
      /^a worker thread ended \(.*\); from here on one thread does the work; training stopped, and the weights are those after step \d+$/,
    )
    expect(message).toContain(`after step ${step - 1}`)
    expect(op).toBeNull()
    expect(cause).toBeInstanceOf(ThreadError)
    expect(await model.digest()).toBe(await digestAfter(step - 1))
    const fresh = await Model.create(runtime, MODELS['vae']!(), { seed: 5 })
    fresh.loadState(model.state())
    expect(model.sample(3)).toEqual(fresh.sample(3))
    const { step: now } = await last(model.train(data, { batchSize: BATCH }))
    expect(now).toBeGreaterThan(step)
  }, PATIENCE)
})

test('a closed runtime works on, on one thread', async () => {
  const shared = await threaded({ threads: 2 })
  const model = await Model.create(shared, MODELS['vae']!(), { seed: 5 })
  await shared.close()
  expect([shared.threads, shared.threadsReason]).toEqual([1, 'the runtime was closed'])
  const { step } = await last(model.train(data, { batchSize: BATCH }))
  expect(await model.digest()).toBe(await digestAfter(step))
  await expect(shared.session()).rejects.toThrow('the worker threads are not there: the runtime was closed')
})

describe('where threads are not available', () => {
  test("a page: 'auto' takes one and says why, a number is refused", async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    const shared = await threaded({ threads: 'auto' })
    expect(shared.threads).toBe(1)
    expect(shared.threadsReason).toContain('this page is not cross-origin isolated')
    await expect(threaded({ threads: 2 })).rejects.toThrow(
      /^2 threads are not available: this page is not cross-origin isolated, .*; with threads: 'auto' it would take one$/,
    )
  })

  test('a worker file that is missing', async () => {
    const options = { worker: new URL('./missing.js', import.meta.url) }
    await expect(threaded({ ...options, threads: 2 })).rejects.toThrow(/^a worker thread did not start \(.*missing\.js.*\); give createRuntime's `worker`/)
    const one = await threaded({ ...options, threads: 'auto' })
    expect(one.threads).toBe(1)
    expect(one.threadsReason).toMatch(/^a worker thread did not start \(.*missing\.js.*\); give createRuntime's `worker`/)
  })

  test('a worker of another file, which gives no answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const silent = new URL('data:text/javascript,setInterval(() => {}, 1000)')
    let error: unknown
    threaded({ threads: 2, worker: silent }).catch((thrown: unknown) => { error = thrown })
    while (!error) {
      await vi.advanceTimersByTimeAsync(1000)
      await pause(10)
    }
    vi.useRealTimers()
    expect((error as Error).message).toBe(
      "a worker thread did not start (no answer in 30 s); give createRuntime's `worker` (createTrainer's `threadWorker`) " +
      "the address of a file of this origin that is Ganglion's thread.js")
  })

  test.each([0, 1.5, 65, NaN, '2', 'many'])('threads: %s', async (threads) => {
    const shown = typeof threads === 'string' ? `'${threads}'` : threads
    await expect(threaded({ threads: threads as number })).rejects.toThrow(
      `createRuntime: threads is ${shown}, expected 'auto' or an integer from 1 to 64`,
    )
  })
})

test('a process with open threads ends by itself', () => {
  const code = `
    import { createRuntime, Model, vae, imageDataset } from '${pathToFileURL(built('index.js')).href}'
    const model = await Model.create(await createRuntime({ threads: 3 }), vae({ hidden: 64 }), { seed: 1 })
    const data = imageDataset({ images: new Uint8Array(64 * 784), shape: [28, 28, 1] })
    for await (const { step } of model.train(data, { batchSize: 32 })) console.log(step)`
  const { stdout, stderr, status } = spawnSync(
    process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: PATIENCE },
  )
  expect({ stdout, stderr, status }).toEqual({ stdout: '1\n2\n', stderr: '', status: 0 })
})
