// A wrong answer does not count: with one golden digest changed, the command shows it, keeps the file, and fails.
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import type { BenchReport } from '../../src/bench/index.ts'
import { ganglion } from '../cli/ganglion.ts'

vi.mock('../../src/bench/golden.ts', async (original) => {
  const { golden } = await original<{ golden: Record<string, string> }>()
  return { golden: { ...golden, 'vae 128': '0'.repeat(64) } }
})
const file = join(tmpdir(), `ganglion-bench-${process.pid}.json`)
afterAll(() => rmSync(file, { force: true }))

it('ganglion bench --quick --json', async () => {
  const { code, stdout, stderr } = await ganglion(['bench', '--quick', '--json', file])
  expect(stderr).toMatch(/^ganglion: 1 of the results is not the golden one: vae 128; /)
  expect(code).toBe(1)
  expect(stdout).toMatch(/^vae 128 .* DIFFERENT$/m)
  expect(stdout).toMatch(/^gan 128 .* same$/m)
  expect(stdout).toContain('These results are not the golden ones, so their speed does not count: vae 128.')
  const report = JSON.parse(readFileSync(file, 'utf8')) as BenchReport
  const found = Object.fromEntries(report.models.map(({ model, result }) => [model, result]))
  expect(found).toEqual({ autoencoder: 'same', gan: 'same', vae: 'different' })
})
