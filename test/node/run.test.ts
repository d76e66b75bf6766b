// A run saved and loaded: the same model again, with its state too, so that it trains on as if it had never stopped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, vae } from '../../src/index.ts'
import { loadRun, type RunConfig, saveConfig, saveRun } from '../../src/node/index.ts'

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

async function train(model: Model): Promise<void> {
  const steps = model.train(data, { epochs: 2, batchSize: 24 })
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
