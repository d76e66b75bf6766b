// Which runs `ganglion watch` shows, and what it says that they were told.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunConfig } from '../../src/checkpoint/config.ts'
import { findRuns, MOST_RUNS } from '../../src/cli/watch/find.ts'
import { toldOf } from '../../src/cli/watch/told.ts'

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

test('a run says what it was told, as texts', () => {
  const config: RunConfig = {
    format: 1, model: { kind: 'vae', options: { latent: 20, learningRate: { schedule: 'cosine' } } },
    data: { source: 'mnist', count: 9, sha256: '', load: { limit: 9 } }, training: { seed: 1, epochs: 3, augment: undefined },
    software: { ganglion: '0', core: '0', node: '0' },
  }
  expect(toldOf(config)).toEqual([
    ['model', 'vae'], ['latent', '20'], ['learningRate', '{"schedule":"cosine"}'], ['data', 'mnist'], ['images', '9'],
    ['limit', '9'], ['seed', '1'], ['epochs', '3'],
  ])
})
