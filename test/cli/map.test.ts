// A map of codes: what the decoder makes of places, beside the places of images, whatever the size of a code.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COLOURS, placesIn, windowOf } from '../../src/cli/map/draw.ts'
import { placesOf } from '../../src/cli/map/places.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { decodeNpy } from '../../src/formats/npy.ts'
import { loadRun } from '../../src/node/index.ts'
import { decodePng } from '../../src/node/png.ts'
import { lcg } from '../golden/lcg.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
beforeAll(async () => {
  at = place()
  writeFileSync(at.in('labels'), writeIdx([96], Uint8Array.from({ length: 96 }, (_, i) => i % 3)))
  const train = ['--data', at.in('images'), '--batch-size', '32', '--epochs', '2', '--quiet', '--out']
  const kinds = [['two', 'vae', '--hidden', '8', '--latent', '2'], ['five', 'vae', '--hidden', '8', '--latent', '5'],
    ['one', 'vae', '--hidden', '8', '--latent', '1'], ['classes', 'cvae', '--filters', '2', '--hidden', '4', '--latent', '3'],
    ['gan', 'gan', '--hidden', '8']]
  for (const [name, ...own] of kinds) {
    expect(await ganglion(['train', ...own, ...train, at.in(name!)])).toMatchObject({ code: 0, stderr: '' })
  }
}, 300_000)
afterAll(() => at.remove())

/** The picture that a command writes, and what it says. */
async function drawn(run: string, ...more: string[]) {
  const { code, stdout, stderr } = await ganglion(['map', at.in(run), '--out', at.in('map.png'), ...more])
  expect([code, stderr]).toEqual([0, ''])
  const bytes = readFileSync(at.in('map.png'))
  const { width, height, rgba } = decodePng(bytes)
  const colour = (x: number, y: number) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)]
  return { said: stdout.trimEnd().split('\n'), bytes, width, height, colour, rgba }
}
const hex = ([r, g, b]: number[]) => `#${[r, g, b].map((v) => v!.toString(16).padStart(2, '0')).join('')}`

test('of two numbers: the decoder at each place, from the top left on, and a colour for each class', async () => {
  const { said, width, height, colour, rgba } = await drawn('two', '--columns', '4')
  const classes = [0, 1, 2].map((k) => `${COLOURS[k]}  ${k}`)
  expect(said).toEqual(['the two numbers of a code; 96 images of images', ...classes, at.in('map.png')])
  // Four images of 6 × 6 a side, 26 pixels a pixel; the same beside it, and examples of classes four times enlarged.
  expect([width, height]).toEqual([2 * 624 + 3 * 16 + 16 + 28 + 24, 624 + 32])
  const { model } = await loadRun(at.in('two'))
  const { data } = decodeNpy(await encoded('two'))
  const window = windowOf(Float64Array.from(data as Float32Array), [6, 6, 1], 4)
  const places = [...placesIn(window)]
  const images = model.decode(Float32Array.from(places.flat()))
  for (const i of [0, 3, 6, 15]) {
    const grey = Math.floor(127.5 * (images[36 * i + 7]! + 1) + 0.5)
    const [x, y] = [16 + (i % 4) * 156 + 26 + 3, 16 + Math.floor(i / 4) * 156 + 26 + 3]
    expect(colour(x, y)).toEqual([grey, grey, grey])
  }
  expect(places[0]![0]).toBeLessThan(places[1]![0])
  expect(places[0]![1]).toBeGreaterThan(places[4]![1])
  const used = new Set(Array.from({ length: width * height }, (_, i) => hex([...rgba.subarray(4 * i, 4 * i + 3)])))
  for (const k of [0, 1, 2]) expect(used.has(COLOURS[k]!)).toBe(true)
  expect(used.has(COLOURS[3])).toBe(false)
})

async function encoded(run: string): Promise<Uint8Array> {
  await ganglion(['encode', at.in(run), '--out', at.in('codes.npy')])
  return readFileSync(at.in('codes.npy'))
}

test.each([
  ['five', [], /^the first two principal axes of the codes, \d+ % of their variance; 96 images of images$/],
  ['one', [], /^the number of a code, to the right; 96/],
  ['five', ['--by', 'umap', '--images', '40'], /^UMAP of the codes; 40 images of images$/],
  ['classes', ['--class', '1'], /^the first two principal axes/],
])('%s %j', async (run, more, what) => {
  const first = await drawn(run, ...more)
  expect(first.said[0]).toMatch(what)
  expect((await drawn(run, ...more)).bytes.equals(first.bytes)).toBe(true)
}, 300_000)

test('of a class, and from another seed, it is another', async () => {
  const [one, two] = [await drawn('classes', '--class', '1'), await drawn('classes', '--class', '2')]
  expect(one.bytes.equals(two.bytes)).toBe(false)
  const seeds = [await drawn('five', '--by', 'umap', '--seed', '1'), await drawn('five', '--by', 'umap', '--seed', '2')]
  expect(seeds[0]!.bytes.equals(seeds[1]!.bytes)).toBe(false)
}, 300_000)

test('without labels there is one colour, and no classes', async () => {
  const images = at.in('plain')
  writeFileSync(images, writeIdx([20, 6, 6], Uint8Array.from({ length: 720 }, (_, i) => (i * 37) % 256)))
  const { said, width } = await drawn('two', '--data', images)
  expect(said.length).toBe(2)
  expect(width).toBe(2 * 576 + 3 * 16)
})

test('principal axes: a code goes to its place and back where codes lie in a plane', async () => {
  const n = 50
  const [a, b] = [[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, -0.5]]
  const u = lcg(4, 2 * n)
  const codes = Float32Array.from({ length: 4 * n }, (_, at) => (
    1 + 3 * u[2 * Math.floor(at / 4)]! * a[at % 4]! + u[2 * Math.floor(at / 4) + 1]! * b[at % 4]!))
  const { xy, what, codeAt } = await placesOf(codes, 4, 'pca', 1)
  expect(what).toContain('100 % of their variance')
  for (const i of [0, 7, 49]) {
    codeAt!(xy[2 * i]!, xy[2 * i + 1]!).forEach((v, j) => expect(v).toBeCloseTo(codes[4 * i + j]!, 5))
  }
})

test('UMAP keeps clouds apart that are far from each other', async () => {
  const noise = lcg(8, 60 * 6)
  const codes = Float32Array.from(noise, (v, at) => v + (Math.floor(at / 6) % 2 ? 20 : 0))
  const { xy, codeAt } = await placesOf(codes, 6, 'umap', 3)
  expect(codeAt).toBeUndefined()
  const distance = (i: number, j: number) => Math.hypot(xy[2 * i]! - xy[2 * j]!, xy[2 * i + 1]! - xy[2 * j + 1]!)
  for (let i = 0; i < 60; i++) {
    const others = Array.from({ length: 60 }, (_, j) => j).filter((j) => j !== i).sort((p, q) => distance(i, p) - distance(i, q))
    expect(others.slice(0, 10).every((j) => j % 2 === i % 2)).toBe(true)
  }
})

test('what cannot be is refused', async () => {
  expect(await ganglion(['map', at.in('gan')])).toEqual({
    code: 1, stdout: '', stderr: 'ganglion: a gan cannot be mapped: it has no encoder; train another model\n',
  })
  expect((await ganglion(['map', at.in('two'), '--class', '1'])).stderr).toContain('a vae has no classes; leave it out')
  await expect(placesOf(new Float32Array(2000), 1000, 'pca', 1)).rejects.toThrow('among 512 at most; give --by umap')
})
