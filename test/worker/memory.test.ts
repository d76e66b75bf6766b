// A worker's memory does not grow with the datasets that it was sent.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { built } from '../dist.ts'
import { all, make, newData } from './harness.ts'

test('over 1,000 rounds of new datasets the worker holds no more than after the first few', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-worker-'))
  try {
    const own = join(folder, 'probed.mjs')
    writeFileSync(own, `
      import { setFlagsFromString } from 'node:v8'
      import { runInNewContext } from 'node:vm'
      import { parentPort } from 'node:worker_threads'
      import '${pathToFileURL(built('worker/trainer.js')).href}'
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc')
      parentPort.on('message', async (message) => {
        if (message !== 'weigh') return
        for (let i = 0; i < 3; i++) {
          gc()
          await new Promise((done) => setTimeout(done, 10))
        }
        parentPort.postMessage({ bytes: process.memoryUsage().arrayBuffers })
      })`)
    const worker = new Worker(own)
    const trainer = await make({ worker: worker as never })
    const weigh = () => new Promise<number>((done) => {
      worker.on('message', ({ bytes }: { bytes?: number }) => { if (bytes !== undefined) done(bytes) })
      worker.postMessage('weigh')
    })
    const round = async (i: number) => {
      const data = newData()
      if (i % 10 === 0) await trainer.fit(data, { batchSize: 100, validation: newData() })
      else if (i % 10 === 1) await all(trainer.train(data, { batchSize: 100, transfer: true }))
      else await trainer.evaluate(data, { batchSize: 100 })
    }
    for (let i = 0; i < 10; i++) await round(i)
    const before = await weigh()
    for (let i = 0; i < 1000; i++) await round(i)
    // A dataset has 10,800 bytes, and a thousand of them eleven million.
    expect(await weigh() - before).toBeLessThan(200_000)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
