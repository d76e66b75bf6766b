// Datasets from arrays and from IDX bytes: what is kept, what is shared, what is refused and in which words.
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { imageDataset, take } from '../../src/data/dataset.ts'
import { imagesFromIdx, withIdxLabels, writeIdx } from '../../src/formats/idx.ts'
import { GanglionError } from '../../src/errors.ts'

const ramp = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i)

describe('imageDataset', () => {
  test('counts the images and keeps the arrays', () => {
    const images = ramp(24)
    const labels = Uint8Array.of(7, 8)
    expect(imageDataset({ images, shape: [2, 2, 3], labels, name: 'mine' }))
      .toEqual({ name: 'mine', images, count: 2, shape: [2, 2, 3], labels })
    const plain = imageDataset({ images: Float32Array.of(0.5, -1), shape: [1, 1, 1] })
    expect(plain.count).toBe(2)
    expect(plain.name).toBe('images')
    expect('labels' in plain).toBe(false)
  })

  test('keeps labels of any integers, classes and further tensors', () => {
    const more = {
      labels: Int32Array.of(70000, 0), classes: 70001,
      tensors: { angle: { data: Float32Array.of(0.5, 1), shape: [] }, mask: { data: ramp(8), shape: [2, 2] } },
    }
    expect(imageDataset({ images: ramp(24), shape: [2, 2, 3], ...more })).toMatchObject(more)
    const foreign = runInNewContext('Uint16Array.from([3, 1])') as Uint16Array
    expect(imageDataset({ images: ramp(2), shape: [1, 1, 1], labels: foreign }).labels).toBe(foreign)
  })

  test("takes a canvas's bytes where they lie", () => {
    const pixels = new Uint8ClampedArray(ramp(20).buffer, 4, 16)
    const { images, count } = imageDataset({ images: pixels, shape: [1, 2, 4] })
    expect(images).toEqual(ramp(20).subarray(4))
    expect([images.buffer, count]).toEqual([pixels.buffer, 2])
    expect(images).toBeInstanceOf(Uint8Array)
  })

  test('takes arrays of another realm', () => {
    const foreign = runInNewContext('Uint8Array.from([3, 1])') as Uint8Array
    expect(imageDataset({ images: foreign, shape: [1, 1, 1] }).images).toEqual(Uint8Array.of(3, 1))
    const floats = runInNewContext('Float32Array.from([0.5])') as Float32Array
    expect(imageDataset({ images: floats, shape: [1, 1, 1] }).images[0]).toBe(0.5)
  })

  const images = ramp(12)
  const three = 'expected 3 positive integers, [height, width, channels]'
  const nan = Float32Array.of(0, 0, 0, 0, 0, NaN)
  test.each<[string, object, Error]>([
    ['a plain array', { images: [1, 2] },
      new TypeError('imageDataset: images is [1, 2], expected a Uint8Array (0 to 255) or a Float32Array')],
    ['no array', { images: undefined },
      new TypeError('imageDataset: images is undefined, expected a Uint8Array (0 to 255) or a Float32Array')],
    ['a shape that is a number', { shape: 28 }, new TypeError(`imageDataset: shape is 28, ${three}`)],
    ['a shape without channels', { shape: [2, 2] },
      new RangeError(`imageDataset: shape is [2, 2], ${three}`)],
    ['a size of 0', { shape: [2, 0, 1] },
      new RangeError(`imageDataset: shape is [2, 0, 1], ${three}`)],
    ['a remainder', { shape: [5, 1, 1] }, new RangeError('imageDataset: images expected a multiple of 5x1x1 = 5 values, got 12')],
    ['no images', { images: ramp(0) }, new RangeError('imageDataset: images expected a multiple of 2x2x1 = 4 values, got 0')],
    ['NaN', { images: nan, shape: [2, 1, 1] },
      new RangeError('imageDataset: image 2 holds NaN, expected finite numbers')],
    ['labels in an array', { labels: [1, 2, 3] }, new TypeError(
      'imageDataset: labels is [1, 2, 3], expected class numbers in a typed array, a Uint8Array or an Int32Array, say')],
    ['doubles for labels', { labels: Float64Array.of(1, 2, 3) }, new TypeError(
      'imageDataset: labels is a Float64Array, expected class numbers in a typed array, a Uint8Array or an Int32Array, say')],
    ['a negative label', { labels: Int8Array.of(1, -2, 3) },
      new RangeError('imageDataset: label 1 is -2, expected a class number, an integer from 0 up')],
    ['a label that is no integer', { labels: Float32Array.of(1, 2, 0.5) },
      new RangeError('imageDataset: label 2 is 0.5, expected a class number, an integer from 0 up')],
    ['a label beyond the classes', { labels: Uint8Array.of(1, 2, 3), classes: 3 },
      new RangeError('imageDataset: label 2 is 3, expected a class number, an integer from 0 to 2')],
    ['no classes', { classes: 0 }, new RangeError('imageDataset: classes is 0, expected a positive integer')],
    ['tensors in a list', { tensors: [] },
      new TypeError('imageDataset: tensors is [], expected tensors by name, { data, shape } each')],
    ['a tensor that is an array', { tensors: { mask: 3 } },
      new TypeError("imageDataset: the tensor 'mask' is 3, expected { data, shape }")],
    ['a tensor of doubles', { tensors: { mask: { data: new Float64Array(3), shape: [] } } }, new TypeError(
      "imageDataset: the data of 'mask' is a Float64Array, expected a Uint8Array (0 to 255) or a Float32Array")],
    ['a tensor without a shape', { tensors: { mask: { data: ramp(3) } } }, new TypeError(
      "imageDataset: the shape of 'mask' is undefined, expected the shape of one row, a list of positive integers")],
    ['a tensor of other rows', { tensors: { mask: { data: ramp(8), shape: [2] } } },
      new RangeError("imageDataset: the tensor 'mask' has 8 values, expected 6, 2 for each of the 3 images")],
    ['a tensor with NaN', { tensors: { mask: { data: nan, shape: [2] } } },
      new RangeError("imageDataset: the tensor 'mask' holds NaN, expected finite numbers")],
    ['a tensor named as the labels are', { tensors: { labels: { data: ramp(3), shape: [] } } }, new RangeError(
      "imageDataset: a further tensor is named 'labels', expected another name; a batch has its labels by that one")],
    ['too few labels', { labels: ramp(2) }, new RangeError('imageDataset: labels expected one for each of the 3 images, got 2')],
  ])('refuses %s', (_, change, error) => {
    const call = () => imageDataset({ images, shape: [2, 2, 1], ...change })
    expect(call).toThrow(error)
    expect(call).toThrow(error.constructor)
  })
})

describe('imagesFromIdx', () => {
  test('rank 3 has one channel, rank 4 has its channels last', () => {
    const images = ramp(12)
    expect(imagesFromIdx(writeIdx([3, 2, 2], images), 'f')).toEqual({ name: 'f', images, count: 3, shape: [2, 2, 1] })
    expect(imagesFromIdx(writeIdx([2, 1, 2, 3], images), 'f')).toEqual({ name: 'f', images, count: 2, shape: [1, 2, 3] })
  })

  const wants = '"f" expected images as (count, height, width) or (count, height, width, channels), found '
  test.each([
    ['labels', writeIdx([5], ramp(5)), '"f" holds 5 labels, not images; give the file whose name says images'],
    ['rank 2', writeIdx([2, 3], ramp(6)), `${wants}(2, 3); give an IDX file of images`],
    ['no images', writeIdx([0, 28, 28], ramp(0)), '"f" holds no images, expected one or more; give another file'],
    ['empty images', writeIdx([2, 0, 28], ramp(0)), `${wants}(2, 0, 28); give an IDX file of images`],
    ['floats', Uint8Array.from([0, 0, 13, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]),
      '"f" expected pixels as bytes (type code 08), found Float32Array; write bytes'],
  ])('refuses %s', (_, file, message) => {
    expect(() => imagesFromIdx(file, 'f')).toThrow(new GanglionError(message))
  })
})

describe('withIdxLabels', () => {
  const dataset = imageDataset({ images: ramp(12), shape: [2, 2, 1] })

  test('adds one label to each image', () => {
    expect(withIdxLabels(dataset, writeIdx([3], ramp(3)), 'l')).toEqual({ ...dataset, labels: ramp(3) })
  })

  test.each([
    ['images', writeIdx([3, 2, 2], ramp(12)),
      '"l" expected labels as (count) bytes, found Uint8Array (3, 2, 2); give the file whose name says labels'],
    ['another number of labels', writeIdx([2], ramp(2)),
      '"l" holds 2 labels, expected 3, one for each image; give images and labels of the same split'],
  ])('refuses %s', (_, file, message) => {
    expect(() => withIdxLabels(dataset, file, 'l')).toThrow(new GanglionError(message))
  })
})

describe('take', () => {
  const dataset = imageDataset({ images: ramp(12), shape: [2, 2, 1], labels: ramp(3), name: 'mine' })

  test('keeps the first n images and labels, sharing memory', () => {
    const two = take(dataset, 2)
    expect(two).toEqual({ name: 'mine', images: ramp(8), count: 2, shape: [2, 2, 1], labels: ramp(2) })
    expect(two.images.buffer).toBe(dataset.images.buffer)
    expect(take(dataset, 3)).toEqual(dataset)
    const tensors = { pair: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2] }, place: { data: ramp(3), shape: [] } }
    const { tensors: first } = take({ ...dataset, tensors }, 2)
    expect(first).toEqual({ pair: { data: Float32Array.of(0, 1, 2, 3), shape: [2] }, place: { data: ramp(2), shape: [] } })
    expect(first!.pair!.data.buffer).toBe(tensors.pair.data.buffer)
    expect('labels' in take(imageDataset({ images: ramp(4), shape: [1, 1, 1] }), 1)).toBe(false)
  })

  test.each([0, 4, -1, 1.5, NaN])('refuses %d of 3', n => {
    expect(() => take(dataset, n)).toThrow(
      new RangeError(`take: n expected an integer from 1 to 3, the images of "mine", got ${n}`))
  })
})

test.each([
  [[0, 255], 'from 0 to 255, and models take floats as from -1 to 1; give bytes, or scale by x / 127.5 - 1'],
  [[-3, 0.5], 'from -3 to 0.5, and models take floats as from -1 to 1; give bytes, or scale by x / 127.5 - 1'],
  [[0, 1], 'from 0 to 1, and models take floats as from -1 to 1; where 0 is black, scale by 2 * x - 1'],
  [[-1, 1], null],
  [[-1, 0], null],
  [[0, 0], null],
])('floats %j: a warning says where they have another range than the models', (values, said) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  imageDataset({ images: Float32Array.from(values), shape: [1, 1, 1] })
  expect(warn.mock.calls).toEqual(said ? [[`imageDataset: images are ${said}`]] : [])
  warn.mockRestore()
})
