// A folder of JPEG files to a data set: pictures a second, beside `sharp` (libjpeg-turbo and libvips, native), taking turns. The
// pictures are drawn, and are removed. sharp's pixels are others: it decodes a picture at a fraction of its size where it is to
// be smaller, ours are Pillow's to the bit.
import encode, { init } from '@jsquash/jpeg/encode.js'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { median, quantile } from '../src/bench/statistics.ts'
import type * as NodeEntry from '../src/node/index.ts'
import { generator } from '../src/verify/draw.ts'
import { command } from './command.ts'
import { heading, progress, row } from './output.ts'

const QUALITY = 80
/** Pictures that sharp has in hand for each thread. */
const AHEAD = 4

interface Rgba {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}
interface Sharp {
  (path: string): {
    resize(width: number, height: number, options: { fit: 'cover', kernel: 'linear' }): {
      removeAlpha(): { raw(): { toBuffer(): Promise<Uint8Array> } }
    }
  }
  readonly versions: { readonly sharp: string }
}

/** What the packages of bench/peers have, where it is installed. */
function installedSharp(): Sharp | undefined {
  try {
    return createRequire(resolve('bench/peers/package.json'))('sharp') as Sharp
  } catch {
    return undefined
  }
}

/** Discs on a slope, with grain, so that a file is about as large as a photograph's. */
function draw(side: number, uniform: () => number): Rgba {
  const data = new Uint8ClampedArray(4 * side * side).fill(255)
  const discs = Array.from({ length: 12 }, () => Array.from({ length: 6 }, uniform))
  const ground = Array.from({ length: 3 }, uniform)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const grain = 36 * (uniform() - 0.5)
      const disc = discs.find(([dx, dy, r]) => (x / side - dx!) ** 2 + (y / side - dy!) ** 2 < (0.02 + 0.2 * r!) ** 2)
      for (let c = 0; c < 3; c++) {
        data[4 * (y * side + x) + c] = 255 * (disc ? disc[3 + c]! : (ground[c]! + (x + y) / side) / 3) + grain
      }
    }
  }
  return { width: side, height: side, data }
}

/** `count` files, of which `distinct` are different; the bytes of all. */
async function write(folder: string, count: number, distinct: number, side: number): Promise<number> {
  const file = fileURLToPath(import.meta.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'))
  await (init as unknown as (module: WebAssembly.Module) => Promise<void>)(await WebAssembly.compile(await readFile(file)))
  const jpeg = encode as unknown as (image: Rgba, options: { quality: number }) => Promise<ArrayBuffer>
  const uniform = generator(1)
  const files: Uint8Array[] = []
  for (let i = 0; i < distinct; i++) files.push(new Uint8Array(await jpeg(draw(side, uniform), { quality: QUALITY })))
  let bytes = 0
  for (let i = 0; i < count; i++) {
    const each = files[i % distinct]!
    bytes += each.length
    await writeFile(join(folder, `${String(i).padStart(6, '0')}.jpg`), each)
  }
  return bytes
}

/** All files of a folder by sharp, some at a time. */
async function bySharp(sharp: Sharp, folder: string, size: number): Promise<number> {
  const names = readdirSync(folder).sort()
  const images = new Uint8Array(names.length * size * size * 3)
  let next = 0
  const one = async () => {
    for (let i = next++; i < names.length; i = next++) {
      const made = sharp(join(folder, names[i]!)).resize(size, size, { fit: 'cover', kernel: 'linear' })
      images.set(await made.removeAlpha().raw().toBuffer(), i * size * size * 3)
    }
  }
  await Promise.all(Array.from({ length: AHEAD * availableParallelism() }, one))
  return names.length
}

interface Turn {
  /** Pictures a second. */
  readonly speed: number
  /** Processor time of a picture, ms. */
  readonly processor: number
}

async function timed(run: () => Promise<number>): Promise<Turn> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const count = await run()
  const { user, system } = process.cpuUsage(cpu)
  return { speed: 1000 * count / (performance.now() - began), processor: (user + system) / 1000 / count }
}

const range = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${quantile(values, 0).toFixed(digits)}–${quantile(values, 1).toFixed(digits)})`

export const pictures = command({
  summary: 'a folder of JPEG files to a data set, pictures a second, beside sharp',
  options: { count: 10_000, distinct: 200, side: 256, size: 64, turns: 5 },
  async run({ count, distinct, side, size, turns }) {
    const { loadDataset } = await import(pathToFileURL(resolve('dist/node/index.js')).href) as typeof NodeEntry
    const sharp = installedSharp()
    const folder = mkdtempSync(join(tmpdir(), 'ganglion-pictures-'))
    try {
      progress(`drawing ${count} pictures`)
      const bytes = await write(folder, count, Math.min(distinct, count), side)
      const load = (workers?: number) => async () =>
        (await loadDataset(folder, { size, channels: 3, ...(workers !== undefined && { workers }) })).count
      const contestants: Record<string, () => Promise<number>> = {
        ganglion: load(), 'ganglion, one thread': load(0),
        ...(sharp && { [`sharp ${sharp.versions.sharp}`]: () => bySharp(sharp, folder, size) }),
      }
      const all = Object.entries(contestants).map(([name, run]) => ({ name, run, found: [] as Turn[] }))
      for (const { run } of all) await run()
      for (let turn = 0; turn < turns; turn++) {
        for (const { name, run, found } of all) {
          progress(`turn ${turn + 1} of ${turns}: ${name}`)
          found.push(await timed(run))
        }
      }
      progress('')
      console.log(`${count} JPEG files of ${side}x${side} (${(bytes / count / 1000).toFixed(1)} kB each, quality ${QUALITY}, ` +
        `${Math.min(distinct, count)} of them different) to ${size}x${size}x3, ${availableParallelism()} cores; ` +
        `medians of ${turns} turns (least–most)`)
      console.log(heading(['', 'pictures a second', 'processor time, ms a picture']))
      for (const { name, found } of all) {
        console.log(row([name, range(found.map((t) => t.speed), 0), range(found.map((t) => t.processor), 3)]))
      }
      if (!sharp) console.log('sharp: not run here, it is not installed (npm ci --prefix bench/peers)')
      return { count, side, size, bytes, found: all.map(({ name, found }) => ({ name, found })) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
})
