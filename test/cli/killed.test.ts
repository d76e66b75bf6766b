// What befalls a run folder: kills, full disks, links, folders that vanish. `npm run torture` does the first at random.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doomed, ganglion, place, type Place, spawned, writeImages } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

const TRAIN = ['train', 'vae', '--data', 'images', '--batch-size', '8', '--hidden', '8', '--latent', '2', '--quiet']
const LONG = ['train', 'vae', '--data', 'many', '--batch-size', '16', '--hidden', '64', '--json']
const EVERY_CHUNK = ['--save-every', '0.000001']
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const hidden = (run: string) => (readdirSync(at.in(run), { recursive: true }) as string[]).filter((name) => /(^|\/)\./.test(name))
const lines = (run: string) => read(run, 'metrics.jsonl').trimEnd().split('\n')
  .map((line) => JSON.parse(line) as { from: number, step: number, complete: boolean })

/** At a call of the file system in the folder `run` it meets its fate. */
const fated = (args: readonly string[], fate: object) => doomed(args, at.path, { in: at.in('run'), ...fate })

test('killed before its first save, a run leaves a folder that the next one takes', async () => {
  const { signal } = await fated([...TRAIN, '--out', 'run', '--epochs', '1'], { call: 40 })
  expect(signal).toBe('SIGKILL')
  expect(hidden('run').length).toBeGreaterThan(3)
  expect(existsSync(at.in('run', 'config.json'))).toBe(false)
  expect(await spawned([...TRAIN, '--out', 'run', '--epochs', '1'], at.path)).toMatchObject({ code: 0, stderr: '' })
  expect(hidden('run')).toEqual([])
})

test('killed within an epoch, a run goes on from there to the same end', async () => {
  await spawned([...TRAIN, '--out', 'whole', '--epochs', '2'], at.path)
  const { signal } = await fated([...TRAIN, '--out', 'run', '--epochs', '2', ...EVERY_CHUNK], { call: 150 })
  expect(signal).toBe('SIGKILL')
  expect(hidden('run')).not.toEqual([])
  expect((await ganglion(['sample', at.in('run'), '--out', at.in('sample.png')])).code).toBe(0)
  expect(hidden('run')).toEqual([])
  expect((await ganglion(['evaluate', at.in('run')])).code).toBe(0)
  expect(lines('run').at(-1)).toMatchObject({ complete: false })
  expect(await spawned(['train', '--resume', 'run', '--quiet'], at.path)).toMatchObject({ code: 0, stderr: '' })
  for (const name of ['digest.txt', 'checksums.txt', 'config.json']) expect(read('run', name)).toBe(read('whole', name))
  expect(hidden('run')).toEqual([])
  // Each step is in one line.
  expect(lines('run').map(({ from }) => from)).toEqual([0, ...lines('run').map(({ step }) => step)].slice(0, -1))
  expect(lines('run').filter(({ complete }) => complete).map(({ step }) => step)).toEqual([12, 24])
})

const LOGS = ['--log-every', '2', '--sample-every', '7', '--tensorboard']
test.each<[what: string, only: string, call: number, args: readonly string[], step: number]>([
  ["an epoch's picture", 'epoch-0002.png', 1, [], 24],
  ['a picture within an epoch', 'step-000014.png', 1, LOGS, 14],
  ['figures within an epoch', 'tfevents', 120, LOGS, -1],
])('a disk that has no room for %s does not cost what was learned', async (_, only, call, args, step) => {
  const { code, stderr } = await fated([...TRAIN, ...args, '--out', 'run', '--epochs', '3'], { call, fate: 'full', only })
  const [, file, kept] = new RegExp('^ganglion: cannot write "run/(.*)": the disk is full; free some space and try again ' +
    '\\("run" keeps the run as it was after step (\\d+)\\)\n$').exec(stderr) ?? []
  expect([code, file]).toEqual([1, expect.stringContaining(only)])
  if (step > 0) expect(Number(kept)).toBe(step)
  else expect(Number(kept) % 12, `step ${kept}`).toBeGreaterThan(0)
  expect(lines('run').filter(({ complete }) => complete !== undefined).at(-1)!.step).toBe(Number(kept))
  expect(await spawned(['train', '--resume', 'run', '--quiet'], at.path)).toMatchObject({ code: 0, stderr: '' })
  await spawned([...TRAIN, '--out', 'whole', '--epochs', '3'], at.path)
  expect(read('run', 'digest.txt')).toBe(read('whole', 'digest.txt'))
})

test('a disk that has no room for an event file: nothing stays', async () => {
  const fate = { call: 1, fate: 'full', only: 'tfevents' }
  const { code, stderr } = await fated([...TRAIN, ...LOGS, '--out', 'run', '--epochs', '3'], fate)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ganglion: cannot write "run\/events\..*": the disk is full; free some space and try again\n$/)
  expect(existsSync(at.in('run'))).toBe(false)
})

test('pictures are not written through a link, neither when a run goes on nor while it trains', async () => {
  await spawned([...TRAIN, '--out', 'run', '--epochs', '1'], at.path)
  rmSync(at.in('run', 'samples'), { recursive: true })
  mkdirSync(at.in('elsewhere'))
  symlinkSync(at.in('elsewhere'), at.in('run', 'samples'))
  const refusal = (run: string) => `ganglion: "${run}/samples" is a link, and pictures are not written through it; ` +
    'put a folder in its place, or remove it'
  const before = read('run', 'digest.txt')
  const { code, stderr } = await spawned(['train', '--resume', 'run', '--epochs', '2', '--quiet'], at.path)
  expect([code, stderr]).toEqual([1, `${refusal('run')}\n`])
  expect([read('run', 'digest.txt'), readdirSync(at.in('elsewhere'))]).toEqual([before, []])

  writeImages(at.in('many'), 20_000, 6)
  const args = [...LONG, '--epochs', '2', '--out', 'two']
  let linked = false
  const second = await spawned(args, at.path, (_, { stdout }) => {
    if (linked || !stdout.includes('"start"')) return
    linked = true
    renameSync(at.in('two', 'samples'), at.in('was'))
    symlinkSync(at.in('elsewhere'), at.in('two', 'samples'))
  })
  expect(second.code).toBe(1)
  expect(second.stderr).toBe(`${refusal('two')} ("two" keeps the run as it was after step 1250)\n`)
  expect(readdirSync(at.in('elsewhere'))).toEqual([])
})

test.each([
  ['removed', () => rmSync(at.in('run'), { recursive: true })],
  ['moved away, and another is there', () => { renameSync(at.in('run'), at.in('old')); mkdirSync(at.in('run')) }],
])('a folder that is %s while a run is trained into it: the run is said to be lost', async (_, lose) => {
  writeImages(at.in('many'), 20_000, 6)
  const args = [...LONG, '--epochs', '50', '--out', 'run']
  let done = false
  const { code, stderr } = await spawned(args, at.path, (_, { stdout }) => {
    if (done || !stdout.includes('"start"')) return
    done = true
    lose()
  })
  expect([code, stderr]).toEqual([1, 'ganglion: the folder "run" was removed or replaced while a run was trained into it; ' +
    'what was learned is lost: train again\n'])
  if (existsSync(at.in('run'))) expect(readdirSync(at.in('run'))).toEqual([])
})

test('a run of an older version is shown, judged, and goes on; what its process left is gone then', async () => {
  cpSync('test/golden/old_run', at.in('run'), { recursive: true })
  writeImages(at.in('images'), 48, 4)
  // More than a system has (PID_MAX_LIMIT).
  writeFileSync(at.in('run', '.lock'), JSON.stringify({ pid: 4_194_305, host: hostname(), id: 'x' }))
  const left = ['.state.safetensors.77.3.tmp', 'samples/.epoch-0003.png.77.4.tmp']
  for (const name of left) writeFileSync(at.in('run', name), 'half')
  expect((await ganglion(['sample', at.in('run')])).code).toBe(0)
  expect(readFileSync(at.in('run', 'sample.png')).equals(readFileSync(at.in('run', 'samples', 'epoch-0002.png')))).toBe(true)
  expect((await ganglion(['evaluate', at.in('run'), '--data', at.in('images')])).stdout).toMatch(/^loss /)
  const before = read('run', 'metrics.jsonl')
  expect(await ganglion(['train', '--resume', at.in('run'), '--data', at.in('images'), '--epochs', '3', '--quiet']))
    .toMatchObject({ code: 0, stderr: '' })
  // What the version that wrote it had after three epochs.
  expect(read('run', 'digest.txt')).toBe('c8def29f73587b1cda4b7ab399021ada6e56bf1af6d7ce454dca03cdbb5ad0de\n')
  expect(read('run', 'metrics.jsonl').startsWith(before)).toBe(true)
  expect(hidden('run')).toEqual([])
})
