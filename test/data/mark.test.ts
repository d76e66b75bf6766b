// Arrays that are changed in place after a model copied them: said, and a new dataset of them has what they hold then.
import { describe, expect, it, test } from 'vitest'
import { imageDataset, type ImageDataset } from '../../src/data/dataset.ts'
import { markOf, markOfWords } from '../../src/data/mark.ts'
import { bytesData, newModel, SHAPE, smallVae, trained } from '../train/data.ts'
import { here, make, newData } from '../worker/harness.ts'

const LENGTHS = [0, 1, 2, 3, 4, 7, 8, 31]
const cases = [markOf, markOfWords].flatMap((mark) => LENGTHS.map((length) => [mark.name, length, mark] as const))
test.each(cases)('%s: a change of any byte of %d gives another mark, wherever the array lies', (_, length, mark) => {
  for (const offset of [0, 1, 2, 3]) {
    const bytes = Uint8Array.from({ length: length + 9 }, (_, i) => i * 37)
    const array = bytes.subarray(offset, offset + length)
    const marks = new Set([mark(array)])
    for (let i = 0; i < length; i++) {
      for (const bit of [1, 128]) {
        array[i]! ^= bit
        marks.add(mark(array))
        array[i]! ^= bit
      }
    }
    expect(marks.size).toBe(1 + 2 * length)
    expect(mark(array)).toBe([...marks][0])
    // What lies around it does not matter.
    bytes[offset + length]! ^= 255
    expect(mark(array)).toBe([...marks][0])
  }
})

describe('an array that is changed in place', () => {
  const rows = 6 * 2
  const mask = () => ({ data: new Uint8Array(rows), shape: [1] })
  const arrays = () => {
    const { images } = bytesData(rows)
    return { images, shape: SHAPE, labels: new Uint8Array(rows), tensors: { mask: mask() } }
  }
  const said = (where: string) => new RangeError(
    `${where}: an array of 'images' was changed after a model copied it; call imageDataset() again for what it holds now`)

  it.each<[string, (data: ImageDataset) => void]>([
    ['images', ({ images }) => { images[3]! ^= 1 }],
    ['labels', ({ labels }) => { labels![2] = 1 }],
    ['a tensor', ({ tensors }) => { tensors!['mask']!.data[5] = 1 }],
  ])('%s: refused by train, fit and evaluate', async (_, change) => {
    const model = await newModel()
    const data = imageDataset(arrays())
    await model.fit(data, { batchSize: 4 })
    await model.fit(data, { batchSize: 4 })
    model.evaluate(data)
    change(data)
    await expect(trained(model, data, { batchSize: 4 })).rejects.toThrow(said('train'))
    await expect(model.fit(data, { batchSize: 4 })).rejects.toThrow(said('train'))
    await expect(model.fit(imageDataset(arrays()), { batchSize: 4, validation: data })).rejects.toThrow(said('evaluate'))
    expect(() => model.evaluate(data)).toThrow(said('evaluate'))
    // Another model has not read it yet, but the dataset is the one that was read.
    const other = await newModel()
    expect(() => other.evaluate(data)).toThrow(said('evaluate'))
  })

  it('before a model reads it there is nothing to say', async () => {
    const given = arrays()
    const data = imageDataset(given)
    given.images[0]! ^= 255
    const [model, other] = [await newModel(), await newModel()]
    expect(model.evaluate(data)).toEqual(other.evaluate(imageDataset({ ...given, images: given.images.slice() })))
  })

  it('called again, imageDataset has what it holds now, in the same model too', async () => {
    const given = arrays()
    const model = await newModel(smallVae())
    const before = model.evaluate(imageDataset(given))
    expect(model.evaluate(imageDataset(given))).toEqual(before)
    given.images.fill(0)
    const after = model.evaluate(imageDataset(given))
    expect(after).not.toEqual(before)
    expect(after).toEqual(model.evaluate(imageDataset({ ...given, images: new Uint8Array(given.images.length) })))
  })

  it('in a worker: said on the page, and the same remedy; data that were given away stay what they were', async () => {
    const [trainer, model] = [await make(), await here()]
    const data = newData()
    await trainer.fit(data, { batchSize: 50 })
    data.images.fill(9)
    await expect(trainer.fit(data, { batchSize: 50 })).rejects.toThrow(said('fit'))
    await expect(trainer.train(data, { batchSize: 50 }).next()).rejects.toThrow(said('train'))
    await expect(trainer.evaluate(data)).rejects.toThrow(said('evaluate'))
    await model.fit(newData(), { batchSize: 50 })
    const again = imageDataset({ images: data.images, shape: data.shape })
    expect(await trainer.evaluate(again)).toEqual(model.evaluate(again))
    const given = newData()
    await trainer.evaluate(given, { transfer: true })
    expect(given.images.length).toBe(0)
    await trainer.evaluate(given)
  })
})
