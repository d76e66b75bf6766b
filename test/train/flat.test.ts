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
/** Runs on dist with the collector at hand: bytes in use before and after 5,000 steps, each after a collection. */
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
  const before = await used()
  const steps = await train(50)
  console.log(JSON.stringify({ steps, before, after: await used() }))
`

it('the JavaScript heap stays flat', () => {
  const text = execFileSync(
    process.execPath, ['--expose-gc', '--input-type=module', '--eval', MEASURE], { cwd: new URL('../../', import.meta.url) },
  )
  interface Used { heapUsed: number; arrayBuffers: number }
  const { steps, before, after } = JSON.parse(text.toString()) as { steps: number; before: Used; after: Used }
  expect(steps).toBe(10_000)
  const [heap, buffers] = [after.heapUsed - before.heapUsed, after.arrayBuffers - before.arrayBuffers]
  console.log(`5,000 steps: ${heap} bytes of heap, ${buffers} of array buffers`)
  // About 2,000 as measured; 8 bytes a step would be 40,000.
  expect(heap).toBeLessThan(16_000)
  expect(buffers).toBeLessThan(4_000)
})
