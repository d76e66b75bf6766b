// `ganglion bench --compare`: ratios, what is within the spread, warnings, and files that are no reports.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, test } from 'vitest'
import type { BenchReport, Figure, KernelRow } from '../../src/bench/index.ts'
import { ganglion } from '../cli/ganglion.ts'

const folder = mkdtempSync(join(tmpdir(), 'ganglion-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const figure = (low: number, median: number, high: number): Figure =>
  ({ median, quartiles: [low, high], windows: [low, median, high] })
const kernel = (name: string, ms: Figure, digest = 'aa'): KernelRow =>
  ({ name, ms, digest, gflops: 1, ofPeak: 0.5, gigabytesPerSecond: 1, result: 'same' })
const report: BenchReport = {
  format: 'ganglion-bench-1', ganglion: '0.1.0', core: 'c0', precision: 'deterministic', threads: 1,
  threadsReason: '', quick: false, seconds: 1, machine: { engine: 'Node 20', cores: 2, cpu: 'A', system: 'linux' },
  peak: figure(39, 40, 41), bandwidth: [{ name: 'fill', ms: figure(1, 1.1, 1.2), gigabytesPerSecond: 20 }],
  kernels: [kernel('matmul', figure(1.9, 2, 2.1)), kernel('exp', figure(0.9, 1, 1.1)), kernel('old', figure(1, 1, 1))],
  models: [],
}
const other: BenchReport = {
  ...report,
  peak: figure(78, 80, 82),
  kernels: [kernel('matmul', figure(2.9, 3, 3.2)), kernel('exp', figure(1, 1.05, 1.2)), kernel('new', figure(1, 1, 1))],
}

it('says the ratio of each line, and what is within the spread', async () => {
  const [a, b] = [file('a.json', report), file('b.json', other)]
  const { code, stdout, stderr } = await ganglion(['bench', '--compare', a, b])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^peak +0\.025 +0\.013 +0\.500 +faster$/m)
  expect(stdout).toMatch(/^memory: fill +1\.10 +1\.10 +1\.000 +within the spread$/m)
  expect(stdout).toMatch(/^matmul +2\.00 +3\.00 +1\.500 +slower$/m)
  expect(stdout).toMatch(/^exp +1\.00 +1\.05 +1\.050 +within the spread$/m)
  expect(stdout).toContain('In one of them only: old; new.')
  expect(stdout).not.toContain('Warning')
})

it('warns where the two cannot be compared', async () => {
  const machine = { engine: 'Deno 2', cores: 8, cpu: 'B', system: 'linux' }
  const kernels = [kernel('matmul', figure(1, 2, 3), 'bb')]
  const strange = file('c.json', { ...report, machine, kernels, quick: true, threads: 4 })
  const { stdout } = await ganglion(['bench', '--compare', file('a.json', report), strange])
  expect(stdout).toContain('Warning: the processors differ: A, 2 threads; B, 8 threads.')
  expect(stdout).toContain('Warning: the engines differ: Node 20; Deno 2.')
  expect(stdout).toContain('Warning: the numbers of threads differ: 1; 4.')
  expect(stdout).toContain('Warning: a quick run has few windows')
  expect(stdout).toContain('Warning: they computed different numbers: matmul.')
  expect(stdout).not.toContain('the systems differ')
})

const MEND = 'give a file that "ganglion bench --json FILE" wrote'
test.each([
  ['no.json', undefined, `cannot read "FILE"; ${MEND}`],
  ['text.json', 'hello', `"FILE" is not JSON; ${MEND}`],
  ['null.json', 'null', `"FILE" is no report ("format": "ganglion-bench-1"); ${MEND}`],
  ['else.json', { format: 'else' }, `"FILE" is no report ("format": "ganglion-bench-1"); ${MEND}`],
  ['half.json', { ...report, kernels: [{ name: 'x' }] }, '"FILE" is a report that lacks parts; ' +
    'measure again with "ganglion bench --json FILE"'],
])('refuses %s', async (name, content, message) => {
  const path = content === undefined ? join(folder, name) : file(name, content)
  const { code, stderr } = await ganglion(['bench', '--compare', path, path])
  expect([code, stderr]).toEqual([1, `ganglion: ${message.replace('"FILE"', `"${path}"`)}\n`])
})

it('refuses to measure for a folder that is not there', async () => {
  const path = join(folder, 'nowhere', 'a.json')
  const { code, stderr } = await ganglion(['bench', '--json', path])
  expect(code).toBe(1)
  const where = join(folder, 'nowhere')
  expect(stderr).toBe(`ganglion: cannot write "${path}": the folder "${where}" does not exist; create it first\n`)
})
