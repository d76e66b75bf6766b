// Prepared sets: what comes back, that other software reads the file, and what is said of damaged ones.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/safetensors.ts'
import { datasetFromFiles } from '../../src/pictures/files.ts'
import type { PictureFile } from '../../src/pictures/workers.ts'
import { makeDataset } from '../../src/pictures/make.ts'
import { encodePictureSet, openPictureSet, setDigest } from '../../src/pictures/set.ts'
import { DIGEST, FOLDER, OPTIONS, read } from './prepared.ts'

const folder = new URL('../golden/pictures/', import.meta.url)
const file = (name: string, label: number): PictureFile =>
  ({ name, label, read: async () => new Uint8Array(readFileSync(new URL(name, folder))) })
const list = {
  name: 'kinds', classNames: ['png', 'other'],
  files: [file('a.png', 0), file('alpha.png', 0), file('palette.png', 0), file('wide.png', 0), file('turned.jpg', 1),
    file('alpha.webp', 1)],
}

test('a set comes back with all that it was made of, and its digest is that of its bytes', async () => {
  const train = await makeDataset(list, { size: [16, 24], background: '#336699' })
  const test = await makeDataset({ ...list, files: list.files.slice(4) }, {}, train.preparation)
  const bytes = await encodePictureSet(train, test)
  const set = openPictureSet(bytes)
  const { images, count, shape, classNames, classes, preparation, sizes, name } = train
  expect(set.train).toEqual({
    name, images, count, shape, classNames, classes, preparation, sizes, labels: Uint32Array.of(0, 0, 0, 0, 1, 1),
  })
  expect(set.test).toMatchObject({ count: 2, images: test.images, labels: Uint32Array.of(1, 1) })
  // The picture was turned: 37 rows of 53 before.
  expect([...sizes.subarray(8, 10)]).toEqual([53, 37])
  expect(await setDigest(bytes)).toBe(set.digest)
  expect(set.train.images.buffer, 'used, not copied').toBe(bytes.buffer)
  expect(decodeSafetensors(bytes).tensors.get('images')).toEqual({ shape: [6, 16, 24, 3], data: Float32Array.from(images) })
})

test('floats of 16 bits', async () => {
  const train = await makeDataset({ name: 'wide', files: [file('wide.png', 0)] }, {})
  expect(train.preparation).toMatchObject({ bits: 16, channels: 1, size: [20, 20] })
  expect(openPictureSet(await encodePictureSet(train)).train.images).toEqual(train.images)
})

test('what is no set, or a damaged one, says so', async () => {
  const good = await encodePictureSet(await makeDataset(list, { size: 4 }))
  const tensor = { shape: [1, 2, 2, 1], data: new Uint8Array(4) }
  const set = (tensors: object, metadata = {}) => encodeSafetensors(new Map(Object.entries(tensors)),
    { ganglion: 'pictures 1', digest: '', name: 'x', ...metadata })
  expect(() => openPictureSet(encodeSafetensors(new Map([['images', tensor]])), 'f'))
    .toThrow('"f" is a safetensors file without prepared pictures; give one that "ganglion data" wrote')
  expect(() => openPictureSet(good.subarray(0, -1), 'f')).toThrow(/"f" is not a valid safetensors file: it is cut short/)
  for (const [bytes, what] of [
    [set({ x: tensor }), 'it has no images'],
    [set({ images: { shape: [4], data: new Uint8Array(4) } }), '"images" is U8 of 4, expected U8 or F32 of four sizes'],
    [set({ images: tensor, labels: { shape: [2], data: new Uint32Array(2) } }),
      '"labels" expected U32, 1 for each of the 1 images'],
    [set({ images: tensor, labels: { shape: [1], data: Uint32Array.of(2) } }, { classNames: '["a","b"]' }), 'f: label 0 is 2'],
    [set({ images: tensor }, { classNames: '{}' }), 'its class names are no list of names'],
  ] as const) expect(() => openPictureSet(bytes, 'f')).toThrow(`"f" is a damaged picture set: ${what}`)
  const flipped = good.slice()
  flipped[flipped.length - 1]! ^= 1
  expect(await setDigest(flipped)).not.toBe(openPictureSet(flipped).digest)
})

test('files that a page was given become what every runtime makes of them (test/runtimes/pictures.test.ts)', async () => {
  const files = Object.entries(FOLDER).map(([path, name]) => (
    { name: path.split('/').at(-1)!, webkitRelativePath: path, arrayBuffer: async () => read(name).buffer } as File))
  const train = await datasetFromFiles(files, OPTIONS)
  const test = await datasetFromFiles(files.reverse(), { ...OPTIONS, split: 'test' })
  expect(train).toMatchObject({ count: 14, shape: [24, 20, 3], classNames: ['others', 'png'] })
  expect(openPictureSet(await encodePictureSet(train, test)).digest).toBe(DIGEST)
  await expect(datasetFromFiles([], {})).rejects.toThrow(/hold no pictures of the split "train"/)
  const huge = { name: 'a.png', size: 2 ** 40, arrayBuffer: () => Promise.reject(new Error('it was read')) } as unknown as File
  await expect(datasetFromFiles([huge])).rejects.toThrow(/^"a.png" has 1099511627776 bytes, expected at most 134217728; /)
  await expect(datasetFromFiles(7 as never)).rejects.toThrow('datasetFromFiles: files is 7, expected a FileList')
})
