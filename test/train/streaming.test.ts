// Training on images that are read as it goes ends in the bits of training on the same images in memory: whatever the window, the
// blocks and how late they come; where it stops and goes on; and where steps are undone and done again.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ImageDataset } from '../../src/data/dataset.ts'
import { samplesAt } from '../../src/data/permutation.ts'
import { gradients } from '../../src/autodiff/gradients.ts'
import type { TrainingError } from '../../src/errors.ts'
import { variable } from '../../src/graph/leaves.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { gan } from '../../src/models/gan.ts'
import { zeros } from '../../src/nn/initializers.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sub } from '../../src/ops/arithmetic.ts'
import { mean } from '../../src/ops/reduce.ts'
import { slice } from '../../src/ops/slice.ts'
import { square } from '../../src/ops/unary.ts'
import { createWork } from '../../src/swarm/work.ts'
import type { Model } from '../../src/train/model.ts'
import type { RowSource, StreamedDataset } from '../../src/train/streamed.ts'
import { streamOf } from '../../src/train/streaming.ts'
import type { TrainOptions } from '../../src/train/train.ts'
import { bytesData, chunksOf, floatData, newModel, SHAPE, smallVae } from './data.ts'
import { classData, conditional } from './own.ts'

afterEach(() => { vi.restoreAllMocks() })

const streamedOf = (rest: Omit<ImageDataset, 'images'>, source: RowSource): StreamedDataset =>
  ({ ...rest, source, stream(model, rows) { return streamOf(this, model, rows) } })

/** Reads a dataset in memory as if it were elsewhere, a turn later; what it was asked for, in `asked`. */
function elsewhere(data: ImageDataset, memory = 0) {
  const { images, ...rest } = data
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength)
  const rowBytes = bytes.length / data.count
  const asked: number[] = []
  let open = 0
  const source: RowSource = {
    rowBytes, memory, floats: images instanceof Float32Array,
    open() {
      open++
      return {
        room: (rows) => ({ indices: new Uint32Array(rows), values: new Uint8Array(rows * rowBytes) }),
        async read(order, from, rows, { indices, values }) {
          asked.push(from)
          await new Promise((resolve) => setImmediate(resolve))
          samplesAt(order, from, indices.subarray(0, rows))
          for (let i = 0; i < rows; i++) {
            values.set(bytes.subarray(indices[i]! * rowBytes, (indices[i]! + 1) * rowBytes), i * rowBytes)
          }
        },
        async close() { open-- },
      }
    },
  }
  const streamed = streamedOf(rest, source)
  return { streamed, asked, opened: () => open }
}

async function run(model: Model, data: ImageDataset | StreamedDataset, options: TrainOptions): Promise<Record<string, number>> {
  let metrics = {}
  for await (const now of model.train(data, options)) metrics = now.metrics
  return metrics
}

async function same(make: () => ModelDefinition, data: ImageDataset, options: TrainOptions): Promise<void> {
  const [here, there] = [await newModel(make(), 7), await newModel(make(), 7)]
  // With room for far more than there is.
  const { streamed, opened } = elsewhere(data, 1e9)
  expect(await run(there, streamed, options)).toEqual(await run(here, data, options))
  expect(await there.digest()).toBe(await here.digest())
  expect(opened()).toBe(0)
}

describe('the bits are those of memory', () => {
  it.each([
    ['bytes, a smaller last batch', bytesData(70), { batchSize: 8, epochs: 3 }],
    ['floats', floatData(64), { batchSize: 16, epochs: 2 }],
    ['micro-batches', bytesData(70), { batchSize: 4, accumulate: 3, epochs: 2 }],
    ['a batch of all', bytesData(20), { batchSize: 20, epochs: 2 }],
  ] as const)('%s', async (_, data, options) => { await same(smallVae, data, options) })

  it('without the last samples', () => (
    same(() => gan({ latent: 2, imageShape: SHAPE, criticSteps: 2 }), bytesData(70), { batchSize: 8, epochs: 3 })))

  it('labels', () => same(conditional, classData(40, (row) => row % 5), { batchSize: 8, epochs: 2 }))
})

describe('windows and blocks', () => {
  /** Images of 1 MiB, so that a block is one of them, and the window eight. */
  const large = (): ImageDataset => {
    const images = Uint8Array.from({ length: 12 * 2 ** 20 }, (_, i) => Math.imul(i, 2654435761) >>> 24)
    return { name: 'large', images, count: 12, shape: [512, 2048, 1] }
  }
  /** A number that goes after the images' pixels. */
  function follower(): ModelDefinition {
    const optimizer = sgd({ learningRate: 0.1 })
    const a = variable('a', [2048, 1], zeros())
    return {
      kind: 'follower', options: {}, imageShape: [512, 2048, 1], codeShape: [512, 2048, 1], optimizers: [optimizer],
      train({ images }) {
        const loss = mean(square(sub(slice(images, [0, 0, 0, 0], [-1, 1, 2048, 1]), a)))
        return [{ metrics: { loss, all: mean(images) }, updates: optimizer.apply(gradients(loss, [a]), [a]) }]
      },
      decode: (codes) => codes,
      sampleCodes: (noise) => noise,
    }
  }

  it('a window that is gone round, blocks of one image, epochs one after another', async () => {
    const data = large()
    const { streamed, asked } = elsewhere(data)
    const [here, there] = [await newModel(follower()), await newModel(follower())]
    await run(here, data, { batchSize: 3, epochs: 2 })
    await run(there, streamed, { batchSize: 3, epochs: 2 })
    expect(await there.digest()).toBe(await here.digest())
    expect(asked.slice(0, 24)).toEqual([...Array(12).keys(), ...Array(12).keys()])
  })
})

it('goes on where it was left, in another model too', async () => {
  chunksOf(200)
  const data = bytesData(70)
  const here = await newModel()
  await run(here, data, { batchSize: 8, epochs: 2 })
  const there = await newModel()
  const { streamed } = elsewhere(data)
  await run(there, streamed, { batchSize: 8, steps: 3 })
  const third = await newModel()
  third.loadState(there.state())
  await run(there, streamed, { batchSize: 8, epochs: 2 })
  await run(third, elsewhere(data).streamed, { batchSize: 8, epochs: 2 })
  expect(await there.digest()).toBe(await here.digest())
  expect(await third.digest()).toBe(await here.digest())
})

it('a larger batch in the middle of an epoch, as in memory', async () => {
  chunksOf(200)
  const data = bytesData(70)
  const { streamed } = elsewhere(data)
  const [here, there] = [await newModel(), await newModel()]
  for (const [model, d] of [[here, data], [there, streamed]] as const) {
    await run(model, d, { batchSize: 8, steps: 2 })
    await run(model, d, { batchSize: 70 - 16 })
  }
  expect(await there.digest()).toBe(await here.digest())
})

it('a state that is loaded between two chunks: other samples, of another epoch', async () => {
  chunksOf(200)
  const data = bytesData(70)
  const digests = await Promise.all([data, elsewhere(data).streamed].map(async (d) => {
    const model = await newModel()
    let first: ReturnType<Model['state']> | undefined
    let loaded = 0
    for await (const { step } of model.train(d, { batchSize: 8, epochs: 2 })) {
      first ??= model.state()
      if (step === 12 && !loaded++) model.loadState(first)
      if (step === 13) break
    }
    return model.digest()
  }))
  expect(digests[1]).toBe(digests[0])
})

it('a fault: the same step, the same op, the same state to go back to', async () => {
  // Row 33 is infinite, and is met in the middle of the first epoch; chunks of several steps.
  const data = floatData(64, { [33 * 12]: Infinity })
  const seen = await Promise.all([data, elsewhere(data).streamed].map(async (d) => {
    const model = await newModel()
    const error = await run(model, d, { batchSize: 4, epochs: 3 }).then(() => undefined, (e: unknown) => e as TrainingError)
    return [error?.message, error?.op, await model.digest()]
  }))
  expect(seen[0]![0]).toMatch(/^training stopped at step \d+: the op 'batch'/)
  expect(seen[1]).toEqual(seen[0])
})

it('an error of reading ends training, with the steps that were done', async () => {
  const { streamed, opened } = elsewhere(bytesData(70))
  const broken: StreamedDataset = {
    ...streamed,
    source: { ...streamed.source, open: () => ({ ...streamed.source.open(), read: () => Promise.reject(new Error('gone')) }) },
  }
  await expect(run(await newModel(), broken, { batchSize: 8 })).rejects.toThrow('gone')
  expect(opened()).toBe(0)
})

it('refuses what needs images in memory', async () => {
  const { streamed } = elsewhere(bytesData(70))
  const model = await newModel()
  const memory = streamed as unknown as ImageDataset
  expect(() => model.evaluate(memory)).toThrow(TypeError)
  expect(() => createWork(model, memory, { batchSize: 8, microBatches: 1 })).toThrow(TypeError)
  await expect(run(model, { ...streamed, shape: [1, 2, 3] }, {})).rejects.toThrow('resize the images')
  await expect(run(model, streamed, { batchSize: 71 })).rejects.toThrow('a batch of 71 is larger than the data (70 images)')
})
