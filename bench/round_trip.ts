// How far apart two processors are: what two threads share costs this much to hand over, and a virtual machine's processors
// may lie in one cache or far apart, changing while it runs.
import { Worker } from 'node:worker_threads'
import { median } from '../src/bench/statistics.ts'

const TRIPS = 5000
const WINDOWS = 9

/** The other thread: answers every odd number by the next even one. */
const other = `
  const words = require('node:worker_threads').workerData
  for (let turn = 1; turn < ${2 * TRIPS * WINDOWS}; turn += 2) {
    while (Atomics.load(words, 0) !== turn);
    Atomics.store(words, 0, turn + 1)
  }
`

/** Nanoseconds from one thread to another and back, by a word that both look at: the median of some windows. */
export async function roundTrip(): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(64))
  const worker = new Worker(other, { eval: true, workerData: words })
  await new Promise((done) => { worker.once('online', done) })
  const windows = Array.from({ length: WINDOWS }, (_, window) => {
    const began = performance.now()
    for (let trip = window * TRIPS; trip < (window + 1) * TRIPS; trip++) {
      Atomics.store(words, 0, 2 * trip + 1)
      while (Atomics.load(words, 0) !== 2 * trip + 2);
    }
    return ((performance.now() - began) * 1e6) / TRIPS
  })
  await worker.terminate()
  return Math.round(median(windows))
}
