// NPZ: the arrays are what the model gives. (numpy reads the files of `encodeNpz` in test/formats.)
import { expect, test } from 'vitest'
import { decodeNpz } from '../../src/formats/npz.ts'
import { exportModel } from '../../src/export/export.ts'
import type { Files } from '../../src/export/format.ts'
import { gan, vae } from '../../src/entries/index.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'

const arraysOf = (files: Files) => {
  const [bytes] = files.values()
  return decodeNpz(bytes as Uint8Array)
}

test('of a generator: its weights, codes and samples', async () => {
  const model = await Model.create(runtime, vae({ hidden: 5, latent: 3, imageShape: [4, 3, 2] }))
  const arrays = arraysOf(await exportModel(model, 'npz', { count: 5, seed: 9 }))
  const kept = model.weights()
  const names = [...kept.keys()].filter((name) => name.startsWith('decoder/'))
  expect([...arrays.keys()].sort()).toEqual([...names, 'codes', 'samples'].sort())
  for (const name of names) expect(arrays.get(name)).toEqual(kept.get(name))
  expect(arrays.get('codes')).toEqual({ shape: [5, 3], data: model.drawCodes(5, { seed: 9 }) })
  expect(arrays.get('samples')).toEqual({ shape: [5, 4, 3, 2], data: model.sample(5, { seed: 9 }) })
})

test('of another part: its weights alone', async () => {
  const model = await Model.create(runtime, gan({ hidden: 5, discriminatorHidden: 6, latent: 3, imageShape: [4, 3, 2] }))
  const arrays = arraysOf(await exportModel(model, 'npz', { part: 'discriminator' }))
  expect([...arrays.keys()].every((name) => name.startsWith('discriminator/'))).toBe(true)
  expect(arrays.size).toBe(6)
})
