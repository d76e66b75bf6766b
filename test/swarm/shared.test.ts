// Workers that share memory with their coordinator, as threads do: the digest of one machine, and nothing is used half written.
import { describe, expect, it } from 'vitest'
import { Coordinator, type CoordinatorOptions } from '../../src/swarm/coordinator.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
import { Reduction } from '../../src/swarm/reduction.ts'
import { SharedWeights, takeShared } from '../../src/swarm/shared.ts'
import { trainTogether } from '../../src/swarm/train.ts'
import { Weights } from '../../src/swarm/weights.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork } from '../../src/swarm/work.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

/** Trains by workers with memory that they share; the requests, and what the workers did wrong. */
async function sharing(define: typeof KINDS[string], names: readonly string[], options: Partial<CoordinatorOptions> = {}) {
  const work = createWork(await modelOf(define), data, RECIPE)
  const faults: string[] = []
  const coordinator = new Coordinator(work, { run: 'run', recipe: {}, ganglion: 'test', fresh: await work.model.digest() }, {
    leaseMs: 10_000, audit: 0, chance: () => 0.5, digests: false, pollMs: 600_000,
    onFault: (...fault) => faults.push(fault.join()), ...options,
  })
  const asked: string[] = []
  const workers = names.map((name) => serve({
    request: (message) => {
      asked.push(String(decodeMessage(message).header['do']))
      return coordinator.handle(message)
    },
  }, {
    name, ganglion: 'test', make: async () => createWork(await modelOf(define), data, RECIPE), shared: coordinator.share(name),
  }))
  const made = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: EPOCHS }))
  coordinator.close()
  await Promise.all(workers)
  return { ...made, asked, faults, coordinator }
}

describe.each(Object.entries(KINDS))('%s', (_, define) => {
  it.each([[['a']], [['a', 'b', 'c']]])('by %j', async (names) => {
    const { digest, epochs, asked, faults, coordinator } = await sharing(define, names)
    const oracle = await alone(define)
    expect(digest).toBe(oracle.digest)
    expect(epochs).toEqual(oracle.epochs)
    expect(faults).toEqual([])
    expect(new Set(asked)).toEqual(new Set(['join', 'next', 'result']))
    // No weights and no gradients go through messages.
    expect(coordinator.traffic.bytes / coordinator.traffic.messages).toBeLessThan(2000)
  })

  it('audited, with digests: what waits for a second worker is kept as it was', async () => {
    const { digest, faults } = await sharing(define, ['a', 'b'], { audit: 1, digests: true })
    expect(digest).toBe((await alone(define)).digest)
    expect(faults).toEqual([])
  })
})

it("a worker of another machine does not take a thread's name", async () => {
  const { coordinator } = await sharing(KINDS['vae']!, ['thread-1'])
  const asked = encodeMessage({ do: 'join', worker: 'thread-1', ganglion: 'test' })
  expect(decodeMessage(await coordinator.handle(asked, 'anyone')).header['refused']).toBe(
    'the name "thread-1" is that of a thread of the coordinator; choose another --name')
  expect(decodeMessage(await coordinator.handle(asked)).header).toHaveProperty('recipe')
})

it('a worker asks for the next task before it sends what the last one gave', async () => {
  const { asked } = await sharing(KINDS['vae']!, ['a'])
  const tasks = asked.filter((what) => what === 'result').length
  expect(tasks).toBeGreaterThan(10)
  const pairs = Array.from({ length: tasks - 1 }, () => ['next', 'result']).flat()
  expect(asked.slice(0, 2 * tasks)).toEqual(['join', 'next', ...pairs])
})

it('weights of another version, or that are being written, are not taken', async () => {
  const define = KINDS['vae']!
  const [from, to] = [await modelOf(define), await modelOf(define)]
  const variables = createWork(from, data, RECIPE).read
  const weights = new Weights(from.session, variables)
  const own = new Weights(to.session, createWork(to, data, RECIPE).read)
  const shared = new SharedWeights(weights)
  const [v] = weights.variables
  const numbers = [...weights.variables.keys()]
  const take = (version: number) => takeShared(shared.buffer, version, own, numbers)
  weights.change()
  expect(take(1)).toBe(false)
  shared.publish()
  expect(take(1)).toBe(true)
  expect(await own.digest()).toBe(await weights.digest())
  // Of what changed, only that is written.
  from.session.values(v!).fill(3)
  weights.change([v!])
  expect(weights.changedSince(1)).toEqual([0])
  shared.publish()
  expect(take(1)).toBe(false)
  expect(take(2)).toBe(true)
  expect(await own.digest()).toBe(await weights.digest())
  expect([...own.changedSince(0)]).toEqual(numbers)
  // As in the middle of a change.
  Atomics.store(new Int32Array(shared.buffer), 0, 0)
  expect(take(2)).toBe(false)
})

it.each([1, 2, 3, 5])('of %d results that are lent, none is used after it was given', (count) => {
  const floats = 7
  const values = (k: number) => Float32Array.from({ length: floats }, (_, i) => (k + 1) / (i + 3))
  const [whole, lent] = [0, 1].map(() => new Reduction(count, { sums: 5, floats, rounded: 0 })) as [Reduction, Reduction]
  for (const k of [...Array(count).keys()].reverse()) {
    whole.add(k, values(k))
    const place = values(k)
    lent.add(k, place, true)
    place.fill(NaN)
  }
  expect(lent.result()).toEqual(whole.result())
})
