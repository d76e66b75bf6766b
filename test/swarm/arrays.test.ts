// What a model reads beside images reaches workers that have no data: labels, and further tensors. The digest is one machine's.
import { describe, expect, it } from 'vitest'
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import { acgan } from '../../src/models/acgan.ts'
import { cgan } from '../../src/models/cgan.ts'
import { cvae } from '../../src/models/cvae.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { dense } from '../../src/nn/layers.ts'
import { adam } from '../../src/nn/optimizers.ts'
import { meanSquaredError } from '../../src/nn/losses.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { type ArrayFacts, arraysOf, areFacts } from '../../src/swarm/arrays.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { fetchedData, type FetchShards } from '../../src/swarm/fetched.ts'
import { inRounds } from '../../src/models/rounds.ts'
import { gan } from '../../src/models/gan.ts'
import { vqVae } from '../../src/models/vq_vae.ts'
import { localCrew } from '../../src/swarm/local_crew.ts'
import { decodeMessage, encodeMessage, PART_BYTES } from '../../src/swarm/protocol.ts'
import { areDataFacts, type DataFacts, Shards } from '../../src/swarm/shards.ts'
import { trainTogether } from '../../src/swarm/train.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork } from '../../src/swarm/work.ts'
import { generator } from '../harness.ts'
import { alone, data, modelOf, RECIPE, trainedBy } from './kinds.ts'

const uniform = generator(17)
const classes = 3
const labelled = imageDataset({
  images: data.images, shape: [28, 28, 1], classes,
  labels: Int32Array.from({ length: data.count }, () => Math.floor(classes * uniform())),
})
const masked = imageDataset({
  images: data.images, shape: [28, 28, 1],
  tensors: {
    // As many floats as go into more than one message.
    mask: { data: Float32Array.from({ length: data.count * 4000 }, uniform), shape: [40, 100] },
    angle: { data: Uint8Array.from({ length: data.count }, () => 255 * uniform()), shape: [] },
    unread: { data: new Uint8Array(data.count), shape: [] },
  },
})
/** From the images to the mask and the angle. */
function own(): ModelDefinition {
  const [toMask, toAngle] = [dense({ units: 4000, name: 'mask' }), dense({ units: 1, name: 'angle' })]
  const [optimizer, second] = [adam(), adam({ name: 'second' })]
  return {
    kind: 'own', options: {}, imageShape: [28, 28, 1], codeShape: [28, 28, 1], optimizers: [optimizer, second],
    tensors: { mask: [40, 100], angle: [] },
    train({ images, mask, angle }, pass) {
      const rows = images.shape[0]!
      const x = reshape(images, [rows, 784])
      const given = toAngle.apply(x, pass)
      const loss = meanSquaredError(reshape(mask as typeof images, [rows, 4000]), toMask.apply(given, pass))
      const other = meanSquaredError(reshape(angle as typeof images, [rows, 1]), given)
      return [minimize(optimizer, loss, [toMask]), minimize(second, other, [toAngle], { metrics: { other } })]
    },
    decode: (codes) => codes,
  }
}
const KINDS: Readonly<Record<string, readonly [() => ModelDefinition, ImageDataset]>> = {
  cvae: [() => cvae({ filters: 3, hidden: 8, latent: 3, classes }), labelled],
  cgan: [() => cgan({ filters: 3, latent: 4, classes }), labelled],
  acgan: [() => acgan({ filters: 3, latent: 4, classes }), labelled],
  'vq-vae': [() => vqVae({ filters: 2, depth: 2, vectors: 6, priorUnits: 3, priorBlocks: 1, classes }), labelled],
  own: [own, masked],
  'gan, two batches a step': [() => gan({ hidden: 20, discriminatorHidden: 12, latent: 5, criticSteps: 2 }), data],
  'cvae, in rounds': [() => inRounds(cvae({ filters: 3, hidden: 8, latent: 3, classes }), { localSteps: 3 }), labelled],
}
const rowsOf = ({ batchesPerStep = 1 }: ModelDefinition): number => RECIPE.batchSize * RECIPE.microBatches * batchesPerStep

async function coordinatorOf(define: () => ModelDefinition, images: ImageDataset) {
  const work = createWork(await modelOf(define), images, RECIPE)
  const fresh = await work.model.digest()
  const shards = await Shards.of(work.model.definition, images)
  const coordinator = new Coordinator(work, { run: 'run', recipe: shards.facts, ganglion: 'test', fresh, shards }, {
    leaseMs: 10_000, audit: 0, chance: uniform, digests: true, pollMs: 1000,
  })
  return { work, coordinator, shards }
}

describe.each(Object.entries(KINDS))('%s', (_, [define, images]) => {
  const KEPT = [['all that they fetched', 1e9], ['no more than a task reads', 0]] as const
  it.each(KEPT)('by two workers that keep %s', async (_w, memory) => {
    const { work, coordinator } = await coordinatorOf(define, images)
    const workers = ['a', 'b'].map((name) => serve({ request: coordinator.handle }, {
      name, ganglion: 'test', retryMs: 1,
      make: async (recipe, fetched) => {
        const how = { rows: rowsOf(define()), classes: images.classes, memory }
        return createWork(await modelOf(define), await fetchedData(recipe as DataFacts, fetched, how), RECIPE)
      },
    }))
    const { digest } = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: 2 }))
    coordinator.close()
    await Promise.all(workers)
    const here = createWork(await modelOf(define), images, RECIPE)
    expect(digest).toBe((await trainedBy(here.model, trainTogether(here, localCrew(here), { epochs: 2 }))).digest)
    if (!here.model.definition.rounds) expect(digest).toBe((await alone(define, images, RECIPE, 2)).digest)
    expect(coordinator.workers().every(({ tasks }) => tasks > 0)).toBe(true)
  })
})

/** A worker's data, fetched from here; which shards were asked for. */
async function fetching(define: () => ModelDefinition, images: ImageDataset, spoil?: (bytes: Uint8Array) => void) {
  const shards = await Shards.of(define(), images)
  const asked: number[][] = []
  const fetched: FetchShards = async (wanted, part) => {
    asked.push([...wanted])
    await new Promise((done) => { setTimeout(done, 1) })
    const message = encodeMessage({ do: 'data', worker: 'w', run: 'run', shards: wanted, part })
    const { header } = decodeMessage(message) as unknown as { header: Parameters<Shards['answer']>[0] }
    const payload = decodeMessage(shards.answer(header)).payload.slice()
    if (wanted.length) spoil?.(payload)
    return payload
  }
  const open = (memory = 0, classes = images.classes) => (
    fetchedData(shards.facts, fetched, { rows: rowsOf(define()), classes, memory }))
  return { shards, asked, open }
}

describe('a worker that fetches', () => {
  const [define] = KINDS['cvae']!
  it('is sent the rows of its task and of the one after it, and not twice', async () => {
    const { asked, open, shards } = await fetching(define, labelled)
    expect(shards.facts.shardRows).toBe(10)
    const fed = createWork(await modelOf(define), await open(1e9), RECIPE)
    const whole = createWork(await modelOf(define), labelled, RECIPE)
    expect(asked).toEqual([[]])
    const [, task] = fed.createTasks(0) as [unknown, ReturnType<typeof fed.createTasks>[number]]
    await fed.bring(task)
    // Three rows each, of seven shards.
    expect(asked.flat().length).toBeLessThanOrEqual(6)
    const before = asked.length
    expect(fed.runTask(task)).toEqual(whole.runTask(task))
    await fed.bring(task)
    expect(asked.length).toBe(before)
    // As of the next step.
    const { words } = task
    const next = { ...task, words: words.map((word, i) => (i === 2 ? 12 : i === 0 ? 1 : word)) }
    const wanted = new Set(asked.flat())
    await fed.bring(next)
    expect(fed.runTask(next)).toEqual(whole.runTask(next))
    expect(new Set(asked.flat()).size).toBe(asked.flat().length)
    expect([...wanted].length).toBeLessThan(7)
  })
  it('keeps no more than it may', async () => {
    const { open } = await fetching(define, labelled)
    const data = await open(2e4)
    const work = createWork(await modelOf(define), data, RECIPE)
    const [first] = work.createTasks(0)
    const { bytes } = data.feed as unknown as { bytes: number }
    expect(bytes).toBe(0)
    for (let step = 0; step < 5; step++) {
      for (const task of work.createTasks(0)) {
        const words = first!.words.map((word, i) => (i === 2 ? 12 * step : word))
        await work.bring({ ...task, words })
        work.runTask({ ...task, words })
        // Three shards at most, of ten rows each, that the task reads, and two that have room.
        expect((data.feed as unknown as { bytes: number }).bytes).toBeLessThanOrEqual(Math.max(2e4, 3 * 10 * 788))
      }
    }
  })
  it('refuses rows and digests that are not the run\'s, and labels that are no classes', async () => {
    const { open } = await fetching(define, labelled, (bytes) => { bytes[7]! ^= 1 })
    const work = createWork(await modelOf(define), await open(), RECIPE)
    const [task] = work.createTasks(0)
    await expect(work.bring(task!)).rejects.toThrow('the rows that were fetched are not those of the run; try again')
    const { facts } = await Shards.of(define(), labelled)
    const none = fetchedData(facts, () => Promise.resolve(new Uint8Array(32 * 7)), { rows: 12, classes, memory: 0 })
    await expect(none).rejects.toThrow('the digests that were fetched are not those of the run; try again')
    const huge = fetchedData(facts, () => Promise.resolve(new Uint8Array(0)), { rows: 1e8, classes, memory: 0 })
    await expect(huge).rejects.toThrow(/the rows of a step of the run take \d+ bytes, expected at most 4000000000/)
    const fewer = createWork(await modelOf(define), await (await fetching(define, labelled)).open(0, 1), RECIPE)
    const brought = Promise.all(fewer.createTasks(0).map((each) => fewer.bring(each)))
    await expect(brought).rejects.toThrow(/the run's data: label \d+ is/)
  })
  it('has images of more than a message in parts', async () => {
    const count = 3
    const images = imageDataset({
      images: Uint8Array.from({ length: count * 1_200_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24), shape: [1000, 1200, 1],
    })
    const shards = await Shards.of({ classes: undefined, tensors: undefined } as unknown as ModelDefinition, images)
    expect(shards.facts.shardRows).toBe(1)
    const asked = { do: 'data', worker: 'w', run: 'r', shards: [2] } as const
    const parts = [0, 1].map((part) => decodeMessage(shards.answer({ ...asked, part })).payload)
    expect(parts.map(({ length }) => length)).toEqual([PART_BYTES, 1_200_000 - PART_BYTES])
    expect(Buffer.compare(Buffer.concat(parts), Buffer.from(images.images.subarray(2_400_000)))).toBe(0)
  })
})

it('what a model does not read is not said and not sent; what there is not is refused', async () => {
  const names = (definition: ModelDefinition, images: ImageDataset) => arraysOf(definition, images).map(({ name }) => name)
  expect(names(own(), masked)).toEqual(['images', 'angle', 'mask'])
  expect(names(KINDS['cvae']![0](), labelled)).toEqual(['images', 'labels'])
  const { coordinator, shards } = await coordinatorOf(own, masked)
  expect(shards.facts.shardRows).toBe(1)
  const ask = async (wanted: unknown, part = 0) => (
    decodeMessage(await coordinator.handle(encodeMessage({ do: 'data', worker: 'w', run: 'run', shards: wanted, part }))))
  expect((await ask([2])).payload.length).toBe(784 + 1 + 4 * 4000)
  expect((await ask([2])).payload[784]).toBe((masked.tensors!['angle']!.data as Uint8Array)[2])
  const refused = async (...given: Parameters<typeof ask>) => (await ask(...given)).header['refused']
  expect(await refused([62])).toBe('shard 62 of the data was asked for, and there are 62')
  expect(await refused([1], 1)).toBe('part 1 of a shard was asked for, and there is none')
  expect(await refused([...Array(62).keys()])).toBe('shards of 1040670 bytes were asked for at a time, expected at most 960000')
  expect(await refused('all')).toBe("a request came with shards 'all', expected a list of integers")
})

it('data that are others than the run says are seen', async () => {
  const [define] = KINDS['cvae']!
  const { facts } = await Shards.of(define(), labelled)
  expect(areDataFacts(facts)).toBe(true)
  const are = async (images: ImageDataset) => (await Shards.of(define(), images)).are(facts)
  expect(await are(labelled)).toBe(true)
  const labels = labelled.labels!.slice()
  labels[5] = (labels[5]! + 1) % classes
  expect(await are({ ...labelled, labels })).toBe(false)
  expect(await are({ ...labelled, labels: Float32Array.from(labelled.labels!) })).toBe(false)
  expect(await are({ ...labelled, labels: undefined })).toBe(false)
  const [images, ...others] = facts.arrays as [ArrayFacts, ...ArrayFacts[]]
  for (const bad of [
    [], {}, others, [images, images], [{ ...images, type: 'Float64Array' }], [{ ...images, shape: [28, -28, 1] }],
    [{ ...images, shape: [784] }],
  ]) expect(areFacts(bad)).toBe(false)
  for (const bad of [{ count: 0 }, { count: 1e9 }, { shardRows: 0.5 }, { sha256: 3 }, { arrays: [] }]) {
    expect(areDataFacts({ ...facts, ...bad })).toBe(false)
  }
})
