// Commits cut short at each of their calls of the file system, as a kill would do it: all of the old files, or all of the new
// ones, before they are finished and after, and nothing else. No call answers once a process is dead.
import { execFileSync } from 'node:child_process'
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { commit, recover, viewOf } from '../../src/node/commit.ts'
import { contentsOf } from '../../src/node/run_files.ts'

const process_ = vi.hoisted(() => ({ left: Infinity, half: false, calls: [] as string[] }))
vi.mock('node:fs/promises', async original => {
  const fs = await original<typeof import('node:fs/promises')>()
  const live = <T>(name: string, call: () => T, half?: () => T): T => {
    if (process_.left-- <= 0) {
      if (process_.left === -1 && process_.half) half?.()
      throw Object.assign(new Error('dead'), { code: 'EDEAD' })
    }
    process_.calls.push(name)
    return call()
  }
  const names = ['lstat', 'readdir', 'readFile', 'rename', 'rm'] as const
  const calls = names.map((name) => [name, async (path: string, ...more: unknown[]) => live(
    `${name} ${basename(path)}`, () => (fs[name] as (...all: unknown[]) => unknown)(path, ...more),
  )])
  return {
    ...fs,
    ...Object.fromEntries(calls),
    async open(path: string, flags: string): Promise<FileHandle> {
      const file = await live(`open ${basename(path)}`, () => fs.open(path, flags))
      const write = file.writeFile.bind(file)
      file.writeFile = async (data: string) => live(`write ${basename(path)}`, () => write(data), () => {
        writeFileSync(path, data.slice(0, data.length / 2))
        return Promise.resolve()
      })
      // What a kill leaves does not depend on it, and it takes long.
      file.sync = async () => live(`sync ${basename(path)}`, async () => {})
      return file
    },
  }
})

let top: string
beforeEach(() => { top = mkdtempSync(join(tmpdir(), 'ganglion-commit-')) })
afterEach(() => {
  Object.assign(process_, { left: Infinity, half: false, calls: [] })
  rmSync(top, { recursive: true, force: true })
})

const NAMES = ['state.safetensors', 'checksums.txt']
const FIRST = [...NAMES, 'config.json', 'samples/epoch-0000.png']
const filled = (names: readonly string[], text: string) => new Map(names.map((name) => [name, `${text} ${name}`]))
/** A folder as it is before a commit. */
function started(name: string): string {
  const folder = join(top, name)
  mkdirSync(join(folder, 'samples'), { recursive: true })
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  return folder
}
const files = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name !== 'samples').sort()
const text = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes).split(' ')[0]
const read = async (folder: string, names: readonly string[]) => {
  const view = await viewOf(folder)
  return Promise.all(names.map(async (name) => text(await view.read(name))))
}
/** Runs with a process that dies at call `n`; whether it did. */
async function dies(n: number, half: boolean, run: () => Promise<void>): Promise<boolean> {
  Object.assign(process_, { left: n, half })
  const error = await run().then(() => undefined, (error: Error) => error)
  const dead = process_.left < 0
  process_.left = Infinity
  if (error && !dead) throw error
  return dead
}

/** Cuts a commit at each call, and its recovery at each call too: what is seen before and after is one of the two. */
async function everyCut(
  prepare: (folder: string) => Promise<void>, change: (folder: string) => Promise<void>,
  seen: readonly string[], before: string | undefined, after: readonly string[],
): Promise<number> {
  const origin = started('origin')
  await prepare(origin)
  let committed = 0
  for (const half of [false, true]) {
    for (let n = 0, dead = true; dead; n++) {
      const folder = join(top, 'cut')
      rmSync(folder, { recursive: true, force: true })
      cpSync(origin, folder, { recursive: true })
      dead = await dies(n, half, () => change(folder))
      const found = new Set(await read(folder, seen))
      expect([...found], `call ${n}`).toHaveLength(1)
      const [text] = found
      expect([before, 'new']).toContain(text)
      if (committed && !half) expect(text).toBe('new')
      if (text === 'new') committed++
      if (text === undefined) expect(await contentsOf(folder)).toEqual(['notes.txt'])
      const cut = join(top, 'recovered')
      // Before a commit there is nothing to do but to remove files, in any order.
      for (let m = existsSync(join(folder, '.commit')) ? 0 : Infinity, again = true; again; m++) {
        rmSync(cut, { recursive: true, force: true })
        cpSync(folder, cut, { recursive: true })
        again = await dies(m, half, () => recover(cut))
        expect(new Set(await read(cut, seen)), `call ${n}, then ${m}`).toEqual(found)
        await recover(cut)
        expect(files(cut), `call ${n}, then ${m}`).toEqual(text === 'new' ? [...after, 'notes.txt'].sort() : files(origin))
        const written = seen.map((name) => join(cut, name)).filter((path) => existsSync(path))
        for (const path of written) expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(text)
      }
    }
  }
  return committed
}

describe('whatever the call at which a process is killed', () => {
  test('a save is the old one or the new one', async () => {
    const committed = await everyCut(
      (folder) => commit(folder, { files: filled(FIRST, 'old') }), (folder) => commit(folder, { files: filled(NAMES, 'new') }),
      NAMES, 'old', FIRST,
    )
    expect(committed).toBeGreaterThan(10)
  })

  test('a first save is there or not, and then the folder counts as empty', async () => {
    await everyCut(async () => {}, (folder) => commit(folder, { files: filled(FIRST, 'new') }), FIRST, undefined, FIRST)
  })

  test('a run that replaces another does so whole, its pictures too', async () => {
    const old = [...FIRST, 'samples/epoch-0001.png', 'samples/reconstruction-epoch-0001.png']
    await everyCut(
      (folder) => commit(folder, { files: filled(old, 'old') }),
      (folder) => commit(folder, { files: filled(FIRST, 'new'), removed: old }), FIRST, 'old', FIRST,
    )
  })
})

test('before the commit all is on the disk, and each name that was given is there before the journal goes', async () => {
  const folder = started('run')
  process_.calls = []
  await commit(folder, { files: filled(FIRST, 'new') })
  const tidy = (call: string) => call.replace(/\.\d+\.\d+\.tmp$/, '.tmp')
  const calls = process_.calls.map(tidy).filter((call) => /^(write|sync|rename|rm) /.test(call))
  const at = (call: string, from = 0) => {
    const found = calls.indexOf(call, from)
    expect(found, call).toBeGreaterThanOrEqual(0)
    return found
  }
  const committed = at('rename ..commit.tmp')
  for (const name of [...FIRST.map((name) => basename(name)), '.commit']) {
    expect(at(`write .${name}.tmp`)).toBeLessThan(at(`sync .${name}.tmp`))
    expect(at(`sync .${name}.tmp`)).toBeLessThan(at('sync run'))
  }
  for (const place of ['run', 'samples']) expect(at(`sync ${place}`)).toBeLessThan(committed)
  const synced = at('sync run', committed)
  const gone = at('rm .commit')
  const renames = FIRST.map((name) => at(`rename .${basename(name)}.tmp`))
  expect(synced).toBeLessThan(Math.min(...renames))
  expect(at('sync samples', Math.max(...renames))).toBeLessThan(gone)
  expect(at('sync run', Math.max(...renames))).toBeLessThan(gone)
  expect(at('sync run', gone)).toBe(calls.length - 1)
})

test('a folder in the place of a file: nothing is replaced', async () => {
  const folder = started('run')
  await commit(folder, { files: filled(['digest.txt'], 'old') })
  mkdirSync(join(folder, 'checksums.txt'))
  await expect(commit(folder, { files: filled(NAMES, 'new') })).rejects.toThrow(
    new GanglionError(`cannot write "${join(folder, 'checksums.txt')}": it is a folder; give the name of a file`))
  expect(await read(folder, ['digest.txt'])).toEqual(['old'])
  expect(files(folder)).toEqual(['checksums.txt', 'digest.txt', 'notes.txt'])
})

test('pictures that were to go through a link stay where they are', async () => {
  const folder = started('run')
  process_.calls = []
  await commit(folder, { files: filled(FIRST, 'old') })
  const calls = process_.calls.findIndex((call) => call.startsWith('rename ..commit')) + 1
  await dies(calls, false, () => commit(folder, { files: filled(FIRST, 'new') }))
  const elsewhere = join(top, 'elsewhere')
  cpSync(join(folder, 'samples'), elsewhere, { recursive: true })
  rmSync(join(folder, 'samples'), { recursive: true })
  symlinkSync(elsewhere, join(folder, 'samples'))
  const before = readdirSync(elsewhere)
  await recover(folder)
  expect(readdirSync(elsewhere)).toEqual(before)
  expect(await read(folder, NAMES)).toEqual(NAMES.map(() => 'new'))
})

test('a journal that no run wrote is refused, and nothing outside of the folder is touched', async () => {
  const folder = started('run')
  const path = join(folder, '.commit')
  const refusal = new GanglionError(`"${path}" is damaged: it is not what a run writes; copy the run again, or delete it`)
  writeFileSync(join(top, 'victim'), 'mine')
  const good = { id: '1.2', files: ['digest.txt'], removed: [] }
  for (const text of ['', 'null', '[]', '{', ...[
    { removed: ['../victim'] }, { removed: ['notes.txt'] }, { files: ['samples/../../victim'] }, { files: ['/etc/passwd'] },
    { id: '/../../x' }, { id: 3 }, { files: 'digest.txt' }, { removed: [7] },
  ].map((change) => JSON.stringify({ ...good, ...change }))]) {
    writeFileSync(path, text)
    await expect(recover(folder)).rejects.toThrow(refusal)
    await expect(viewOf(folder)).rejects.toThrow(refusal)
  }
  rmSync(path)
  mkdirSync(path)
  await expect(viewOf(folder)).rejects.toThrow(refusal)
  rmSync(path, { recursive: true })
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [path])
    await expect(viewOf(folder)).rejects.toThrow(refusal)
    rmSync(path)
  }
  expect([readFileSync(join(top, 'victim'), 'utf8'), files(folder)]).toEqual(['mine', ['notes.txt']])
})
