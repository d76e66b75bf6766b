// Which runs `ganglion watch` shows, and what it says of their options.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunConfig } from '../../src/checkpoint/config.ts'
import { differences } from '../../src/cli/watch/differ.ts'
import { findRuns, MOST_RUNS } from '../../src/cli/watch/find.ts'

let folder: string
const run = (...names: string[]) => {
  mkdirSync(join(folder, ...names), { recursive: true })
  writeFileSync(join(folder, ...names, 'config.json'), '{}')
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  run('one')
  run('sweep', '0002')
  run('sweep', '0001')
  mkdirSync(join(folder, 'sweep', 'notes'))
  mkdirSync(join(folder, 'empty'))
  writeFileSync(join(folder, 'file'), '')
  for (let i = 0; i <= MOST_RUNS; i++) run('many', String(i))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const found = async (...names: string[]) => (await findRuns(names.map((name) => join(folder, name)))).map(({ name }) => name)

test('a run, a folder of runs, and both: each run once', async () => {
  expect(await found('one')).toEqual(['one'])
  expect(await found('sweep', 'one', 'sweep/0001')).toEqual(['sweep/0001', 'sweep/0002', 'one'])
})

test('a folder without a run, a missing one, a file, and too many runs are refused in a sentence', async () => {
  await expect(found('empty')).rejects.toThrow(/^there is no run in ".*empty": neither it nor a folder in it has a config\.json/)
  await expect(found('none')).rejects.toThrow(/none" is missing, expected the folder of a run/)
  await expect(found('file')).rejects.toThrow(/file" is a file, expected the folder of a run/)
  await expect(found('many')).rejects.toThrow(`there are ${MOST_RUNS + 1} runs, and at most ${MOST_RUNS} are shown`)
})

test('the table has what differs, what a run lacks too, and nothing else', () => {
  const config = (options: object, seed: number): RunConfig => ({
    format: 1, model: { kind: 'vae', options: { latent: 20, ...options } }, training: { seed, epochs: 3 },
    software: { ganglion: '0', core: '0', node: '0' },
  })
  expect(differences([config({}, 1)])).toEqual([])
  expect(differences([config({ rate: { type: 'cosine' } }, 1), config({ latent: 2 }, 1)])).toEqual([
    { option: 'latent', values: ['20', '2'] }, { option: 'rate', values: ['{"type":"cosine"}', undefined] },
  ])
  expect(differences([config({}, 1), config({}, 2)])).toEqual([{ option: 'seed', values: ['1', '2'] }])
})
