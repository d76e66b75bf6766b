// A run saved and loaded: the same model again, with its state too, so that it trains on as if it had never stopped.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime, GanglionError, imageDataset, Model, schedules, vae } from '../../src/entries/index.ts'
import { loadRun, type LoadRunOptions, type RunConfig, saveConfig, saveRun } from '../../src/node/index.ts'

const options = { latent: 2, hidden: 16, learningRate: 1e-3, noise: 'sample', imageShape: [5, 4, 1] } as const
const config: RunConfig = {
  format: 1,
  model: { kind: 'vae', options },
  training: { seed: 3 },
  software: { ganglion: '0', core: '0', node: '0' },
}
const images = Uint8Array.from({ length: 64 * 20 }, (_, i) => (i * 37) % 256)
const data = imageDataset({ images, shape: [5, 4, 1] })

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'ganglion-run-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function train(model: Model, epochs = 2): Promise<void> {
  const steps = model.train(data, { epochs, batchSize: 24 })
  while (!(await steps.next()).done);
}

test('save, load, and go on', async () => {
  const model = await Model.create(await createRuntime(), vae(options), { seed: 3 })
  await train(model)
  await saveConfig(folder, config)
  const digest = await saveRun(folder, model)
  expect(readFileSync(join(folder, 'digest.txt'), 'utf8')).toBe(`${digest}\n`)
  expect(digest).toBe(await model.digest())

  const { model: same, config: loaded } = await loadRun(folder)
  expect(loaded).toEqual(config)
  expect(same.sample(3)).toEqual(model.sample(3))
  expect(same.evaluate(data)).toEqual(model.evaluate(data))
  const { model: resumed } = await loadRun(folder, { state: true })
  expect(await resumed.digest()).toBe(digest)
  await train(model)
  await train(resumed)
  expect(await resumed.digest()).toBe(await model.digest())
})

test('a run from a stranger costs no memory before it fits, and opens no device', async () => {
  const runtime = { session: () => { throw new Error('a session was made') } } as unknown as LoadRunOptions['runtime']
  const stranger = mkdtempSync(join(tmpdir(), 'ganglion-stranger-'))
  const put = (name: string) => writeFileSync(join(stranger, name), readFileSync(join(folder, name)))
  try {
    for (const name of ['weights.safetensors', 'state.safetensors', 'digest.txt', 'checksums.txt']) put(name)
    await saveConfig(stranger, { ...config, model: { kind: 'vae', options: { ...options, hidden: 205_000 } } })
    for (const state of [false, true]) {
      await expect(loadRun(stranger, { runtime, state })).rejects.toThrow(/does not fit the run's config.json: (weights|state): '/)
    }
    for (const name of ['weights.safetensors', 'checksums.txt', 'config.json']) {
      rmSync(join(stranger, name))
      symlinkSync('/dev/zero', join(stranger, name))
      await expect(loadRun(stranger, { runtime })).rejects.toThrow(/" is a device, a FIFO or a socket, expected a file or a folder; /)
    }
    rmSync(join(stranger, 'config.json'))
    writeFileSync(join(stranger, 'config.json'), new Uint8Array(2 ** 20 + 1))
    await expect(loadRun(stranger)).rejects.toThrow(/has 1048577 bytes, expected at most 1048576; /)
  } finally {
    rmSync(stranger, { recursive: true })
  }
})

test('what changed since it was saved is not loaded; a run without checksums is', async () => {
  const files = ['weights.safetensors', 'state.safetensors', 'digest.txt']
  const path = (name: string) => join(folder, name)
  const sums = readFileSync(path('checksums.txt'), 'utf8')
  expect(sums).toBe(files.map((name) => (
    `${createHash('sha256').update(readFileSync(path(name))).digest('hex')}  ${name}\n`
  )).join(''))
  const changed = (name: string) => `"${path(name)}" is not the file that the run saved: its SHA-256 is not that in ` +
    'checksums.txt; copy the run again, or delete checksums.txt if the change is meant'
  for (const name of files) {
    const bytes = readFileSync(path(name))
    const flipped = Uint8Array.from(bytes)
    flipped[flipped.length - 3]! ^= 1
    writeFileSync(path(name), flipped)
    for (const state of [false, true]) {
      const read = name !== files[state ? 0 : 1]
      const loading = loadRun(folder, { state })
      if (read) await expect(loading).rejects.toThrow(new GanglionError(changed(name)))
      else await loading
    }
    rmSync(path('checksums.txt'))
    // Without checksums the digest tells of a state, and nothing of weights.
    await loadRun(folder)
    const loading = loadRun(folder, { state: true })
    if (name === 'weights.safetensors') await loading
    else await expect(loading).rejects.toThrow(/state.safetensors" is not what digest.txt of the run says: .*; copy the run again$/)
    writeFileSync(path('checksums.txt'), sums)
    writeFileSync(path(name), bytes)
  }
  for (const name of ['checksums.txt', 'digest.txt']) rmSync(path(name))
  await loadRun(folder, { state: true })
  expect(readdirSync(folder).sort()).toEqual(['config.json', 'state.safetensors', 'weights.safetensors'])
})

test('a schedule is saved as its JSON, and a run that goes on has the rate of one that never stopped', async () => {
  const learningRate = schedules.cosine({ initial: 1e-2, steps: 6, alpha: 0.1 })
  const define = () => vae({ ...options, learningRate })
  const whole = await Model.create(await createRuntime(), define(), { seed: 3 })
  await train(whole)
  const begun = await Model.create(await createRuntime(), define(), { seed: 3 })
  await train(begun, 1)
  const { kind, options: reported } = begun.definition
  await saveConfig(folder, { ...config, model: { kind, options: reported } })
  await saveRun(folder, begun)
  const saved = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as RunConfig
  expect(saved.model.options['learningRate']).toEqual({ schedule: 'cosine', initial: 1e-2, steps: 6, alpha: 0.1 })
  const { model: resumed } = await loadRun(folder, { state: true })
  await train(resumed, 1)
  expect(await resumed.digest()).toBe(await whole.digest())
  expect(resumed.hyperparameters()).toEqual(whole.hyperparameters())
  expect(resumed.hyperparameters()['adam/learningRate']).toBeLessThan(5e-3)

  // One's own function gets the schedule as a schedule.
  const { model: own } = await loadRun(folder, { state: true, define: ({ options: given }) => vae(given) })
  expect(await own.digest()).toBe(await begun.digest())

  const wrong = { ...reported, learningRate: { schedule: 'cosinus' } }
  await saveConfig(folder, { ...config, model: { kind, options: wrong } })
  const known = 'expected cosine, exponential, piecewise, linear, warmup'
  await expect(loadRun(folder)).rejects.toThrow(new GanglionError(`"${join(folder, 'config.json')}" is damaged: ` +
    `model.options: schedules: there is no schedule 'cosinus', ${known}; train again, or mend it by hand`))
})
