// Where a run's encoder puts images, as `ganglion watch` tells it, and what its decoder makes of codes.
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Encoders, hasMap, mostShown, savedAt } from '../../src/cli/watch/codes.ts'
import { spread } from '../../src/data/subset.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { loadConfig } from '../../src/node/config.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { encodePng } from '../../src/node/png.ts'
import { loadRun } from '../../src/node/run.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

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

describe('a file of more bytes than are ever read at once', () => {
  const [COUNT, SIDE] = [320_000, 128]
  const MANY = ['train', 'vae', '--data', 'many.npy', '--hidden', '4', '--latent', '2', '--batch-size', '8', '--quiet']
  interface Map { readonly codes: string, readonly size: number, readonly shape: number[] }
  const mapAt = async (address: string): Promise<Map> => {
    for (;;) {
      const response = await fetch(`${address}map/0`)
      if (response.status === 200) return await response.json() as Map
      // Until the run is saved for the first time.
      expect(await response.text()).toMatch(/is missing|holds no config\.json/)
      await wait(50)
    }
  }
  /** The map that a command shows at the address that it says; then it is ended. */
  const mapOf = async (...args: string[]): Promise<Map> => {
    let map: Promise<Map> | undefined
    const { stderr } = await spawned(args, at.path, (child, { stdout, stderr }) => {
      const [address] = /http:\S+\/(?=\s)/.exec(stdout + stderr) ?? []
      if (address) map ??= mapAt(address).finally(() => { child.kill('SIGINT') })
    })
    if (!map) throw new Error(stderr)
    return map
  }
  /** Codes of two numbers, as many as a slow machine has encoded in the time. */
  const expectSome = (codes: string) => {
    const { length } = Buffer.from(codes, 'base64')
    expect([length % 8, length > 0 && length <= 8 * 1000]).toEqual([0, true])
  }
  beforeAll(() => {
    const header = Buffer.from(encodeNpy({ shape: [0, SIDE, SIDE], data: new Uint8Array() })).toString('latin1')
    writeFileSync(at.in('many.npy'), header.replace('(0, ', `(${COUNT}, `).replace(/ {5}\n$/, '\n'), 'latin1')
    // It takes no room: what was not written is 0.
    truncateSync(at.in('many.npy'), header.length + COUNT * SIDE * SIDE)
  })

  test('ganglion watch reads those that it shows', async () => {
    const { code, stderr } = await spawned([...MANY, '--limit-first', '32', '--epochs', '1', '--out', 'few'], at.path)
    expect([code, stderr]).toEqual([0, ''])
    const { codes, size, shape } = await mapOf('watch', 'few')
    expect([size, shape]).toEqual([2, [SIDE, SIDE, 1]])
    expectSome(codes)
  })

  test('train --watch too, where they are read from the file while it trains', async () => {
    const limits = ['--limit', '1500', '--memory', '1kB', '--epochs', '9999']
    const { codes } = await mapOf(...MANY, ...limits, '--out', 'watched', '--watch')
    expectSome(codes)
  })
})

test('of a folder of pictures those that are shown are read, and no others', async () => {
  const [COUNT, SIDE] = [1200, 4]
  const path = (i: number) => at.in('pictures', i % 2 ? 'odd' : 'even', `${String(i >> 1).padStart(4, '0')}.png`)
  for (const name of ['even', 'odd']) mkdirSync(at.in('pictures', name), { recursive: true })
  for (let i = 0; i < COUNT; i++) {
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => (17 * i + 31 * k) % 256)
    writeFileSync(path(i), encodePng({ width: SIDE, height: SIDE, channels: 1, pixels }))
  }
  const options = ['--data', at.in('pictures'), '--hidden', '4', '--latent', '2', '--out', at.in('of-pictures')]
  const { code, stderr } = await ganglion(['train', 'vae', ...SMALL, ...options])
  expect([code, stderr]).toEqual([0, ''])
  const { count } = await loadDataset(at.in('pictures'))
  expect(count).toBe(COUNT)
  // In the order of a folder those of a class come first, then those of the next.
  const shown = new Set(spread(COUNT, 1000))
  for (let i = 0; i < COUNT; i++) {
    if (!shown.has((i >> 1) + (i % 2) * COUNT / 2)) writeFileSync(path(i), 'no picture')
  }
  await expect(loadDataset(at.in('pictures'))).rejects.toThrow('is no picture')
  const { size, codes, labels, classNames } = await new Encoders().codesOf(at.in('of-pictures'))
  expect([size, classNames]).toEqual([2, ['even', 'odd']])
  expect(codes.length).toBeGreaterThan(0)
  expect(codes.length).toBeLessThanOrEqual(2 * 1000)
  const data = await loadDataset(at.in('pictures'), { size: SIDE, channels: 1, skipBroken: true })
  const rows = Array.from({ length: codes.length / 2 }, (_, i) => i)
  expect(labels).toEqual(rows.map((row) => data.labels![row]))
  const { model } = await loadRun(at.in('of-pictures'))
  expect(codes).toEqual(model.encode(scaledImages(data, rows)))
})

test('a map shows a thousand images, or fewer large ones', () => {
  expect([mostShown([4, 4, 1]), mostShown([1024, 1024, 3]), mostShown([9999, 9999, 3])]).toEqual([1000, 21, 1])
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
