// Where a run's encoder puts images, as `ganglion watch` tells it, and what its decoder makes of codes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Encoders, hasMap, savedAt } from '../../src/cli/watch/codes.ts'
import { loadConfig } from '../../src/node/config.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { loadRun } from '../../src/node/run.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { ganglion, place, type Place } from './ganglion.ts'

let at: Place
const SMALL = ['--limit-first', '64', '--batch-size', '32', '--epochs', '1', '--quiet']
const train = async (kind: string, ...more: string[]) => {
  const { code, stderr } = await ganglion(['train', kind, ...SMALL, '--out', at.in(kind), '--force', ...more])
  expect([code, stderr]).toEqual([0, ''])
}
beforeAll(async () => {
  at = place()
  await train('vae', '--latent', '3', '--hidden', '16')
  await train('gan', '--hidden', '16', '--discriminator-hidden', '16')
})
afterAll(() => at.remove())

test('codes are those of the encoder, of test images from all over the data, with their classes', async () => {
  const { size, codes, labels, shape } = await new Encoders().codesOf(at.in('vae'))
  expect([size, shape]).toEqual([3, [28, 28, 1]])
  const data = await loadDataset('mnist', { split: 'test' })
  const rows = Array.from({ length: labels!.length }, (_, i) => 10 * i)
  expect(labels).toEqual(rows.map((row) => data.labels![row]))
  const { model } = await loadRun(at.in('vae'))
  expect(codes).toEqual(model.encode(scaledImages(data, rows)))
})

test('images that are given are taken in place of those of the run; a code is decoded by the decoder', async () => {
  const images = Uint8Array.from({ length: 60 * 784 }, (_, i) => (i * i) % 251)
  const encoders = new Encoders({ name: 'own', images, count: 60, shape: [28, 28, 1] })
  const { codes, labels } = await encoders.codesOf(at.in('vae'))
  expect([codes.length, labels]).toEqual([180, undefined])
  const { model } = await loadRun(at.in('vae'))
  const code = Float32Array.of(1, -1, 0.5)
  expect(await encoders.decode(at.in('vae'), code)).toEqual(model.decode(code))
  await expect(encoders.decode(at.in('vae'), code.subarray(1))).rejects.toThrow("the code has 2 numbers, and the run's have 3")
})

test('a run that is saved anew is loaded anew', async () => {
  const encoders = new Encoders()
  const [before, mark] = [await encoders.codesOf(at.in('vae')), await savedAt(at.in('vae'))]
  await train('vae', '--latent', '3', '--hidden', '16', '--seed', '5')
  expect(await savedAt(at.in('vae'))).not.toBe(mark)
  expect((await encoders.codesOf(at.in('vae'))).codes).not.toEqual(before.codes)
})

test('a model without an encoder has no map, nor a module of one\'s own, which would have to be run', async () => {
  expect(hasMap(await loadConfig(at.in('vae')))).toBe(true)
  expect(hasMap(await loadConfig(at.in('gan')))).toBe(false)
  await expect(new Encoders().codesOf(at.in('gan'))).rejects.toThrow('the run has no latent map')
  const { model, ...config } = await loadConfig(at.in('vae'))
  expect(hasMap({ ...config, model: { ...model, module: { path: '/m.js', relative: 'm.js', sha256: '' } } })).toBe(false)
})
