// Every program of examples/ runs, as it is written, on few images; what it prints and writes is looked at. Those of embedding/
// are run by test/runtimes. Invariant: a program that is added is run here, or the first test names it.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, test } from 'vitest'
import { decodePng, encodePng } from '../src/node/png.ts'

const examples = fileURLToPath(new URL('../examples', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ganglion-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(name: string, ...args: string[]): Promise<string> {
  const program = [join(examples, `${name}.mjs`), ...args]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, program, { cwd: folder })
  expect(stderr).toBe('')
  return stdout.trimEnd()
}
/** The picture that a program wrote: its size, and that it is not of one colour. */
function picture(name: string): [width: number, height: number] {
  const { width, height, rgba } = decodePng(readFileSync(join(folder, `${name}.png`)))
  expect(new Set(rgba).size).toBeGreaterThan(2)
  return [width, height]
}
/** Pixels of `n` images of `size` in a line of a grid, three pixels each, two between. */
const across = (n: number, size = 28): number => n * size * 3 + (n + 1) * 2
const number = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g

/** Names of models: two epochs lower the first of their figures. */
const LEARNED = ['conditional_vae', 'vq_vae', 'denoising', 'own_op']
const MODELS = [...LEARNED, 'wgan_gp']
const PROGRAMS = [
  'autoencoder', 'best', 'conditional', 'export', 'gan', 'graph', 'own_model', 'pictures', 'reproduce', 'vae', 'worker',
]

it('knows every program and every model', () => {
  const names = (path: string) => readdirSync(join(examples, path)).filter((name) => name.endsWith('.mjs'))
    .map((name) => name.replace('.mjs', '')).sort()
  expect(names('.')).toEqual(PROGRAMS)
  expect(names('models')).toEqual([...MODELS].sort())
})

test('autoencoder: the loss falls, and two pictures are there', async () => {
  const losses = (await run('autoencoder', '1000', '3')).split('\n').map((line) => Number(line.split('loss ')[1]))
  expect(losses).toHaveLength(3)
  expect(losses[2]).toBeLessThan(losses[0]!)
  expect(picture('autoencoder-reconstructions')).toEqual([across(8), across(2)])
  expect(picture('autoencoder-picked-codes')).toEqual([across(8), across(2)])
})

test('vae: the loss is the sum that is printed, and falls', async () => {
  const lines = (await run('vae', '1000', '3')).split('\n').map((line) => line.match(number)!.map(Number))
  for (const [, loss, reconstruction, kl] of lines) expect(reconstruction! + kl!).toBeCloseTo(loss!, 1)
  expect(lines[2]![1]).toBeLessThan(lines[0]![1]!)
  expect(picture('vae-reconstructions')).toEqual([across(8), across(2)])
  expect(picture('vae-samples')).toEqual([across(8), across(2)])
  expect(picture('vae-walk')).toEqual([across(8), across(2)])
})

test('gan: both losses are finite', async () => {
  const line = await run('gan', '256', '1')
  expect(line).toMatch(/^epoch 1: discriminator \d+\.\d{3}, generator \d+\.\d{3}$/)
  expect(picture('gan-samples')).toEqual([across(8), across(2)])
})

describe('own_model', () => {
  test.each(MODELS)('%s', async (name) => {
    const lines = (await run('own_model', name, '640', '2')).split('\n')
    const figures = lines.map((line) => Object.values(JSON.parse(line.slice(line.indexOf('{'))) as Record<string, number>))
    expect(figures).toHaveLength(2)
    expect(figures.flat().every(Number.isFinite)).toBe(true)
    if (LEARNED.includes(name)) expect(figures[1]![0]).toBeLessThan(figures[0]![0]!)
    expect(picture(`${name}-samples`)).toEqual([across(10), across(2)])
    if (name !== 'wgan_gp' && name !== 'conditional_vae') {
      expect(picture(`${name}-reconstructions`)).toEqual([across(8), across(2)])
    }
  })
})

test('conditional', async () => {
  expect(await run('conditional', '640', '1')).toBe('wrote conditional-samples.png')
  expect(picture('conditional-samples')).toEqual([across(10), across(2)])
})

test('reproduce: both digests are one', async () => {
  const [whole, parts] = (await run('reproduce', '640')).split('\n')
  expect(whole).toMatch(/^[0-9a-f]{64}$/)
  expect(parts).toBe(whole)
})

test('best: the figures of the best epoch are those that are kept', async () => {
  const [losses, best] = (await run('best', '640', '3')).split('\n')
  const all = losses!.match(number)!.map(Number)
  const [epoch, loss] = best!.match(number)!.map(Number)
  expect(all).toHaveLength(3)
  expect(loss).toBeCloseTo(all[epoch! - 1]!, 1)
  expect(all[epoch! - 1]).toBe(Math.min(...all))
})

test('export: an ONNX file', async () => {
  const [, name, bytes] = /^(\S+): (\d+) bytes$/.exec(await run('export', '256', '1'))!
  expect(readFileSync(join(folder, name!))).toHaveLength(Number(bytes))
})

test('worker: three epochs, a digest', async () => {
  const lines = (await run('worker')).split('\n')
  expect(lines).toHaveLength(4)
  const epochs = lines.slice(0, 3).map((line) => line.split(' ').map(Number))
  expect(epochs.map(([epoch, , pixels]) => [epoch, pixels])).toEqual([[1, 12544], [2, 12544], [3, 12544]])
  expect(epochs.every(([, loss], i) => loss! > 0 && (i === 0 || loss! < epochs[i - 1]![1]!)), lines.join('\n')).toBe(true)
  expect(lines[3]).toMatch(/^[0-9a-f]{64}$/)
})

test('pictures: those of two folders are two classes', async () => {
  for (const name of ['dark', 'light']) {
    mkdirSync(join(folder, 'mine', name), { recursive: true })
    for (let i = 0; i < 8; i++) {
      const pixels = Uint8Array.from({ length: 40 * 36 * 3 }, (_, at) => (name === 'dark' ? 0 : 150) + ((at * (i + 3)) % 100))
      writeFileSync(join(folder, 'mine', name, `${i}.png`), encodePng({ width: 40, height: 36, channels: 3, pixels }))
    }
  }
  const [found, history] = (await run('pictures', 'mine', '3')).split('\n')
  expect(found).toBe('16 pictures of 32x32x3, classes: dark, light')
  expect(history!.match(number)!).toHaveLength(3)
  expect(picture('pictures-samples')).toEqual([across(4, 32), across(4, 32)])
})

test('graph: the plane', async () => {
  const [, loss, a, b] = /^(\S+) Float32Array\(2\) \[ (\S+), (\S+) \]$/.exec(await run('graph'))!.map(Number)
  expect(loss).toBeLessThan(1e-6)
  expect(a).toBeCloseTo(2, 3)
  expect(b).toBeCloseTo(-3, 3)
})
