// Training on images that are read from a file as it goes, beside training on images in memory: the same model, taking turns.
// The file is made of random bytes and is removed. Invariant: what is read ahead is used up within a turn's first part, so that a
// turn of memory does not pay for the other's reading.
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { median } from '../src/bench/statistics.ts'
import type * as Package from '../src/entries/index.ts'
import type * as NodeEntry from '../src/node/index.ts'
import { command } from './command.ts'

const BLOCK = 64 * 2 ** 20
/** Bytes that are read ahead. */
const AHEAD = 16 * 2 ** 20
/** The images in memory. */
const COUNT = 4096

/** An NPY file of so many random images. */
async function write(path: string, count: number, shape: readonly number[]): Promise<void> {
  const size = shape.reduce((n, d) => n * d, 1)
  const dict = `{'descr': '|u1', 'fortran_order': False, 'shape': (${[count, ...shape].join(', ')}), }`
  const file = await open(path, 'w')
  try {
    await file.write(Buffer.from(`\x93NUMPY\x01\0v\0${dict.padEnd(117)}\n`, 'latin1'))
    const block = new Uint8Array(BLOCK)
    for (let i = 0, x = 1; i < BLOCK; i++) block[i] = (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) >>> 24
    for (let left = count * size; left > 0; left -= BLOCK) await file.write(block, 0, Math.min(left, BLOCK))
  } finally {
    await file.close()
  }
}

/** Trains on a dataset in turns. */
function turns(steps: AsyncIterator<Package.Progress>, batch: number) {
  let step = 0
  return async (seconds: number): Promise<{ wall: number, cpu: number }> => {
    const [began, cpu, first] = [performance.now(), process.cpuUsage(), step]
    while (performance.now() - began < 1000 * seconds) {
      const { value, done } = await steps.next()
      if (done) throw new Error('the epochs are over')
      step = (value).step
    }
    const { user, system } = process.cpuUsage(cpu)
    const images = (step - first) * batch
    return { wall: (1000 * (performance.now() - began)) / images, cpu: (user + system) / images }
  }
}

export const large = command({
  summary: 'training on a file that is larger than memory, beside memory; and the resident set',
  takes: '[vae|conv-vae|dcgan]',
  options: { gigabytes: 8, turns: 7, seconds: 6, size: 64 },
  async run({ gigabytes, turns: rounds, seconds, size }, [kind = 'conv-vae']) {
    const load = (file: string) => import(pathToFileURL(resolve('dist', file)).href) as Promise<unknown>
    const ganglion = await load('index.js') as typeof Package
    const node = await load('node/index.js') as typeof NodeEntry
    const shape = [size, size, 3] as const
    const definition = () => node.defineFor(shape, kind as 'vae')
    const folder = mkdtempSync(join(tmpdir(), 'ganglion-large-'))
    try {
      const path = join(folder, 'images.npy')
      await write(path, Math.floor((gigabytes * 1e9) / (3 * size * size)), shape)
      const images = new Uint8Array(COUNT * 3 * size * size).map((_, i) => Math.imul(i, 2654435761) >>> 24)
      const batch = 64
      const begin = async (data: Parameters<Package.Model['train']>[0]) => {
        const model = await ganglion.Model.create(await ganglion.createRuntime(), definition())
        return turns(model.train(data, { batchSize: batch, epochs: 100_000 })[Symbol.asyncIterator](), batch)
      }
      const memory = await begin(ganglion.imageDataset({ images, shape }))
      const file = await begin(await node.openDataset(path, { memory: AHEAD }))
      await memory(2)
      await file(2)
      const pairs: { wall: number, cpu: number }[] = []
      let resident = 0
      for (let i = 0; i < rounds; i++) {
        const [a, b] = [await memory(seconds), await file(seconds)]
        pairs.push({ wall: a.wall / b.wall, cpu: a.cpu / b.cpu })
        resident = Math.max(resident, process.memoryUsage().rss)
        console.log(`${kind} ${shape.join('x')}: in memory ${a.wall.toFixed(1)} us an image (processor ${a.cpu.toFixed(1)}), ` +
          `from the file ${b.wall.toFixed(1)} (${b.cpu.toFixed(1)}); resident ${(resident / 1e6).toFixed(0)} MB`)
      }
      const speed = { wall: median(pairs.map(({ wall }) => wall)), processor: median(pairs.map(({ cpu }) => cpu)) }
      console.log(`speed from the file over that in memory, median of ${rounds} pairs: ${speed.wall.toFixed(3)} by the clock, ` +
        `${speed.processor.toFixed(3)} by processor time; resident set ${(resident / 1e6).toFixed(0)} MB`)
      return { kind, shape, gigabytes, pairs, speed, resident }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
})
