// Labels and named tensors on their way into training: paired with their images whatever the order, or refused.
import { describe, expect, it } from 'vitest'
import { type ImageDataset, imageDataset, take } from '../../src/data/dataset.ts'
import type { Labels } from '../../src/data/rows.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { mul, sub } from '../../src/ops/arithmetic.ts'
import { slice } from '../../src/ops/slice.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { sum } from '../../src/ops/reduce.ts'
import { abs } from '../../src/ops/unary.ts'
import { bytesData, newModel, trained, trainSteps } from './data.ts'
import { classData, CLASSES, conditional, OWN_SHAPE } from './own.ts'

const inTurn = (i: number) => i % CLASSES
const backwards = (i: number) => CLASSES - 1 - (i % CLASSES)

describe('labels', () => {
  it.each<[string, (classes: number[]) => Labels]>([
    ['bytes', (x) => Uint8Array.from(x)], ['16 bits', (x) => Uint16Array.from(x)], ['signed', (x) => Int32Array.from(x)],
    ['floats', (x) => Float32Array.from(x)],
  ])('as %s are those of their images, in every order and with a smaller last batch', async (_, make) => {
    const labels = make(Array.from({ length: 23 }, (_, i) => inTurn(i)))
    const all = await trained(await newModel(conditional()), classData(23, inTurn, labels), { batchSize: 4, epochs: 3 })
    expect(all.filter((p) => p.epochDone)).toHaveLength(3)
    for (const { metrics } of all) expect(metrics.mismatch).toBe(0)
  })

  it('are those of the data set that training goes on with: other images bring their own labels', async () => {
    // What was trained silently before: images of one set with the labels of another.
    const model = await newModel(conditional())
    const [first, second] = [classData(20, inTurn), classData(24, backwards)]
    await trainSteps(model, first, 4, 3)
    for (const data of [second, take(second, 17), first, { ...first }]) {
      for (const { metrics } of await trained(model, data, { batchSize: 4 })) expect(metrics.mismatch).toBe(0)
      expect(model.evaluate(data).mismatch).toBe(0)
    }
    // The measure sees labels that are not the images': the class is i mod 5, and labels are all 0.
    const wrong = { ...first, labels: new Uint8Array(20) }
    expect(model.evaluate(wrong).mismatch).toBe(2)
    expect((await trained(model, wrong, { batchSize: 4 })).at(-1)!.metrics.mismatch).toBe(8)
  })

  it('that are others make it other data: a new epoch begins', async () => {
    const model = await newModel(conditional())
    const data = classData(20, inTurn)
    await trainSteps(model, data, 4, 2)
    const same = { ...data }
    expect((await trained(model, same, { batchSize: 4 })).at(-1)).toMatchObject({ epoch: 1, samples: 12 })
    await trainSteps(model, data, 4, 7)
    const relabelled = { ...data, labels: data.labels!.slice() }
    expect((await trained(model, relabelled, { batchSize: 4 })).at(-1)).toMatchObject({ epoch: 3, samples: 20 })
  })

  const data = classData(20, inTurn)
  it.each<[string, ImageDataset, string]>([
    ['none', { ...data, labels: undefined },
      "the conditional has 5 classes and the data 'classes' have no labels; " +
      'give imageDataset() labels, one class number for each image'],
    ['one too large', { ...data, classes: undefined, labels: Uint8Array.from(data.labels!, (x) => x + 1) },
      "the conditional has 5 classes, and in the data 'classes': label 4 is 5, expected a class number, an integer from 0 to 4"],
    ['a negative one', { ...data, labels: Int8Array.from(data.labels!, (x) => x - 1) },
      "the data 'classes': label 0 is -1, expected a class number, an integer from 0 to 4"],
    ['a fraction', { ...data, labels: Float32Array.from(data.labels!, (x) => x / 2) },
      "the data 'classes': label 1 is 0.5, expected a class number, an integer from 0 to 4"],
    ['too few', { ...data, labels: data.labels!.subarray(1) },
      "the data 'classes': labels expected one for each of the 20 images, got 19"],
  ])('are refused: %s', async (_, wrong, message) => {
    const model = await newModel(conditional())
    const before = await model.digest()
    await expect(trained(model, wrong, { batchSize: 4 })).rejects.toThrow(new RangeError(message))
    expect(() => model.evaluate(wrong)).toThrow(new RangeError(message))
    expect(await model.digest()).toBe(before)
  })

  it('stay behind where the model has no classes', async () => {
    const [plain, labelled] = [bytesData(20), { ...bytesData(20), labels: Uint8Array.from({ length: 20 }, inTurn) }]
    const models = [await newModel(), await newModel()]
    await trained(models[0]!, plain, { batchSize: 4 })
    await trained(models[1]!, labelled, { batchSize: 4 })
    expect(await models[0]!.digest()).toBe(await models[1]!.digest())
  })
})

describe('named tensors', () => {
  // A row's tensors say the row, as its image does: bytes, and floats of two numbers.
  const rows = Array.from({ length: 23 }, (_, i) => i)
  const tensors = {
    place: { data: Uint8Array.from(rows), shape: [] },
    pair: { data: Float32Array.from(rows.flatMap((i) => [i, -i])), shape: [2] },
  }
  const data = imageDataset({ images: Float32Array.from(rows.flatMap((i) => [0, i])), shape: OWN_SHAPE, name: 'rows', tensors })
  const own = (): ModelDefinition => ({
    kind: 'placed', options: {}, imageShape: OWN_SHAPE, codeShape: OWN_SHAPE, optimizers: [], tensors: { place: [], pair: [2] },
    train({ images, place, pair }) {
      const column = (x: Tensor, at: number) => slice(reshape(x, [images.shape[0]!, 2]), [0, at], [-1, 1])
      const row = column(images, 1)
      const off = (x: Tensor) => sum(abs(sub(x, row)))
      const [first, second] = [column(pair!, 0), mul(column(pair!, 1), -1)]
      return [{ metrics: { place: off(reshape(place!, row.shape)), first: off(first), second: off(second), rows: sum(row) } }]
    },
    decode: (codes) => codes,
  })

  it('are of their rows, in every order', async () => {
    for (const part of [data, take(data, 9)]) {
      const all = await trained(await newModel(own()), part, { batchSize: 4, epochs: 2 })
      for (const { metrics } of all) expect(metrics).toMatchObject({ place: 0, first: 0, second: 0 })
      expect(all.at(-1)!.metrics.rows).toBeGreaterThan(0)
    }
  })

  it.each<[string, ImageDataset, string]>([
    ['missing', { ...data, tensors: { place: tensors.place } },
      "the placed reads 'pair' and the data 'rows' have no such tensor; " +
      'give imageDataset() tensors: { pair: { data, shape: [2] } }'],
    ['of another shape', { ...data, tensors: { ...tensors, pair: { ...tensors.pair, shape: [2, 1] } } },
      "the rows of 'pair' of 'rows' are [2, 1] and the placed takes [2]; reshape them"],
    ['of another number of rows', { ...data, tensors: { ...tensors, place: { data: new Uint8Array(22), shape: [] } } },
      "the data 'rows': the tensor 'place' has 22 values, expected 23, 1 for each of the 23 images"],
  ])('are refused: %s', async (_, wrong, message) => {
    await expect(trained(await newModel(own()), wrong, { batchSize: 4 })).rejects.toThrow(new RangeError(message))
  })
})
