// The host's scaling of bytes is the core's, to the bit.
import { expect, it } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import { batchOf, scaledImages } from '../../src/train/batches.ts'
import { runtime } from '../harness.ts'
import { smallVae } from './data.ts'

it('each of 256 bytes', async () => {
  const data = imageDataset({ images: Uint8Array.from({ length: 264 }, (_, i) => i), shape: [2, 3, 2] })
  const session = await runtime.session()
  const { images: y } = batchOf(data, smallVae(), data.count, { shuffle: false })
  const fn = session.compile({ group: 'scale', stages: [{ outputs: { y } }] })
  fn.run(1)
  const ours = scaledImages(data, Array.from({ length: data.count }, (_, i) => i))
  expect(ours).toEqual(fn.read('y'))
  expect([ours[0], ours[255]]).toEqual([-1, 1])
})

it('floats as they are', () => {
  const data = imageDataset({ images: Float32Array.from({ length: 24 }, (_, i) => i / 7), shape: [2, 3, 2] })
  expect(scaledImages(data, [1])).toEqual(data.images.subarray(12))
})

it('a data set whose images are another view of the same array each time', async () => {
  const bytes = Uint8Array.from({ length: 264 }, (_, i) => i)
  const data = { name: 'views', shape: [2, 3, 2] as const, count: 22, get images() { return bytes.subarray() } }
  const { images: y } = batchOf(data, smallVae(), data.count, { shuffle: false })
  const session = await runtime.session()
  const fn = session.compile({ group: 'views', stages: [{ outputs: { y } }] })
  fn.run(1)
  const all = Array.from({ length: data.count }, (_, i) => i)
  expect(fn.read('y')).toEqual(scaledImages(imageDataset({ images: bytes, shape: [2, 3, 2] }), all))
})
