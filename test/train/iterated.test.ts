// What train() gives is a loop: awaited it rejects, left alone it warns, iterated it is an async generator like any other.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Progress } from '../../src/train/train.ts'
import { bytesData, newModel, trained } from './data.ts'

const data = bytesData(12)
const HOW = 'write for await (const progress of model.train(data)) …, or await model.fit(data)'
const AWAITED = new TypeError(`train: what it gives was awaited, or returned by an async function, which trains nothing; ${HOW}`)
let warned: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('rejects where it is awaited, and nothing was trained', async () => {
  const model = await newModel()
  const before = await model.digest()
  const awaited = async () => {
    // @ts-expect-error -- the compiler refuses it too, and so does the linter
    await model.train(data, { batchSize: 4 }) // eslint-disable-line @typescript-eslint/await-thenable
  }
  await expect(awaited()).rejects.toThrow(AWAITED)
  // @ts-expect-error -- and what an async function returns is awaited
  const returned = async () => model.train(data, { batchSize: 4 })
  await expect(returned()).rejects.toThrow(AWAITED)
  await expect(Promise.resolve(model.train(data) as unknown)).rejects.toThrow(AWAITED)
  await expect(model.train(data).then(() => 'trained')).rejects.toThrow(AWAITED)
  expect(await model.digest()).toBe(before)
  vi.advanceTimersByTime(5000)
  expect(warned).not.toHaveBeenCalled()
})

it('warns where nobody iterates it within a second', async () => {
  const model = await newModel()
  const steps = model.train(data, { batchSize: 4 })
  vi.advanceTimersByTime(900)
  expect(warned).not.toHaveBeenCalled()
  vi.advanceTimersByTime(200)
  expect(warned.mock.calls).toEqual([[`train: what it gives was not iterated, which trains nothing; ${HOW}`]])
  // It still can be.
  vi.useRealTimers()
  expect((await steps.next()).value).toMatchObject({ epoch: 1 })
  await steps.return()
})

it('is iterated by for await, by yield* and by next, without a warning; left in the middle it is over', async () => {
  vi.useRealTimers()
  const [straight, passedOn] = [await newModel(), await newModel()]
  async function* outer(): AsyncGenerator<Progress, void, void> {
    yield* passedOn.train(data, { batchSize: 4 })
  }
  const all = await trained(straight, data, { batchSize: 4 })
  let last: Progress | undefined
  for await (last of outer()) continue
  expect(last).toMatchObject({ step: all.at(-1)!.step, epochDone: true })
  expect(await passedOn.digest()).toBe(await straight.digest())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const steps = straight.train(data, { batchSize: 4 })
  expect(await steps.return()).toEqual({ done: true, value: undefined })
  expect((await steps.next()).done).toBe(true)
  vi.advanceTimersByTime(5000)
  expect(warned).not.toHaveBeenCalled()
})
