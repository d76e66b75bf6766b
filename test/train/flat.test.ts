// A step allocates nothing: over 5,000 steps neither the linear memory nor the JavaScript heap grows.
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { built } from '../dist.ts'
import { bytesData, newModel, trained } from './data.ts'

it('linear memory and the array buffers stay as they are', async () => {
  const model = await newModel()
  const data = bytesData(403)
  await trained(model, data, { batchSize: 4 })
  const { memory } = model.session.core
  const before = memory.buffer
  await trained(model, data, { batchSize: 4, epochs: 50 })
  expect(model.session.counters('train')[0]).toBe(51 * 101)
  // A memory that grows detaches its buffer and makes another.
  expect(memory.buffer).toBe(before)
  expect(before.byteLength).toBeGreaterThan(0)
})

const INDEX = pathToFileURL(built('index.js')).href
/** Runs on dist with the collector at hand: five times the bytes in use before and after 5,000 steps, each after a collection. */
const MEASURE = `
  import { createRuntime, imageDataset, Model, vae } from '${INDEX}'
  const used = async () => {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      gc()
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return { heapUsed, arrayBuffers }
  }
  const model = await Model.create(await createRuntime(), vae({ latent: 3, hidden: 7, imageShape: [2, 3, 2] }))
  const data = imageDataset({ images: new Uint8Array(400 * 12).map((_, i) => (i * 37) % 256), shape: [2, 3, 2] })
  const train = async (epochs) => {
    let steps = 0
    for await (const { step } of model.train(data, { batchSize: 4, epochs })) steps = step
    return steps
  }
  await train(50)
  const uses = [await used()]
  let steps
  while (uses.length < 6) {
    steps = await train(50)
    uses.push(await used())
  }
  console.log(JSON.stringify({ steps, uses }))
`

it('the JavaScript heap stays flat', () => {
  const text = execFileSync(
    process.execPath, ['--expose-gc', '--input-type=module', '--eval', MEASURE], { cwd: new URL('../../', import.meta.url) },
  )
  interface Used { heapUsed: number; arrayBuffers: number }
  const { steps, uses } = JSON.parse(text.toString()) as { steps: number; uses: Used[] }
  expect(steps).toBe(30_000)
  // What steps hold on to is there after each 5,000 of them; what V8 compiles meanwhile is not.
  const least = (of: keyof Used) => Math.min(...uses.slice(1).map((use, i) => use[of] - uses[i]![of]))
  console.log(`5,000 steps: ${least('heapUsed')} bytes of heap, ${least('arrayBuffers')} of array buffers`)
  // 8 bytes a step would be 40,000.
  expect(least('heapUsed')).toBeLessThan(16_000)
  expect(least('arrayBuffers')).toBeLessThan(4_000)
})
