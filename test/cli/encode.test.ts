// Codes of images as a file: those that `model.encode` gives, row by row.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeNpy } from '../../src/formats/npy.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { loadDataset, loadRun } from '../../src/node/index.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
const run = (kind: string) => at.in(kind)
beforeAll(async () => {
  at = place()
  writeFileSync(at.in('labels'), writeIdx([96], Uint8Array.from({ length: 96 }, (_, i) => i % 3)))
  const kinds = [['vae', '--hidden', '8', '--latent', '2'], ['cvae', '--filters', '2', '--hidden', '4'], ['gan']]
  for (const [kind, ...own] of kinds) {
    const training = ['--data', at.in('images'), '--batch-size', '32', '--epochs', '1', '--out', run(kind!), '--quiet']
    expect(await ganglion(['train', kind!, ...own, ...training])).toMatchObject({ code: 0, stderr: '' })
  }
})
afterAll(() => at.remove())

test('NPY into the run, rows as encode gives them', async () => {
  expect(await ganglion(['encode', run('vae')])).toEqual({ code: 0, stdout: `${at.in('vae', 'codes.npy')}\n`, stderr: '' })
  const { shape, data } = decodeNpy(readFileSync(at.in('vae', 'codes.npy')))
  const images = await loadDataset(at.in('images'))
  const { model } = await loadRun(run('vae'))
  expect([...shape]).toEqual([96, 2])
  expect(data).toEqual(model.encode(scaledImages(images, Array.from({ length: 96 }, (_, i) => i))))
})

test('CSV with names, and labels where there are any; of a model with classes too', async () => {
  const out = at.in('codes.csv')
  expect(await ganglion(['encode', run('cvae'), '--out', out])).toMatchObject({ code: 0, stderr: '' })
  const [names, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n').map((line) => line.split(','))
  expect(names).toEqual([...Array.from({ length: 32 }, (_, i) => `code${i}`), 'label'])
  expect(lines.map((line) => Number(line[32]))).toEqual(Array.from({ length: 96 }, (_, i) => i % 3))
  const { model } = await loadRun(run('cvae'))
  const images = await loadDataset(at.in('images'))
  const codes = model.encode(scaledImages(images, [95]), { label: 2 })
  expect(Float32Array.from(lines[95]!.slice(0, 32).map(Number))).toEqual(codes)
})

test('what cannot be is refused', async () => {
  expect(await ganglion(['encode', run('gan')])).toEqual({
    code: 1, stdout: '', stderr: 'ganglion: a gan cannot encode: it has no encoder; train another model\n',
  })
  expect(await ganglion(['encode', run('vae'), '--out', 'codes.txt'])).toEqual({
    code: 2, stdout: '',
    stderr: 'ganglion: --out expected a name that ends in .npy or .csv, got "codes.txt" (see "ganglion encode --help")\n',
  })
})
