// README's programs run as they are written, against dist, from a folder whose node_modules holds nothing but ganglion.
// One line is changed: the first program's dataset is the first 2000 digits, for four epochs of all take too long here.
// Its table of entries has the budgets' sizes.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
// An edge worker's is run by test/runtimes.
const programs = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, text]) => text!)
  .filter((text) => !text.includes('export default'))

const folder = mkdtempSync(join(tmpdir(), 'ganglion-readme-'))
mkdirSync(join(folder, 'node_modules'))
symlinkSync(root, join(folder, 'node_modules', 'ganglion'), 'dir')
afterAll(() => rmSync(folder, { recursive: true }))

async function run(text: string, name: string): Promise<string[]> {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, text)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}

const [first, worker, graph] = programs as [string, string, string]

it('has three programs: a first one, one in a worker, a graph', () => {
  expect(programs).toHaveLength(3)
  expect([/ganglion\/node/, /createTrainer/, /gradients\(/].map((what, i) => what.test(programs[i]!))).toEqual([true, true, true])
})

it('the first trains a VAE and prints a loss an epoch and the digest', async () => {
  const whole = "await loadDataset('mnist')"
  expect(first.split(whole)).toHaveLength(2)
  const lines = await run(first.replace(whole, `(await import('ganglion')).take(${whole}, 2000)`), 'first')
  expect(lines).toHaveLength(5)
  const losses = lines.slice(0, 4).map((line) => Number(line.split(' ')[1]))
  expect(losses.every((loss, i) => loss > 0 && (i === 0 || loss < losses[i - 1]!)), lines.join('\n')).toBe(true)
  expect(lines[4]).toMatch(/^[0-9a-f]{16,}$/)
})

it('the graph fits a plane', async () => {
  const [line] = await run(graph, 'graph')
  const [loss, a, b] = line!.match(/^(\S+) Float32Array\(2\) \[ (\S+), (\S+) \]$/)!.slice(1).map(Number)
  expect(loss).toBeLessThan(1e-6)
  expect(a).toBeCloseTo(2, 3)
  expect(b).toBeCloseTo(-3, 3)
})

it('the one in a worker trains', async () => {
  const lines = await run(worker, 'worker')
  expect(lines).toHaveLength(4)
  const epochs = lines.slice(0, 3).map((line) => line.split(' ').map(Number))
  expect(epochs.map(([epoch, , pixels]) => [epoch, pixels])).toEqual([[1, 12544], [2, 12544], [3, 12544]])
  expect(epochs.every(([, loss], i) => loss! > 0 && (i === 0 || loss! < epochs[i - 1]![1]!)), lines.join('\n')).toBe(true)
  expect(lines[3]).toMatch(/^[0-9a-f]{64}$/)
})

interface Budget {
  readonly name: string
  readonly limit: string
}

describe('the sizes of its entries are the budgets of .size-limit.js', async () => {
  const href = new URL('../.size-limit.js', import.meta.url).href
  const { default: budgets } = await import(href) as { readonly default: readonly Budget[] }
  test.each([
    ['ganglion', ['ganglion: all of it, the core inside', 'ganglion: a program that trains a VAE, the core inside']],
    ['ganglion/slim', ['ganglion/slim']],
    ['ganglion/api', ['ganglion/api', 'ganglion/slim and ganglion/api: a program that trains a VAE']],
    ['ganglion/export', ['ganglion/export: what is there before a format is chosen']],
    ['ganglion/metrics', ['ganglion/metrics']],
    ['ganglion/models', ['ganglion/models: all of it, without a core']],
    ['ganglion/safetensors', ['ganglion/safetensors']],
    ['ganglion/idx', ['ganglion/idx']],
    ['ganglion/pictures', ['ganglion/pictures: all of it, without a decoder']],
    ['ganglion/npy', ['ganglion/npy']],
    ['ganglion/npz', ['ganglion/npz']],
    ['ganglion/worker', ["ganglion/worker: the page's side", "ganglion/worker: the worker's file, the core inside"]],
    ['ganglion/worker/serve', ['ganglion/worker/serve: all of it, the core inside']],
    ['ganglion/verify', ['ganglion/verify: all of it, the core inside']],
    ['ganglion/bench', ['ganglion/bench: all of it, the core inside']],
    ['ganglion/ganglion.wasm', ['ganglion.wasm', 'ganglion-threads.wasm', 'ganglion-wide.wasm']],
  ])('%s', (entry, names) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${entry}\``))!
    const limits = names.map((name) => budgets.find((budget) => budget.name === name)?.limit)
    expect(row.match(/[\d.]+ kB/g)).toEqual(limits)
  })
})
