// Datasets that stay in their file: the images of loadDataset, and training on them in its bits. The built package, whose threads
// are files of their own.
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as Package from '../../src/entries/index.ts'
import type { ImageDataset } from '../../src/data/dataset.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { encodePictureSet } from '../../src/pictures/set.ts'
import type * as NodeEntry from '../../src/node/index.ts'
import type { StreamedDataset } from '../../src/train/streamed.ts'
import { built } from '../dist.ts'
import { generator } from '../harness.ts'
import { folder, put } from './data_folder.ts'

let ganglion: typeof Package
let node: typeof NodeEntry
beforeAll(async () => {
  ganglion = await import(pathToFileURL(built('index.js')).href) as typeof Package
  node = await import(pathToFileURL(built('node/index.js')).href) as typeof NodeEntry
})

const SHAPE = [4, 5, 1] as const
const COUNT = 70
const uniform = generator(5)
const images = Uint8Array.from({ length: COUNT * 20 }, () => Math.floor(256 * uniform()))
const labels = Uint32Array.from({ length: COUNT }, (_, i) => i % 3)
const floats = Float32Array.from(images, (x) => x / 200 - 0.6)
const at = (name: string) => join(folder, name)

async function digestOn(data: ImageDataset | StreamedDataset): Promise<string> {
  const { createRuntime, Model, vae } = ganglion
  const model = await Model.create(await createRuntime(), vae({ hidden: 4, latent: 2, imageShape: SHAPE }))
  await model.fit(data, { batchSize: 8, epochs: 2 })
  return model.digest()
}

const files: Readonly<Record<string, () => Promise<void> | void>> = {
  'set.safetensors': async () => put('set.safetensors', await encodePictureSet(
    { name: 'set', images, shape: SHAPE, count: COUNT, labels, classes: 3, classNames: ['a', 'b', 'c'] },
    { name: 'set', images: images.subarray(0, 100), shape: SHAPE, count: 5, labels: labels.subarray(0, 5), classes: 3 })),
  'floats.safetensors': async () => put('floats.safetensors',
    await encodePictureSet({ name: 'floats', images: floats, shape: SHAPE, count: COUNT })),
  'bytes.npy': () => put('bytes.npy', encodeNpy({ shape: [COUNT, 4, 5], data: images })),
  'floats.npy': () => put('floats.npy', encodeNpy({ shape: [COUNT, ...SHAPE], data: floats })),
  'my-images.idx': () => {
    put('my-images.idx', writeIdx([COUNT, 4, 5], images))
    put('my-labels.idx', writeIdx([COUNT], Uint8Array.from(labels)))
  },
}

describe.each(Object.keys(files))('%s', (name) => {
  it('has what loadDataset gives, and trains to its bits', async () => {
    await files[name]!()
    const loaded = await node.loadDataset(at(name))
    const opened = await node.openDataset(at(name))
    const { images: _, ...rest } = loaded
    expect(JSON.parse(JSON.stringify(opened))).toMatchObject(JSON.parse(JSON.stringify({ ...rest, sizes: undefined })) as object)
    expect(await digestOn(opened)).toBe(await digestOn(loaded))
  })

  it('takes and holds out the same images', async () => {
    await files[name]!()
    const held = { validation: 0.3 }
    for (const options of [{ limit: 30, seed: 4 }, { limitFirst: 20 }, held, { ...held, split: 'test' as const }]) {
      const opened = await node.openDataset(at(name), options)
      expect(await digestOn(opened), JSON.stringify(options)).toBe(await digestOn(await node.loadDataset(at(name), options)))
    }
  })
})

it('the test images of a set', async () => {
  await files['set.safetensors']!()
  expect(await node.openDataset(at('set.safetensors'), { split: 'test' })).toMatchObject({ count: 5, classes: 3 })
  await files['floats.safetensors']!()
  await expect(node.openDataset(at('floats.safetensors'), { split: 'test' })).rejects.toThrow('has no images of the split "test"')
})

describe('refuses', () => {
  it.each([
    ['fortran.npy', () => Buffer.from(Buffer.from(encodeNpy({ shape: [COUNT, 4, 5], data: images })).toString('latin1')
      .replace('False', 'True '), 'latin1'), 'cannot be read in parts'],
    ['doubles.npy', () => encodeNpy({ shape: [COUNT, 4, 5], data: Float64Array.from(images) }), 'cannot be read in parts'],
    ['labels.idx', () => writeIdx([3], Uint8Array.of(1, 2, 3)), 'cannot be read in parts'],
    ['short.npy', () => encodeNpy({ shape: [COUNT, 4, 5], data: images }).subarray(0, -1),
      'its 1400 values take 1400 bytes, found 1399'],
    ['long.idx', () => Buffer.concat([writeIdx([COUNT, 4, 5], images), Buffer.of(0)]), 'is too long'],
    ['no.idx', () => Buffer.from('no images'), 'is not an IDX file'],
  ] as const)('%s', async (name, make, message) => {
    writeFileSync(at(name), make())
    await expect(node.openDataset(at(name))).rejects.toThrow(message)
  })

  it('a header that would take gigabytes, before they are read', async () => {
    writeFileSync(at('long.safetensors'), Buffer.from('\xff\xff\xff\xff\0\0\0\0{', 'latin1'))
    truncateSync(at('long.safetensors'), 2 ** 32 + 100)
    const before = process.resourceUsage().maxRSS
    await expect(node.openDataset(at('long.safetensors'))).rejects
      .toThrow('its header would take 4294967295 bytes, expected at most 100000000')
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(2 ** 19)
  })

  it('what is no file, and options that are not as described', async () => {
    await expect(node.openDataset(at('nothing.npy'))).rejects.toThrow(`cannot read "${at('nothing.npy')}"`)
    await expect(node.openDataset(folder)).rejects.toThrow('cannot be read in parts')
    await expect(node.openDataset('')).rejects.toThrow('openDataset: source is')
    await expect(node.openDataset(at('x'), { memory: 0 })).rejects
      .toThrow('openDataset: memory is 0, expected a positive integer')
  })
})

it('a file that becomes shorter while it trains ends training with its name', async () => {
  await files['bytes.npy']!()
  const data = await node.openDataset(at('bytes.npy'))
  truncateSync(at('bytes.npy'), 600)
  await expect(digestOn(data)).rejects.toThrow(`cannot read "${at('bytes.npy')}": it has become shorter`)
})
