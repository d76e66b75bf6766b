// `ganglion data`, and runs on pictures: classes, hold-out, sets, and that they go on and are judged by what they were made of.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeNpz } from '../../src/formats/npz.ts'
import { decodePng } from '../../src/node/png.ts'
import { ganglion } from './ganglion.ts'

const golden = new URL('../golden/pictures/', import.meta.url)
let folder: string
let pictures: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-pictures-'))
  pictures = join(folder, 'pictures')
  const classes = { flat: ['a.png', 'grey.png', 'palette.png', 'a.jpg', 'lossy.webp'],
    tall: ['tall.png', 'turned.jpg', 'alpha.webp'] }
  for (const [name, files] of Object.entries(classes)) {
    mkdirSync(join(pictures, name), { recursive: true })
    for (const file of files) copyFileSync(new URL(file, golden), join(pictures, name, file))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const small = ['--hidden', '8', '--latent', '2', '--batch-size', '2', '--quiet']

test('pictures of every kind and size train; the run says how, goes on, and is judged by what was held out', async () => {
  const out = join(folder, 'run')
  const { code, stderr } =
    await ganglion(['train', 'vae', '--data', pictures, '--size', '12x8', '--background', '#00f', '--epochs', '1',
    '--validation', '0.25', ...small.filter((each) => each !== '--quiet'), '--out', out])
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(
    'pictures: 6 pictures in 2 classes (flat, tall); height x width x channels 12x8x3; 6 resized (cover) from 61x24 to 37x53') })
  const { data, command } = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))
  expect(data).toMatchObject({ count: 6, classNames: ['flat', 'tall'], load: {
    size: [12, 8], fit: 'cover', background: '#00f', channels: 3, bits: 8, validation: 0.25, seed: 1,
  } })
  expect(command).toContain("--size 12x8 --fit cover --background '#00f' --channels 3 --validation 0.25")
  expect(await ganglion(['train', '--resume', out, '--epochs', '2', '--quiet'])).toMatchObject({ code: 0, stderr: '' })
  expect(await ganglion(['evaluate', out, '--samples', '0'])).toMatchObject({ code: 0,
    stdout: expect.stringContaining('(2 test images of pictures)') })
  expect(await ganglion(['sample', out])).toMatchObject({ code: 0 })
  expect(await ganglion(['train', '--resume', out, '--epochs', '3', '--size', '9'])).toMatchObject({
    code: 2, stderr: expect.stringContaining('--size 9,9 is not that of the run') })
})

test('a broken file stops training by its name, unless it is skipped', async () => {
  copyFileSync(new URL('cmyk.jpg', golden), join(pictures, 'flat', 'cmyk.jpg'))
  copyFileSync(new URL('moving.webp', golden), join(pictures, 'flat', 'moving.webp'))
  const args = ['train', 'vae', '--data', pictures, '--size', '8', '--epochs', '1', ...small]
  expect(await ganglion([...args, '--out', join(folder, 'broken')])).toMatchObject({ code: 1, stderr: expect.stringMatching(
    /"[^"]*cmyk.jpg" is a JPEG file that is in CMYK, expected 8 bits a sample in grey or colour; save it as an RGB picture\n$/) })
  expect(await ganglion([...args, '--out', join(folder, 'broken'), '--skip-broken'])).toMatchObject({ code: 0,
    stderr: expect.stringMatching(
    /^ganglion: of "pictures", 2 broken files left out: ".*cmyk.jpg" is .*; ".*moving.webp" is an animated WebP.*\n$/) })
  for (const file of ['cmyk.jpg', 'moving.webp']) rmSync(join(pictures, 'flat', file))
})

test('a set trains to the same digest as its folder; info shows it', async () => {
  const set = join(folder, 'set.safetensors')
  const prepare = ['data', pictures, '--size', '8', '--channels', '4', '--validation', '0.25']
  expect(await ganglion([...prepare, '--out', set])).toMatchObject({ code: 0,
    stdout: expect.stringContaining('6 images, 2 test images, ') })
  const digests = []
  for (const [i, data] of [[pictures, '--size', '8', '--channels', '4', '--validation', '0.25'], [set]].entries()) {
    const out = join(folder, `set-run-${i}`)
    expect(await ganglion(['train', 'vae', '--data', ...data, '--epochs', '1', ...small, '--out',
      out])).toMatchObject({ code: 0 })
    digests.push(readFileSync(join(out, 'digest.txt'), 'utf8'))
  }
  expect(digests[1]).toBe(digests[0])
  const { code, stdout } = await ganglion(['data', 'info', set, '--json'])
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 0, images: 6, test: 2, shape: '8x8x4', fit: 'cover', 'sizes before': expect.stringMatching(/^height \d+ to \d+, width/),
  })
  const grid = decodePng(new Uint8Array(readFileSync(`${set}.png`)))
  // Three by two images of 8x8, three times as large, with gaps.
  expect([grid.width, grid.height]).toEqual([2 + 3 * 26, 2 + 2 * 26])
  const npz = join(folder, 'set.npz')
  expect(await ganglion([...prepare, '--out', npz])).toMatchObject({ code: 0,
    stderr: expect.stringContaining('ganglion: an NPZ file numbers the classes in the order of their names') })
  expect([...decodeNpz(new Uint8Array(readFileSync(npz))).keys()]).toEqual(['images', 'labels', 'test.images', 'test.labels'])
  const shown = await ganglion(['data', 'info', npz, '--json'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ images: 6, test: 2, shape: '8x8x4',
    classes: [expect.stringMatching(/^class 0 \d$/), expect.stringMatching(/^class 1 \d$/)],
    'sha256 of images': JSON.parse(readFileSync(join(folder, 'set-run-1', 'config.json'), 'utf8')).data.sha256 })
  expect(decodePng(new Uint8Array(readFileSync(`${npz}.png`)))).toEqual(grid)
  expect(await ganglion(['data', 'info', npz, '--max-bytes', '100'])).toMatchObject({ code: 1,
    stderr: expect.stringMatching(/set.npz" has \d+ bytes, expected at most 100; if it is meant, raise the limit .* to \d+\n$/) })
  expect(await ganglion(['data', 'info', pictures])).toMatchObject({ code: 1,
    stderr: expect.stringContaining('holds pictures, expected a set or arrays; prepare them: ganglion data "') })
  expect(await ganglion(['train', 'vae', '--data', npz, '--size', '8'])).toMatchObject({
    code: 1, stderr: expect.stringContaining('no pictures to prepare; leave out --size') })
})

test('a damaged set is not shown', async () => {
  const set = join(folder, 'damaged.safetensors')
  await ganglion(['data', pictures, '--size', '4', '--out', set])
  const bytes = readFileSync(set)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(set, bytes)
  expect(await ganglion(['data', 'info', set])).toMatchObject({ code: 1,
    stderr: expect.stringMatching(/is damaged: the digest of its images is/) })
})

test.each([
  [['data'], 'data expected a source, or info and a set'], [['data', 'info'], 'data expected the file of a set after info'],
  [['data', 'x'], 'data expected --out, the file to write'],
    [['data', 'x', 'y', '--out', 'a.npz'], 'data expected one source, got "y" too'],
  [['data', 'x', '--out', 'a.png'], '--out expected a name that ends in .safetensors or .npz, got "a.png"'],
  [['train', 'vae', '--size', '0'], '--size expected a number of pixels, or HEIGHTxWIDTH, got "0"'],
  [['train', 'vae', '--validation', '1'], '--validation expected a number between 0 and 1, 0.1 say, got "1"'],
  [['train', 'vae', '--background', 'blau'], '--background expected a colour: #rgb'],
  [['train', 'vae', '--limit', '3', '--limit-first', '3'], '--limit and --limit-first both say how many; give one'],
])('%j', async (args, message) => {
  expect(await ganglion(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})
