// Any number of threads gives the same bits, alone or with several sessions on one pool.
import { afterAll, describe, expect, test, vi } from 'vitest'
import { features } from '../../src/runtime/features.ts'
import type { Runtime } from '../../src/runtime/create_runtime.ts'
import { Team } from '../../src/runtime/threads/team.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'
import { BATCH, MODELS } from './models.ts'
import { data, threaded, trained } from './threads.ts'

const runtimes: Runtime[] = []
afterAll(() => Promise.all(runtimes.map((each) => each.close())))
const threads = async (count: number): Promise<Runtime> => {
  const made = await threaded({ threads: count })
  runtimes.push(made)
  return made
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  const alone = trained(runtime, MODELS[name]!()).then((model) => model.digest())
  test.each([2, 3, 4, 7])('after 20 steps on %i threads', async (count) => {
    const shared = await threads(count)
    expect(shared.threads).toBe(count)
    const runs = vi.spyOn(Team.prototype, 'run')
    const model = await trained(shared, MODELS[name]!())
    expect(runs).toHaveBeenCalled()
    expect(model.session.threads).toBe(count)
    expect(await model.digest()).toBe(await alone)
  })
})

test('the static data of a core is what it was when it began', async () => {
  const shared = await threads(2)
  const { core } = (await trained(shared, MODELS['vae']!())).session
  const { core: fresh } = await shared.session()
  const end = new Uint8Array(fresh.memory.buffer).findLastIndex((byte) => byte !== 0) + 1
  expect(end).toBeGreaterThan(1024)
  expect(core.memory.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect(new Uint8Array(core.memory.buffer, 0, end)).toEqual(new Uint8Array(fresh.memory.buffer, 0, end))
})

test('several sessions take turns on one pool', async () => {
  const shared = await threads(3)
  const names = Object.keys(MODELS)
  const models = await Promise.all(names.map((name) => Model.create(shared, MODELS[name]!(), { seed: 5 })))
  const steps = models.map((model) => model.train(data, { batchSize: BATCH }))
  for (let left = steps; left.length;) {
    const next = await Promise.all(left.map((step) => step.next()))
    left = left.filter((_, i) => !next[i]!.done)
  }
  for (const [i, name] of names.entries()) {
    expect(await models[i]!.digest()).toBe(await (await trained(runtime, MODELS[name]!())).digest())
  }
})

test("'auto' takes what the machine has, up to four", async () => {
  expect(features().threads.available).toBe(true)
  const shared = await threaded({ threads: 'auto' })
  runtimes.push(shared)
  expect(shared.threads).toBeGreaterThanOrEqual(1)
  expect(shared.threads).toBeLessThanOrEqual(4)
  expect(shared.threadsReason).toMatch(/^'auto', and the machine runs \d+ at once$/)
  expect(runtime.threads).toBe(1)
  expect(runtime.threadsReason).toBe('one thread was asked for')
})
