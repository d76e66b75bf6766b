// Files as a crash would find them: all or nothing, no temporary left over, and only a run's own files removed.
// Full and read-only disks are played by a failing `open` or file handle, because tests may run as root, without mounts.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { appendLine, prepareRunFolder, removeFolders, writeFileAtomic, writeFilesAtomic } from '../../src/node/files.ts'

const fail = vi.hoisted(() => ({ open: '', sync: '', after: 0, synced: 0 }))
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
        if (fail.sync && fail.synced >= fail.after) throw error(fail.sync)
        fail.synced++
        return sync()
      }
      return file
    },
  }
})

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ganglion-files-')) })
afterEach(() => {
  Object.assign(fail, { open: '', sync: '', after: 0, synced: 0 })
  rmSync(folder, { recursive: true, force: true })
})

describe('writeFileAtomic', () => {
  test('writes bytes and text, replaces, syncs, leaves nothing else', async () => {
    const path = join(folder, 'weights.safetensors')
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3))
    expect([...readFileSync(path)]).toEqual([1, 2, 3])
    await writeFileAtomic(path, 'é\n')
    expect([...readFileSync(path)]).toEqual([0xc3, 0xa9, 10])
    expect(readdirSync(folder)).toEqual(['weights.safetensors'])
    expect(fail.synced).toBe(2)
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

describe('writeFilesAtomic', () => {
  const paths = () => ['a', 'b', 'c'].map((name) => join(folder, name))
  const contents = () => paths().map((path) => readFileSync(path, 'utf8'))

  test.each([0, 1, 2])('a disk that is full at file %i: none is replaced, no temporary stays', async (after) => {
    for (const path of paths()) writeFileSync(path, 'old')
    Object.assign(fail, { sync: 'ENOSPC', after })
    await expect(writeFilesAtomic(paths().map((path) => [path, 'new']))).rejects.toThrow(
      new GanglionError(`cannot write "${paths()[after]}": the disk is full; free some space and try again`),
    )
    expect(contents()).toEqual(['old', 'old', 'old'])
    expect(readdirSync(folder)).toEqual(['a', 'b', 'c'])
    fail.sync = ''
    await writeFilesAtomic(paths().map((path) => [path, 'new']))
    expect(contents()).toEqual(['new', 'new', 'new'])
    expect(readdirSync(folder)).toEqual(['a', 'b', 'c'])
  })

  test('a folder in the place of the last: none is replaced', async () => {
    writeFileSync(join(folder, 'a'), 'old')
    mkdirSync(join(folder, 'c'))
    await expect(writeFilesAtomic(paths().map((path) => [path, 'new']))).rejects.toThrow('it is a folder; give the name of a')
    expect(readdirSync(folder)).toEqual(['a', 'c'])
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old')
  })
})

describe('prepareRunFolder', () => {
  test('makes a folder with its parents, and takes an empty one', async () => {
    const path = join(folder, 'a', 'b')
    await prepareRunFolder(path)
    expect(readdirSync(path)).toEqual([])
    await prepareRunFolder(path)
    expect(existsSync(path)).toBe(true)
  })

  test('says which folders it made; removes them when it cannot make all', async () => {
    const [top, file] = [join(folder, 'new'), join(folder, 'hello.png')]
    writeFileSync(file, '')
    expect(await prepareRunFolder(join(top, 'b', 'c'))).toBe(top)
    expect(await prepareRunFolder(join(top, 'b', 'c'))).toBeUndefined()
    const refusal = (path: string) =>
      `cannot prepare run folder "${path}": a file of that name is in the way; choose another path`
    for (const path of [`${folder}/a/b/../../hello.png/x`, `${folder}/hello.png/x/y`]) {
      await expect(prepareRunFolder(path)).rejects.toThrow(new GanglionError(refusal(path)))
    }
    // A name too long for a folder, below two that can be made.
    await expect(prepareRunFolder(join(folder, 'a', 'b', 'x'.repeat(300)))).rejects.toThrow('its name is too long')
    expect(readdirSync(folder).sort()).toEqual(['hello.png', 'new'])
    await prepareRunFolder(`${folder}/no/../yes`)
    expect(readdirSync(folder).sort()).toEqual(['hello.png', 'new', 'yes'])
  })

  test('removes empty folders up to one, and stops at one that is not empty', async () => {
    mkdirSync(join(folder, 'a', 'b', 'c'), { recursive: true })
    await removeFolders(join(folder, 'a', 'b', 'c'), join(folder, 'a', 'b'))
    expect(readdirSync(folder)).toEqual(['a'])
    mkdirSync(join(folder, 'a', 'b', 'c'), { recursive: true })
    writeFileSync(join(folder, 'a', 'kept'), '')
    await removeFolders(join(folder, 'a', 'b', 'c'), folder)
    expect(readdirSync(join(folder, 'a'))).toEqual(['kept'])
  })

  test('refuses a folder that holds anything, and leaves it alone', async () => {
    writeFileSync(join(folder, 'metrics.jsonl'), '{}\n')
    const refusal = (more: string): Error => new GanglionError(`the folder "${folder}" is not empty: ` +
      `it holds ${more}; choose another, or use force to replace the files of an earlier run`)
    await expect(prepareRunFolder(folder)).rejects.toThrow(refusal('"metrics.jsonl"'))
    writeFileSync(join(folder, 'config.json'), '{}')
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    await expect(prepareRunFolder(folder, { force: false })).rejects.toThrow(refusal('"config.json" and 2 more'))
    expect(readdirSync(folder).length).toBe(3)
  })

  test('force removes what a run writes and nothing else', async () => {
    const outside = join(folder, 'outside')
    const run = join(folder, 'run')
    for (const path of [outside, run, join(run, 'samples'), join(run, 'data')]) mkdirSync(path)
    const own = ['config.json', 'metrics.jsonl', 'weights.safetensors', 'state.safetensors', 'digest.txt', 'checksums.txt']
    const pictures = ['samples/epoch-0000.png', 'samples/epoch-12345.png', 'samples/reconstruction-epoch-0001.png']
    const others = ['notes.txt', 'weights.safetensors.bak', 'data/digest.txt', '.env', 'samples/mine.png', 'samples/epoch-1.png']
    for (const name of [...own, ...pictures, ...others]) writeFileSync(join(run, name), name)
    await prepareRunFolder(run, { force: true })
    expect(readdirSync(run).sort()).toEqual(['.env', 'data', 'notes.txt', 'samples', 'weights.safetensors.bak'])
    expect(readdirSync(join(run, 'samples')).sort()).toEqual(['epoch-1.png', 'mine.png'])
    for (const name of others) expect(readFileSync(join(run, name), 'utf8')).toBe(name)
    rmSync(join(run, 'samples'), { recursive: true })
    mkdirSync(join(run, 'samples'))
    writeFileSync(join(run, 'samples', 'epoch-0001.png'), '')
    await prepareRunFolder(run, { force: true })
    expect(existsSync(join(run, 'samples'))).toBe(false)
    writeFileSync(join(outside, 'kept'), '')
    symlinkSync(outside, join(run, 'samples'))
    await prepareRunFolder(run, { force: true })
    expect(existsSync(join(run, 'samples'))).toBe(false)
    expect(readdirSync(outside)).toEqual(['kept'])
  })

  test('force removes the temporaries of a run that was killed', async () => {
    const own = ['.weights.safetensors.12.3.tmp', 'samples/.epoch-0001.png.12.0.tmp']
    const others = ['.notes.12.3.tmp', '.weights.safetensors.tmp', 'samples/.mine.png.1.2.tmp']
    mkdirSync(join(folder, 'samples'))
    for (const name of [...own, ...others]) writeFileSync(join(folder, name), '')
    await prepareRunFolder(folder, { force: true })
    expect(readdirSync(folder).sort()).toEqual(['.notes.12.3.tmp', '.weights.safetensors.tmp', 'samples'])
    expect(readdirSync(join(folder, 'samples'))).toEqual(['.mine.png.1.2.tmp'])
  })

  test('refuses a file in the place of samples, before anything is removed', async () => {
    const samples = join(folder, 'samples')
    for (const name of ['samples', 'digest.txt']) writeFileSync(join(folder, name), 'mine')
    await expect(prepareRunFolder(folder, { force: true })).rejects.toThrow(
      new GanglionError(`cannot prepare run folder "${samples}": a file of that name is in the way; choose another path`),
    )
    expect(readdirSync(folder).sort()).toEqual(['digest.txt', 'samples'])
  })

  test('refuses a file in its place', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'mine')
    await expect(prepareRunFolder(path, { force: true })).rejects
      .toThrow(new GanglionError(`cannot prepare run folder "${path}": a file of that name is in the way; choose another path`))
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })
})

describe('appendLine', () => {
  test('creates the file, then adds to it', async () => {
    const path = join(folder, 'metrics.jsonl')
    await appendLine(path, '{"step":1}')
    await appendLine(path, '{"step":2}')
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"step":2}\n')
  })

  test('refuses two lines, and says why a file cannot be written', async () => {
    await expect(appendLine(join(folder, 'f'), 'a\nb')).rejects
      .toThrow(new RangeError('appendLine: line expected no newline, got "a\\nb"'))
    expect(readdirSync(folder)).toEqual([])
    await expect(appendLine(folder, 'a')).rejects
      .toThrow(new GanglionError(`cannot write "${folder}": it is a folder; give the name of a file`))
  })

  test.runIf(existsSync('/dev/full'))('a disk that is really full', async () => {
    await expect(appendLine('/dev/full', 'a')).rejects
      .toThrow(new GanglionError('cannot write "/dev/full": the disk is full; free some space and try again'))
  })
})
