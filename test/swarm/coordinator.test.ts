// Coordinator and workers over an in-process transport: whoever works, however messages come, the digest is that of one machine.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import { GanglionError } from '../../src/errors.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { vae } from '../../src/models/vae.ts'
import { Coordinator, type CoordinatorOptions } from '../../src/swarm/coordinator.ts'
import { decodeMessage, encodeMessage, MOST_BYTES, partOf, partsOf } from '../../src/swarm/protocol.ts'
import { trainTogether } from '../../src/swarm/train.ts'
import { serve, type WorkerSettings } from '../../src/swarm/worker.ts'
import { createWork, type StepWork, type Task } from '../../src/swarm/work.ts'
import { generator } from '../../src/verify/draw.ts'
import { sha256 } from '../../src/formats/sha256.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

const [GANGLION, RUN] = ['0.0.0-test', 'run']
afterEach(() => { vi.restoreAllMocks() })

interface Swarm {
  readonly work: StepWork
  readonly coordinator: Coordinator
  readonly faults: [worker: string, what: string][]
}

async function swarmOf(
  define: () => ModelDefinition, options: Partial<CoordinatorOptions> = {}, images = data, recipe = RECIPE,
): Promise<Swarm> {
  const faults: [string, string][] = []
  const work = createWork(await modelOf(define), images, recipe)
  const uniform = generator(3)
  const coordinator = new Coordinator(work, { run: RUN, recipe: {}, ganglion: GANGLION, fresh: await work.model.digest() }, {
    leaseMs: 10_000, audit: 0, chance: uniform, digests: true, pollMs: 1000,
    onFault: (...fault) => faults.push(fault), ...options,
  })
  return { work, coordinator, faults }
}

type Answered = (message: Uint8Array) => Promise<Uint8Array>
/** A worker with a model of its own. */
function worker(
  define: () => ModelDefinition, name: string, request: Answered, other: Partial<WorkerSettings> = {},
): Promise<void> {
  const make = async () => createWork(await modelOf(define), data, RECIPE)
  return serve({ request }, { name, ganglion: GANGLION, make, retryMs: 1, ...other })
}

/** Trains to the end, then tells workers so. */
async function together({ work, coordinator }: Swarm, epochs = EPOCHS) {
  try {
    return await trainedBy(work.model, trainTogether(work, coordinator, { epochs }))
  } finally {
    coordinator.close()
  }
}

describe.each(Object.entries(KINDS))('%s', (_, define) => {
  it.each([1, 3])('by %d workers', async (count) => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define)
    const workers = Array.from({ length: count }, (_w, i) => worker(define, `w${i}`, swarm.coordinator.handle))
    const made = await together(swarm)
    await Promise.all(workers)
    expect(made.digest).toBe(oracle.digest)
    expect(made.epochs).toEqual(oracle.epochs)
    expect(swarm.faults).toEqual([])
    const reports = swarm.coordinator.workers()
    expect(reports.map((report) => report.worker).sort()).toEqual(Array.from({ length: count }, (_w, i) => `w${i}`))
    expect(reports.every(({ tasks }) => tasks > 0)).toBe(true)
  })

  it('with messages that are lost, doubled and late', async () => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define, { leaseMs: 300, audit: 0.2 })
    const uniform = generator(8)
    const handle: Answered = async (message) => {
      const fate = uniform()
      if (fate < 0.03) throw new Error('the request is lost')
      if (fate < 0.1) void swarm.coordinator.handle(message.slice())
      if (fate < 0.2) await new Promise((done) => { setTimeout(done, 20 * uniform()) })
      // As Node's transports give them: views of larger buffers.
      const answer = Buffer.from(await swarm.coordinator.handle(Buffer.from(message)))
      if (fate > 0.97) throw new Error('the answer is lost')
      return answer
    }
    const workers = ['a', 'b', 'c'].map((name) => worker(define, name, handle))
    const made = await together(swarm)
    await Promise.all(workers)
    expect(made.digest).toBe(oracle.digest)
    expect(made.epochs).toEqual(oracle.epochs)
    expect(swarm.faults).toEqual([])
  })
})

/** A request of a worker, and the header of its answer. */
const ask = async ({ coordinator }: Swarm, worker: string, header: object, values?: ArrayBufferView) =>
  decodeMessage(await coordinator.handle(encodeMessage({ worker, run: RUN, ...header }, values))).header

interface Offer { readonly task: Task, readonly version: number }
const offered = async (swarm: Swarm, worker: string): Promise<Offer> =>
  await ask(swarm, worker, { do: 'next', fresh: await freshOf(swarm), from: 0 }) as unknown as Offer
const digests = new WeakMap<Swarm, string>()
async function freshOf(swarm: Swarm): Promise<string> {
  const known = digests.get(swarm) ?? (await (await modelOf(KINDS['vae']!)).digest())
  digests.set(swarm, known)
  return known
}

/** Sends what a task gives, or what `spoil` makes of it. */
async function give(
  swarm: Swarm, worker: string, { task, version }: Offer, spoil: (values: Float32Array) => Float32Array = (v) => v,
  header: object = {},
) {
  const values = spoil(swarm.work.runTask(task))
  const hash = await sha256([new Uint8Array(values.buffer, values.byteOffset, values.byteLength)])
  let last: Readonly<Record<string, unknown>> = {}
  for (let part = 0; part < partsOf(values.byteLength); part++) {
    last = await ask(swarm, worker, { do: 'result', version, microBatch: task.microBatch, part, sha256: hash, ...header },
      partOf(values, part))
  }
  return last
}

describe('a worker that dies, stalls or lies', () => {
  const define = KINDS['vae']!

  it('has its task done by another when its time is over, or when it is known to be gone', async () => {
    const oracle = await alone(define)
    for (const lost of [false, true]) {
      const swarm = await swarmOf(define, { leaseMs: lost ? 1e9 : 50 })
      const training = together(swarm)
      const held = await offered(swarm, 'dead')
      expect(held.task.microBatch).toBe(0)
      if (lost) swarm.coordinator.lost('dead')
      const living = worker(define, 'living', swarm.coordinator.handle)
      expect((await training).digest).toBe(oracle.digest)
      await living
      // Late by a whole run.
      expect(await give(swarm, 'dead', held)).toMatchObject({ late: true })
    }
  })

  const flipped = (values: Float32Array): Float32Array => {
    new Uint32Array(values.buffer, values.byteOffset)[5]! ^= 1
    return values
  }
  const filled = (x: number) => (values: Float32Array): Float32Array => values.map((v, i) => (i === 3 ? x : v))

  it.each([
    ['a flipped bit', flipped, 'its gradient is not what the task gives'],
    ['a NaN', filled(NaN), 'its gradient is not finite, and the task gives a finite one'],
    ['an infinity', filled(Infinity), 'its gradient is not finite, and the task gives a finite one'],
  ] as const)('by %s is named and out, and what it did is done again', async (_, spoil, what) => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define, { audit: 1 })
    const training = together(swarm)
    const liar = (async () => {
      // Honest at first.
      for (let done = 0; ; done++) {
        const offer = await offered(swarm, 'liar')
        if ('refused' in offer) return offer.refused
        if ('task' in offer) await give(swarm, 'liar', offer, done < 4 ? undefined : spoil)
      }
    })()
    const workers = ['a', 'b'].map((name) => worker(define, name, swarm.coordinator.handle))
    expect((await training).digest).toBe(oracle.digest)
    expect(await liar).toBe(`the worker "liar" is out of the run: ${what}`)
    expect(swarm.faults).toEqual([['liar', what]])
    expect(swarm.coordinator.workers().find((report) => report.worker === 'liar')!.out).toBe(what)
    await Promise.all(workers)
  })

  it('is found by a coordinator that has no other worker', async () => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define, { audit: 1, pollMs: 50 })
    const training = together(swarm)
    const first = await offered(swarm, 'liar')
    await give(swarm, 'liar', first, flipped)
    await vi.waitFor(async () => expect(await offered(swarm, 'liar')).toHaveProperty('refused'), { timeout: 30_000 })
    const honest = worker(define, 'honest', swarm.coordinator.handle)
    expect((await training).digest).toBe(oracle.digest)
    await honest
  })

  it.each([
    ['too short', (v: Float32Array) => v.slice(1), {}, /part 0 of a gradient has \d+ bytes, expected \d+/],
    ['too long', (v: Float32Array) => Float32Array.of(...v, 1), {}, /part 0 of a gradient has \d+ bytes, expected \d+/],
    ['of another digest', flipped, { sha256: '0'.repeat(64) }, 'its gradient is not what its digest was made of'],
    ['of a part that there is not', undefined, { part: 9 }, 'part 9 of a gradient of 1 parts came'],
  ] as const)('by a gradient %s is refused, and out after three', async (_, spoil, header, what) => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define)
    const training = together(swarm)
    for (let i = 0; i < 3; i++) {
      const offer = await offered(swarm, 'bad')
      expect(offer.task.microBatch).toBe(0)
      const { refused } = await give(swarm, 'bad', offer, spoil, header)
      expect(refused).toMatch(what)
      expect(refused).toMatch('the worker "bad" was refused')
    }
    expect((await offered(swarm, 'bad') as unknown as { refused: string }).refused).toMatch('the worker "bad" is out of the run')
    expect(swarm.faults.map(([name]) => name)).toEqual(['bad', 'bad', 'bad'])
    const honest = worker(define, 'honest', swarm.coordinator.handle)
    expect((await training).digest).toBe(oracle.digest)
    await honest
  })

  it('by a replay of an earlier step counts for nothing', async () => {
    const oracle = await alone(define)
    const swarm = await swarmOf(define)
    const training = together(swarm)
    const old = await offered(swarm, 'old')
    await give(swarm, 'old', old)
    const honest = worker(define, 'honest', swarm.coordinator.handle)
    const tasks = () => swarm.coordinator.workers().find((w) => w.worker === 'honest')!.tasks
    await vi.waitFor(() => expect(tasks()).toBeGreaterThan(8), { timeout: 30_000, interval: 1 })
    expect(await give(swarm, 'old', old)).toMatchObject({ late: true })
    expect(await give(swarm, 'old', { ...old, version: old.version + 999 })).toMatchObject({ late: true })
    expect((await training).digest).toBe(oracle.digest)
    await honest
  })
})

it('a run that is to stop ends its step by itself, where nobody else is left', async () => {
  for (const name of ['vae', 'gan']) {
    const define = KINDS[name]!
    const swarm = await swarmOf(define, { leaseMs: 300, audit: 1 })
    const stop = new AbortController()
    const steps = trainTogether(swarm.work, swarm.coordinator, { epochs: EPOCHS, signal: stop.signal })
    const one = steps.next()
    // One goes with a task in its hands; what another gave waits for a second.
    if (name === 'vae') {
      await offered(swarm, 'gone')
      await give(swarm, 'other', await offered(swarm, 'other'))
    }
    stop.abort()
    swarm.coordinator.finish()
    expect((await one).value, name).toMatchObject({ step: 1 })
    expect((await steps.next()).done).toBe(true)
    const oracle = await modelOf(define)
    for await (const _ of oracle.train(data, { batchSize: 3, accumulate: 4, steps: 1 }));
    expect(await swarm.work.model.digest()).toBe(await oracle.digest())
    swarm.coordinator.close()
  }
})

describe('messages that are none', () => {
  const refusal = async (message: Uint8Array): Promise<unknown> => {
    const swarm = await swarmOf(KINDS['vae']!)
    return decodeMessage(await swarm.coordinator.handle(message)).header['refused']
  }
  const raw = (text: string): Uint8Array => {
    const bytes = new TextEncoder().encode(text)
    return Uint8Array.of(bytes.length, 0, 0, 0, ...bytes)
  }
  const SAME = 'run the same version of ganglion on both sides'
  it.each([
    [new Uint8Array(0), `what came is no message of the swarm; ${SAME}`],
    [Uint8Array.of(255, 255, 255, 255, 0), `what came is no message of the swarm; ${SAME}`],
    [raw('{'), `what came is no message of the swarm; ${SAME}`],
    [raw('[1]'), `what came is no message of the swarm; ${SAME}`],
    [raw('{"v":1}'), `a message of version 1 of the protocol came, expected 3; ${SAME}`],
    [new Uint8Array(60e6), `a message of 60000000 bytes came, expected at most ${MOST_BYTES}; ${SAME}`],
    [encodeMessage({ do: 'toString', worker: 'a' }), "a request came for 'toString', which is not known"],
    [encodeMessage({ do: 'join', worker: 'a b', ganglion: '' }), "a request came from 'a b', expected the name of a worker"],
    [encodeMessage({ do: 'result', worker: 'a', run: RUN, version: 1e300 }),
      'a request came with version 1e+300, expected an integer'],
  ])('%#', async (message, expected) => {
    expect(await refusal(message)).toBe(expected)
  })
  it('of another package, or of other arithmetic', async () => {
    const swarm = await swarmOf(KINDS['vae']!)
    expect(await ask(swarm, 'a', { do: 'join', ganglion: '9.9.9' })).toMatchObject({
      refused: `the worker has ganglion 9.9.9 and the run ${GANGLION}; install the same version on both`,
    })
    expect((await ask(swarm, 'a', { do: 'next', fresh: 'other', from: 0 }))['refused'])
      .toMatch(/fresh model has another digest .* "ganglion verify"/)
    expect(await ask(swarm, 'a', { do: 'next', run: 'other', fresh: '', from: 0 })).toMatchObject({ rejoin: true })
  })
  it('as answers are errors of the worker', async () => {
    const answer = (header: object) => worker(KINDS['vae']!, 'w', () => Promise.resolve(encodeMessage(header)))
    await expect(answer({})).rejects.toThrow(`the coordinator's answer to "join" is not what was expected; ${SAME}`)
    await expect(answer({ refused: 'no' })).rejects.toThrow(new GanglionError('no'))
  })
})

it('1,000 workers come and go: the same digest, and what the coordinator holds does not grow', async () => {
  const images = imageDataset({
    images: Uint8Array.from({ length: 64 * 12 }, (_, i) => (i * 37) % 256), shape: [2, 3, 2],
  })
  const define = () => vae({ latent: 3, hidden: 7, imageShape: [2, 3, 2] })
  const recipe = { batchSize: 1, microBatches: 32 }
  const STEPS = 24
  const oracle = await alone(define, images, recipe, STEPS / 2)
  // Who waits asks once: how often depends on time else.
  const swarm = await swarmOf(define, { leaseMs: 40, digests: false, pollMs: 600_000 }, images, recipe)
  const fresh = await swarm.work.model.digest()
  const uniform = generator(12)
  let over = false
  let most = 0
  let came = 0
  // Each lives for some requests; one in three goes without a word, with a task in its hands.
  const life = async (): Promise<void> => {
    while (!over) {
      const name = `w${came++}`
      let version = 0
      for (let left = 1 + Math.floor(uniform() * 6); left-- && !over;) {
        const offer = await ask(swarm, name, { do: 'next', fresh, from: version }) as unknown as Offer & { done?: boolean }
        if (offer.done) return
        if (!('task' in offer)) continue
        if (!left && uniform() < 0.33) break
        await ask(swarm, name, { do: 'weights', from: version, to: offer.version, part: 0 })
        version = offer.version
        await new Promise((done) => { setTimeout(done, uniform() < 0.02 ? 60 : 0) })
        // Of a step that is over nobody can say any more what it gave.
        if (swarm.work.createTasks(0)[0]!.words.join() === offer.task.words.join()) await give(swarm, name, offer)
        most = Math.max(most, swarm.coordinator.floats)
      }
    }
  }
  const lives = Array.from({ length: 1000 }, life)
  const marks = [{ ...swarm.coordinator.traffic, most: 0 }]
  const counted = async function* () {
    for await (const progress of trainTogether(swarm.work, swarm.coordinator, { epochs: STEPS / 2 })) {
      marks.push({ ...swarm.coordinator.traffic, most })
      most = 0
      yield progress
    }
  }
  const made = await trainedBy(swarm.work.model, counted())
  over = true
  swarm.coordinator.close()
  await Promise.all(lives)
  expect(made.digest).toBe(oracle.digest)
  expect(came).toBeGreaterThan(1000)
  const { floats } = swarm.work.layout({ size: 32, stage: 0 })
  // Sums whose neighbour is missing: at worst every second one of those that were given out.
  for (const mark of marks) expect(mark.most).toBeLessThanOrEqual(floats * 17)
  // Later steps take no more than the first ones: with the first, all ask.
  const grown = (key: 'messages' | 'bytes', from: number, to: number) => (marks[to]![key] - marks[from]![key]) / (to - from)
  for (const key of ['messages', 'bytes'] as const) {
    expect(grown(key, STEPS / 2, STEPS), key).toBeLessThanOrEqual(1.2 * grown(key, 0, STEPS / 2))
  }
  expect(swarm.coordinator.workers().length).toBeLessThanOrEqual(4097)
  expect(swarm.faults).toEqual([])
}, 300_000)
