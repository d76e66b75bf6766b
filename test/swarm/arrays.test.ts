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
import { type ArrayFacts, arraysOf, areFacts, areThose, bytesOf, factsOf, fetchedData } from '../../src/swarm/arrays.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
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
  own: [own, masked],
}

async function coordinatorOf(define: () => ModelDefinition, images: ImageDataset) {
  const work = createWork(await modelOf(define), images, RECIPE)
  const fresh = await work.model.digest()
  const recipe = { count: images.count, classes: images.classes, arrays: await factsOf(work.model.definition, images) }
  const coordinator = new Coordinator(work, { run: 'run', recipe, ganglion: 'test', fresh }, {
    leaseMs: 10_000, audit: 0, chance: uniform, digests: true, pollMs: 1000,
  })
  return { work, coordinator, recipe }
}

describe.each(Object.entries(KINDS))('%s', (_, [define, images]) => {
  it('by two workers that fetch all of its data', async () => {
    const { work, coordinator } = await coordinatorOf(define, images)
    const workers = ['a', 'b'].map((name) => serve({ request: coordinator.handle }, {
      name, ganglion: 'test', retryMs: 1,
      make: async (recipe, fetched) => {
        const fetchedImages = await fetchedData(recipe as { count: number, arrays: ArrayFacts[] }, fetched)
        return createWork(await modelOf(define), fetchedImages, RECIPE)
      },
    }))
    const { digest } = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: 1 }))
    coordinator.close()
    await Promise.all(workers)
    expect(digest).toBe((await alone(define, images, RECIPE, 1)).digest)
    expect(coordinator.workers().every(({ tasks }) => tasks > 0)).toBe(true)
  })
})

it('what a model does not read is not said and not sent', async () => {
  const names = (definition: ModelDefinition, images: ImageDataset) => arraysOf(definition, images).map(({ name }) => name)
  expect(names(own(), masked)).toEqual(['images', 'angle', 'mask'])
  expect(names(KINDS['cvae']![0](), labelled)).toEqual(['images', 'labels'])
  const { coordinator } = await coordinatorOf(() => ({ ...own(), tensors: { mask: [40, 100], angle: [] } }), masked)
  const ask = async (array: number) => (
    decodeMessage(await coordinator.handle(encodeMessage({ do: 'data', worker: 'w', run: 'run', array, part: 0 }))))
  expect((await ask(1)).payload).toEqual(masked.tensors!['angle']!.data)
  expect((await ask(3)).header['refused']).toBe('array 3 of the data was asked for, and there is none')
})

it('data that are others than the run says are seen', async () => {
  const [define] = KINDS['cvae']!
  const facts = await factsOf(define(), labelled)
  expect(areFacts(facts)).toBe(true)
  expect(await areThose(facts, define(), labelled)).toBe(true)
  const labels = labelled.labels!.slice()
  labels[5] = (labels[5]! + 1) % classes
  expect(await areThose(facts, define(), { ...labelled, labels })).toBe(false)
  expect(await areThose(facts, define(), { ...labelled, labels: Float32Array.from(labelled.labels!) })).toBe(false)
  expect(await areThose(facts, define(), { ...labelled, labels: undefined })).toBe(false)
  const bytes = [labelled.images, labels].map(bytesOf)
  await expect(fetchedData({ arrays: facts, count: labelled.count }, (i) => Promise.resolve(bytes[i]!)))
    .rejects.toThrow('the labels that were fetched are not those of the run; try again')
  const [images, ...others] = facts as [ArrayFacts, ...ArrayFacts[]]
  for (const bad of [
    [], {}, others, [images, images], [{ ...images, type: 'Float64Array' }], [{ ...images, shape: [28, -28, 1] }],
    [{ ...images, shape: [784] }],
  ]) expect(areFacts(bad)).toBe(false)
})
