// Trainings at the same time: each has a folder of its own, or says who has it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadRun } from '../../src/node/index.ts'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

const SMALL = ['--batch-size', '32', '--hidden', '8', '--latent', '2', '--quiet']
const train = (...args: string[]) => ['train', 'vae', '--data', at.in('images'), ...SMALL, ...args]
const dead = () => spawnSync(process.execPath, ['-e', '']).pid
const lock = (holder: object) => {
  mkdirSync(at.in('run'), { recursive: true })
  writeFileSync(at.in('run', '.lock'), JSON.stringify(holder))
}

test('without --out, they take runs/vae, runs/vae-2, runs/vae-3', async () => {
  const all = await Promise.all([1, 2, 3].map((seed) => spawned(train('--epochs', '20', '--seed', `${seed}`), at.path)))
  expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']))
  expect(readdirSync(at.in('runs')).sort()).toEqual(['vae', 'vae-2', 'vae-3'])
  const runs = await Promise.all(['vae', 'vae-2', 'vae-3'].map((name) => loadRun(at.in('runs', name), { state: true })))
  expect(runs.map(({ config }) => config.training.seed).sort()).toEqual([1, 2, 3])
})

test('into one folder by force: the second is refused, the first is whole', async () => {
  let second: Promise<Awaited<ReturnType<typeof spawned>>> | undefined
  const first = await spawned(train('--epochs', '100000', '--out', 'run', '--force', '--json'), at.path, (child, { stdout }) => {
    if (!stdout.includes('"start"') || second) return
    second = spawned(train('--epochs', '1', '--out', 'run', '--force'), at.path)
    void second.then(() => child.kill('SIGINT'))
  })
  expect((await second!).stderr).toMatch(
    /^ganglion: the folder "run" is in use: process \d+ trains into it; wait for its end or choose another folder, or delete "run\/\.lock\.[\w.]+" if there is no such process\n$/,
  )
  expect([first.code, (await second!).code]).toEqual([130, 1])
  expect(readFileSync(at.in('run', 'config.json'), 'utf8')).toContain('"epochs": 100000')
  await loadRun(at.in('run'), { state: true })
  expect(readdirSync(at.in('run')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('in one process too', async () => {
  const args = train('--epochs', '50', '--out', at.in('run'), '--force')
  const codes = (await Promise.all([ganglion(args), ganglion(args)])).map(({ code }) => code)
  expect(codes.sort()).toEqual([0, 1])
  await loadRun(at.in('run'), { state: true })
})

test.each([
  ['of a process that was killed', () => ({ pid: dead(), host: hostname(), id: 'x' })],
  ['of an earlier process with the same number', () => ({ pid: process.pid, host: hostname(), id: 'x' })],
])('a lock %s is taken over', async (_, holder) => {
  lock(holder())
  expect(await ganglion(train('--epochs', '1', '--out', at.in('run')))).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(at.in('run')).filter((name) => name.startsWith('.'))).toEqual([])
})

test.each([
  ['a living process', () => ({ pid: process.ppid, host: hostname(), id: 'x' }), /: process \d+ trains into it; /],
  ['another computer', () => ({ pid: 1, host: 'elsewhere', id: 'x' }), /: process 1 on elsewhere trains into it; /],
])('a lock of %s is not', async (_, holder, message) => {
  lock(holder())
  const { code, stderr } = await ganglion(train('--epochs', '1', '--out', at.in('run'), '--force'))
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
  expect(readdirSync(at.in('run'))).toEqual(['.lock'])
})
