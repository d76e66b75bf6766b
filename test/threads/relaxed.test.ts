// Relaxed precision: near the deterministic losses, never said to be them; refused with a reason where the engine lacks it.
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { features } from '../../src/runtime/features.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { built } from '../dist.ts'
import { runtime } from '../harness.ts'

/** Trains with the precision and threads given, in a process whose engine knows relaxed SIMD; the loss after 20 steps. */
function lossOf(precision: string, threads: number): number {
  const code = `
    import { createRuntime, Model, vae, imageDataset } from '${pathToFileURL(built('index.js')).href}'
    const runtime = await createRuntime({ threads: ${threads}, precision: '${precision}' })
    if (runtime.precision !== '${precision}' || runtime.threads !== ${threads}) throw new Error('not what was asked for')
    const images = Uint8Array.from({ length: 640 * 784 }, (_, i) => Math.imul(i, 2654435761) >>> 24)
    const model = await Model.create(runtime, vae({ hidden: 50, latent: 5 }), { seed: 5 })
    let loss
    for await (const { metrics } of model.train(imageDataset({ images, shape: [28, 28, 1] }), { batchSize: 32 })) {
      loss = metrics.loss
    }
    console.log(loss)`
  const flags = features().relaxedSimd.available ? [] : ['--experimental-wasm-relaxed-simd']
  const { stdout, stderr } = spawnSync(
    process.execPath, [...flags, '--input-type=module', '-e', code], { encoding: 'utf8', timeout: 20_000 },
  )
  expect(stderr).toBe('')
  return Number(stdout)
}

test('losses are near the deterministic ones, on one thread and on two', () => {
  const exact = lossOf('deterministic', 1)
  expect(exact).toBeGreaterThan(0)
  for (const threads of [1, 2]) expect(Math.abs(lossOf('relaxed', threads) / exact - 1)).toBeLessThan(1e-5)
})

test('the default is deterministic; a precision that is not known is refused', async () => {
  expect(runtime.precision).toBe('deterministic')
  await expect(createRuntime({ precision: 'fast' as 'relaxed' })).rejects.toThrow(
    "createRuntime: precision is 'fast', expected 'deterministic' or 'relaxed'",
  )
})

test.skipIf(features().relaxedSimd.available)('an engine without relaxed SIMD refuses, and names the flag', async () => {
  await expect(createRuntime({ precision: 'relaxed' })).rejects.toThrow(
    /^precision 'relaxed' is not available: .*--experimental-wasm-relaxed-simd/,
  )
})
