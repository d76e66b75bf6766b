// A run as files in memory, without a file system: what is kept comes back, and what was changed is refused.
import { expect, test } from 'vitest'
import { damagedConfig, formatConfig, parseConfig, type RunConfig } from '../../src/checkpoint/config.ts'
import {
  checkSaved, CHECKSUMS, DIGEST, parseChecksums, restore, runFiles, type Saved, STATE, WEIGHTS,
} from '../../src/checkpoint/run.ts'
import { GanglionError } from '../../src/errors.ts'
import { vae } from '../../src/models/vae.ts'
import type { Model } from '../../src/train/model.ts'
import { bytesData, newModel, trained } from '../train/data.ts'

const data = bytesData(40)
const trainedModel = async () => {
  const model = await newModel()
  await trained(model, data, { epochs: 2, batchSize: 16 })
  return model
}
type Files = Awaited<ReturnType<typeof runFiles>>['files']
const saved = (files: Files, name: string): Saved => ({
  bytes: files.get(name) as Uint8Array, digest: files.get(DIGEST) as string, checksums: files.get(CHECKSUMS) as string,
})
const place = (name: string) => `run/${name}`
const load = async (model: Model, given: Saved, state: boolean) => {
  await checkSaved(model.definition, given, state, place)
  await restore(model, given, state, place)
}

test('weights, and a state, come back, and training goes on', async () => {
  const model = await trainedModel()
  const { digest, files } = await runFiles(model)
  expect([...files.keys()]).toEqual([WEIGHTS, STATE, DIGEST, CHECKSUMS])
  expect(files.get(DIGEST)).toBe(`${digest}\n`)
  const [other, again] = [await newModel(undefined, 9), await newModel(undefined, 9)]
  await load(other, saved(files, WEIGHTS), false)
  expect(other.weights()).toEqual(model.weights())
  await load(again, saved(files, STATE), true)
  expect(await again.digest()).toBe(digest)
  await trained(model, data, { batchSize: 16 })
  await trained(again, data, { batchSize: 16 })
  expect(await again.digest()).toBe(await model.digest())
})

test('what was changed, or is of another model, is refused', async () => {
  const { files } = await runFiles(await trainedModel())
  const state = saved(files, STATE)
  const flipped = state.bytes.slice()
  flipped[flipped.length - 3]! ^= 1
  const model = await newModel()
  await expect(load(model, { ...state, bytes: flipped }, true)).rejects.toThrow(new GanglionError(
    '"run/state.safetensors" is not the file that the run saved: its SHA-256 is not that in checksums.txt; ' +
    'copy the run again, or delete checksums.txt if the change is meant'))
  await expect(load(model, { bytes: flipped, digest: state.digest }, true)).rejects.toThrow(
    /^"run\/state.safetensors" is not what digest.txt of the run says: /)
  await expect(load(model, { ...state, bytes: state.bytes.slice(0, 90) }, true)).rejects.toThrow(
    /^"run\/state.safetensors" is not a valid safetensors file: /)
  await expect(load(model, { bytes: files.get(WEIGHTS) as Uint8Array }, true)).rejects.toThrow(
    /^"run\/state.safetensors" does not fit the run's config.json: state: /)
  await load(model, { bytes: state.bytes }, true)
})

test('shapes are compared before there is a model: one that no memory holds is refused by its config', async () => {
  const { files } = await runFiles(await trainedModel())
  const large = vae({ hidden: 4_000_000, latent: 4_000_000 })
  for (const [name, state] of [[WEIGHTS, false], [STATE, true]] as const) {
    await expect(checkSaved(large, saved(files, name), state, place)).rejects.toThrow(
      new RegExp(`^"run/${name}" does not fit the run's config.json: ${state ? 'state' : 'weights'}: '`))
  }
})

test('checksums are lines of sha256sum; others, and those that lack a file, are refused', async () => {
  const hash = '0f'.repeat(32)
  expect([...parseChecksums(`${hash}  a b\r\n${hash} *c\n`, 'c')]).toEqual([['a b', hash], ['c', hash]])
  for (const line of [`${hash.slice(1)}  a`, `${hash}  `, `${hash.toUpperCase()}  a`, 'hello']) {
    expect(() => parseChecksums(`${hash}  a\n${line}\n`, 'c')).toThrow(new GanglionError(
      'line 2 of "c" expected 64 hexadecimal digits, two spaces and the name of a file; copy the run again'))
  }
  const { files } = await runFiles(await trainedModel())
  const given = { ...saved(files, WEIGHTS), checksums: `${hash}  other\n` }
  await expect(load(await newModel(), given, false)).rejects.toThrow(/is not the file that the run saved/)
})

const config: RunConfig = {
  format: 1,
  model: {
    kind: 'mine', options: { latent: 2 }, imageShape: [2, 3, 2], classes: 3,
    module: { path: '/a/mine.js', relative: '../mine.js', sha256: 'a'.repeat(64) },
  },
  data: { source: 'mnist', count: 40, sha256: 'b'.repeat(64) },
  training: { seed: 1, epochs: 2, batchSize: 16, threads: 1, precision: 'deterministic', wide: false },
  software: { ganglion: '0', core: '0', node: '0' },
}

test('a config comes back', () => {
  expect(parseConfig(formatConfig(config), 'c')).toEqual(config)
  const { data: _, model: { kind, options }, training: { seed }, ...rest } = config
  const least = { ...rest, model: { kind, options }, training: { seed } }
  expect(parseConfig(JSON.stringify(least), 'c')).toEqual(least)
})

test.each([
  [{ format: 0 }, 'format expected 1, found 0'],
  [{ model: null }, 'model.kind expected the name of a model, found undefined'],
  [{ model: { ...config.model, options: 3 } }, 'model.options expected an object, found 3'],
  [{ model: { ...config.model, imageShape: [0] } }, 'model.imageShape expected [height, width, channels], found [0]'],
  [{ model: { ...config.model, classes: 0 } }, 'model.classes expected a positive integer, found 0'],
  [{ model: { ...config.model, module: { path: '/a' } } }, 'model.module.relative expected a path, found null'],
  [{ training: { ...config.training, seed: -1 } }, 'training.seed expected an integer from 0 to 2^53 - 1, found -1'],
  [{ data: { ...config.data, count: 1.5 } }, 'data.count expected a positive integer, found 1.5'],
])('a config that is not one: %j', (change, what) => {
  expect(() => parseConfig(JSON.stringify({ ...config, ...change }), 'c')).toThrow(damagedConfig('c', what))
})
