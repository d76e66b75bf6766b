// Files as a crash would find them: all or nothing, no temporary left over.
// Full and read-only disks are played by a failing `open` or file handle, because tests may run as root, without mounts.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { removeFolders, writeFileAtomic } from '../../src/node/files.ts'

const fail = vi.hoisted(() => ({ open: '', sync: '', synced: [] as string[] }))
vi.mock('node:fs/promises', async original => {
  const fs = await original<typeof import('node:fs/promises')>()
  const error = (code: string): Error => Object.assign(new Error(`${code}: played`), { code })
  return {
    ...fs,
    open: async (path: string, flags: string): Promise<FileHandle> => {
      if (fail.open) throw error(fail.open)
      const file = await fs.open(path, flags)
      const sync = file.sync.bind(file)
      file.sync = async () => {
        if (fail.sync) throw error(fail.sync)
        fail.synced.push(path)
        return sync()
      }
      return file
    },
  }
})

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ganglion-files-')) })
afterEach(() => {
  Object.assign(fail, { open: '', sync: '', synced: [] })
  rmSync(folder, { recursive: true, force: true })
})

describe('writeFileAtomic', () => {
  test('writes bytes and text, replaces, syncs the file and then its folder, leaves nothing else', async () => {
    const path = join(folder, 'weights.safetensors')
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3))
    expect([...readFileSync(path)]).toEqual([1, 2, 3])
    await writeFileAtomic(path, 'é\n')
    expect([...readFileSync(path)]).toEqual([0xc3, 0xa9, 10])
    expect(readdirSync(folder)).toEqual(['weights.safetensors'])
    const temporary = expect.stringMatching(/\/\.weights\.safetensors\.\d+\.\d+\.tmp$/)
    expect(fail.synced).toEqual([temporary, folder, temporary, folder])
  })

  test('many writes of one path at a time: one of them, whole', async () => {
    const path = join(folder, 'f')
    await Promise.all([1, 2, 3, 4].map(n => writeFileAtomic(path, new Uint8Array(100_000).fill(n))))
    const bytes = readFileSync(path)
    expect(bytes.length).toBe(100_000)
    expect(new Set(bytes).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['f'])
  })

  test.each([
    ['open', 'EROFS', 'the file system is read-only; choose another folder'],
    ['open', 'EACCES', 'permission denied; choose a folder that you may write to'],
    ['open', 'ENOSPC', 'the disk is full; free some space and try again'],
    ['sync', 'ENOSPC', 'the disk is full; free some space and try again'],
    ['sync', 'EIO', 'EIO: played'],
  ] as const)('%s fails with %s: the old file stays, the temporary goes', async (step, code, why) => {
    const path = join(folder, 'f')
    writeFileSync(path, 'old')
    fail[step] = code
    const error = await writeFileAtomic(path, 'new').catch(e => e)
    expect(error).toBeInstanceOf(GanglionError)
    expect(error.message).toBe(`cannot write "${path}": ${why}`)
    expect(error.cause.code).toBe(code)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['f'])
  })

  test('a missing folder, a file for a folder, a folder for a file', async () => {
    const missing = join(folder, 'no', 'f')
    await expect(writeFileAtomic(missing, 'x')).rejects
      .toThrow(new GanglionError(`cannot write "${missing}": its folder does not exist; create the folder first`))
    writeFileSync(join(folder, 'file'), '')
    const under = join(folder, 'file', 'f')
    await expect(writeFileAtomic(under, 'x')).rejects
      .toThrow(new GanglionError(`cannot write "${under}": a part of its path is a file, not a folder; choose another path`))
    const directory = join(folder, 'directory')
    mkdirSync(directory)
    await expect(writeFileAtomic(directory, 'x')).rejects
      .toThrow(new GanglionError(`cannot write "${directory}": it is a folder; give the name of a file`))
    expect(readdirSync(folder).sort()).toEqual(['directory', 'file'])
  })
})

describe('removeFolders', () => {
  test('removes empty folders up to one, and stops at one that is not empty', async () => {
    mkdirSync(join(folder, 'a', 'b', 'c'), { recursive: true })
    await removeFolders(join(folder, 'a', 'b', 'c'), join(folder, 'a', 'b'))
    expect(readdirSync(folder)).toEqual(['a'])
    mkdirSync(join(folder, 'a', 'b', 'c'), { recursive: true })
    writeFileSync(join(folder, 'a', 'kept'), '')
    await removeFolders(join(folder, 'a', 'b', 'c'), folder)
    expect(readdirSync(join(folder, 'a'))).toEqual(['kept'])
  })
})
