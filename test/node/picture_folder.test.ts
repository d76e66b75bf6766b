// Folders of pictures as data sets: what is read, what is said, and what a stranger may put there.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { GanglionError } from '../../src/errors.ts'
import { encodePng } from '../../src/node/png.ts'
import { loadDataset, type LoadOptions } from '../../src/node/datasets.ts'
import { chunk, png } from '../pngs.ts'
import { folder, put, ramp, refuses } from './data_folder.ts'

describe('a folder of PNG files', () => {
  const save = (name: string, channels: 1 | 3, width: number, height: number, first: number) =>
    put(name, encodePng({ width, height, channels, pixels: ramp(width * height * channels, first) }))

  test('is sorted by name; other files stay out', async () => {
    save('b.png', 1, 3, 2, 50)
    save('B.PNG', 1, 3, 2, 0)
    save('a10.png', 1, 3, 2, 10)
    put('notes.txt', '')
    const images = Uint8Array.of(...ramp(6), ...ramp(6, 10), ...ramp(6, 50))
    expect(await loadDataset(folder)).toMatchObject({ count: 3, shape: [2, 3, 1], images })
    await refuses(folder, `"${basename(folder)}" has no pictures of the split "test"; make a folder test, or hold some out`,
      'test')
    put('train-images-idx3-ubyte', writeIdx([1, 1, 1], ramp(1)))
    expect(await loadDataset(folder)).toMatchObject({ count: 1, shape: [1, 1, 1] })
  })

  test('in colour', async () => {
    save('a.png', 3, 2, 1, 7)
    expect(await loadDataset(folder)).toMatchObject({ count: 1, shape: [1, 2, 3], images: ramp(6, 7) })
  })

  test('of two sizes: made one size, by the middle of them, or as it is asked', async () => {
    save('a.png', 1, 3, 2, 0)
    save('b.png', 3, 90, 80, 0)
    const data = await loadDataset(folder)
    expect(data).toMatchObject({ count: 2, shape: [64, 64, 3], report: { resized: 2, smallest: [2, 3], largest: [80, 90] } })
    expect(await loadDataset(folder, { size: [4, 6], channels: 1, fit: 'contain', background: 'black' })).toMatchObject({
      shape: [4, 6, 1], preparation: { size: [4, 6], fit: 'contain', background: 'black', channels: 1, bits: 8 },
    })
    save('b.png', 1, 5, 5, 0)
    expect(await loadDataset(folder)).toMatchObject({ shape: [32, 32, 1] })
  })

  test('transparent pixels are put in front of the background, or kept', async () => {
    put('a.png', png({ width: 1, height: 1, colorType: 6, depth: 8, samples: [200, 100, 0, 51] }))
    const { images, report } = await loadDataset(folder)
    // 0.2 · colour + 0.8 · white
    expect([images, report?.transparent]).toEqual([Uint8Array.of(244, 224, 204), 1])
    expect((await loadDataset(folder, { background: '#000' })).images).toEqual(Uint8Array.of(40, 20, 0))
    expect((await loadDataset(folder, { channels: 4 })).images).toEqual(Uint8Array.of(200, 100, 0, 51))
  })

  test('a damaged file names itself; the rest goes on only when it is asked to', async () => {
    save('a.png', 1, 3, 2, 0)
    put('b.png', 'hello')
    const broken = `"${join(folder, 'b.png')}" is no picture that is known here, expected PNG, JPEG or WebP; convert it first`
    await refuses(folder, broken)
    expect(await loadDataset(folder, { skipBroken: true })).toMatchObject({ count: 1, shape: [2, 3, 1],
      report: { broken: [broken] } })
    expect(await loadDataset(folder, { skipBroken: true, size: 2, channels: 1 })).toMatchObject({ count: 1, shape: [2, 2, 1] })
    rmSync(join(folder, 'a.png'))
    await expect(loadDataset(folder, { skipBroken: true })).rejects.toThrow(/has no picture that can be read/)
  })

  test('sub-folders are classes, train and test are splits', async () => {
    for (const name of ['train/cats/in', 'train/dogs', 'train/none', 'test/dogs', 'rest']) mkdirSync(join(folder, name),
      { recursive: true })
    save('train/cats/b.png', 1, 1, 1, 1)
    save('train/cats/in/a.png', 1, 1, 1, 2)
    save('train/dogs/a.png', 1, 1, 1, 3)
    save('test/dogs/a.png', 1, 1, 1, 4)
    expect(await loadDataset(folder)).toMatchObject({
      images: Uint8Array.of(1, 2, 3), labels: Uint8Array.of(0, 0, 1), classes: 2, classNames: ['cats', 'dogs'],
        skipped: ['none/', 'rest/'],
    })
    expect(await loadDataset(folder, { split: 'test' })).toMatchObject({ images: Uint8Array.of(4), labels: Uint8Array.of(1),
      classes: 2 })
    mkdirSync(join(folder, 'test/birds'))
    save('test/birds/a.png', 1, 1, 1, 5)
    await refuses(folder,
      `"${join(folder, 'test/birds')}" is a class that the folder "train" does not have; move it, or remove it`)
  })

  test('what is held out, and a limit, are drawn by the seed', async () => {
    for (let i = 0; i < 20; i++) save(`${String(i).padStart(2, '0')}.png`, 1, 1, 1, i)
    const of = async (options: LoadOptions) => [...(await loadDataset(folder, options)).images as Uint8Array]
    const [train, test] = [await of({ validation: 0.2 }), await of({ validation: 0.2, split: 'test' })]
    expect([train.length, test.length]).toEqual([16, 4])
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...ramp(20)])
    expect(await of({ validation: 0.2, split: 'test', seed: 2 })).not.toEqual(test)
    const some = await of({ validation: 0.2, limit: 5 })
    expect(some).toEqual(train.filter((x) => some.includes(x)))
    expect(await of({ limit: 5 })).not.toEqual([0, 1, 2, 3, 4])
    expect(await of({ limit: 5 })).toEqual(await of({ limit: 5 }))
    expect(await of({ limitFirst: 5 })).toEqual([0, 1, 2, 3, 4])
    await expect(of({ limit: 21 })).rejects.toThrow(/^limit 21 is more than the 20 images of/)
    await expect(of({ validation: 0.01 })).rejects.toThrow(/^validation: 0.01 of the 20 images of .* is 0, expected some/)
  })
})

describe('a folder from a stranger', () => {
  const grey = (first: number, width = 2) => encodePng({ width, height: 1, channels: 1, pixels: ramp(width, first) })

  test('hidden files are left out, other pictures and sub-folders are named', async () => {
    for (const name of ['._a.png', '.DS_Store', 'notes.txt', 'c.PNG.txt']) put(name, 'not a picture')
    put('a.png', grey(3))
    const data = await loadDataset(folder)
    expect(data).toMatchObject({ name: basename(folder), count: 1, shape: [1, 2, 1], images: ramp(2, 3) })
    expect(data.skipped).toBeUndefined()
    for (const name of ['d.gif', 'b.TIF']) put(name, 'a picture')
    mkdirSync(join(folder, 'cats'))
    mkdirSync(join(folder, 'dogs.png'))
    symlinkSync(folder, join(folder, 'round'))
    symlinkSync('a.png', join(folder, 'link.png'))
    expect(await loadDataset(folder)).toMatchObject({
      images: Uint8Array.of(3, 4, 3, 4), count: 2, skipped: ['b.TIF', 'cats/', 'd.gif', 'dogs.png/', 'round/'],
    })
  })

  test('16 bits become floats, are rounded where a size is given or others have 8, and a grey palette is grey', async () => {
    put('a.png', png({ width: 3, height: 1, colorType: 0, depth: 16, samples: [0, 32768, 65535] }))
    expect(await loadDataset(folder)).toMatchObject({ images: Float32Array.of(-1, 2 * 32768 / 65535 - 1, 1), shape: [1, 3, 1] })
    expect(await loadDataset(folder, { size: [1, 3] })).toMatchObject({ images: Uint8Array.of(0, 128, 255),
      report: { rounded: 1 } })
    put('b.png', grey(0, 3))
    expect(await loadDataset(folder)).toMatchObject({ images: Uint8Array.of(0, 128, 255, 0, 1, 2), report: { rounded: 1 } })
    await refuses(folder,
      `"${join(folder, 'b.png')}" is 1x3 with 8 bits a sample, expected 1x3, opaque, with 16 like the others; ` +
      'give a size, which rounds all of them to 8 bits', undefined, { bits: 16 })
    const before = [chunk('PLTE', Uint8Array.of(9, 9, 9, 200, 200, 200))]
    put('a.png', png({ width: 3, height: 1, colorType: 3, depth: 1, samples: [0, 1, 0], before }))
    expect(await loadDataset(folder)).toMatchObject({ images: Uint8Array.of(9, 200, 9, 0, 1, 2), shape: [1, 3, 1] })
  })

  test('all pictures together stay within the limit', async () => {
    for (let i = 0; i < 60; i++) put(`${i}.png`, grey(i, 100))
    await expect(loadDataset(folder, { maxBytes: 6000 })).resolves.toMatchObject({ count: 60 })
    const raise = (limit: number) => `if it is meant, raise the limit (maxBytes, on the command line --max-bytes) to ${limit}`
    await expect(loadDataset(folder, { maxBytes: 5999 })).rejects
      .toThrow(new GanglionError(`"${folder}" unpacks to 6000 bytes, expected at most 5999; ${raise(6000)}`))
    await expect(loadDataset(folder, { maxBytes: 5000, limitFirst: 50 })).rejects
      .toThrow(new GanglionError(`"${join(folder, '0.png')}" unpacks to 656 bytes, expected at most 625; ${raise(5248)}`))
  })

  test('a file larger than a picture may be is refused before it is read', async () => {
    put('a.png', grey(1))
    put('b.png', grey(2))
    truncateSync(join(folder, 'b.png'), 2 ** 40)
    await refuses(folder, `"${join(folder, 'b.png')}" has 1099511627776 bytes, expected at most 134217728; if it is meant, ` +
      'raise the limit (maxBytes, on the command line --max-bytes) to 8796093022208')
    expect(await loadDataset(folder, { skipBroken: true })).toMatchObject({ count: 1 })
  })

  test('gzip unpacks to what the header promises, and no further', async () => {
    const path = join(folder, 'images.gz')
    const says = (what: string, maxBytes?: number) => expect(loadDataset(path, { maxBytes })).rejects
      .toThrow(new GanglionError(`"${path}" ${what}`))
    put('images.gz', gzipSync(Buffer.concat([writeIdx([4, 1, 1], ramp(4)), Buffer.alloc(3e8)])))
    await says('is too long: it unpacks to more than the 20 bytes that its header announces; download or copy it again')
    put('images.gz', gzipSync(writeIdx([1000, 1, 1], new Uint8Array(1000))))
    await says('unpacks to 1016 bytes, expected at most 1015; if it is meant, ' +
      'raise the limit (maxBytes, on the command line --max-bytes) to 1016', 1015)
    await expect(loadDataset(path, { maxBytes: 1016 })).resolves.toMatchObject({ count: 1000 })
    put('images.gz', gzipSync(Buffer.of(0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1)))
    await says('unpacks to 4294967312 bytes, expected at most 1073741824; if it is meant, ' +
      'raise the limit (maxBytes, on the command line --max-bytes) to 4294967312')
    put('images.gz', gzipSync(Buffer.alloc(1000, 7)))
    await expect(loadDataset(path)).rejects.toThrow(/is not an IDX file/)
    put('images.gz', Buffer.concat([Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), Buffer.alloc(20, 255)]))
    await says('is damaged gzip data (invalid block type); download or copy it again')
  })

  test.runIf(process.platform !== 'win32')('devices and FIFOs are refused, at once', async () => {
    const what = 'is a device, a FIFO or a socket, expected a file or a folder; copy what it gives into a file'
    await refuses('/dev/zero', `"/dev/zero" ${what}`)
    const pipe = join(folder, 'pipe.png')
    execFileSync('mkfifo', [pipe])
    await refuses(pipe, `"${pipe}" ${what}`)
    await refuses(folder, `"${pipe}" ${what}`)
    symlinkSync('/dev/zero', join(folder, 'train-images-idx3-ubyte'))
    await refuses(folder, `"${join(folder, 'train-images-idx3-ubyte')}" ${what}`)
  })
})
