// A run's files among its user's: what counts as empty, what force removes, and what is in the way.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { contentsOf, look, prepareRunFolder } from '../../src/node/run_files.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ganglion-files-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a run that was killed before its first save left nothing that counts; what a user put there does', async () => {
  mkdirSync(join(folder, 'samples'))
  const left = [
    '.config.json.12.3.tmp', '.state.safetensors.12.3.tmp', '..commit.12.3.tmp', 'samples/.epoch-0000.png.12.3.tmp',
    `.lock.12.${'a'.repeat(12)}.7.${'b'.repeat(16)}`,
  ]
  for (const name of left) writeFileSync(join(folder, name), '')
  expect(await contentsOf(folder)).toEqual([])
  for (const name of ['.commit', 'config.json', '.notes.12.3.tmp', 'samples/mine.png']) {
    writeFileSync(join(folder, name), '')
    expect(await contentsOf(folder)).toEqual([name.split('/')[0]])
    rmSync(join(folder, name))
  }
  expect(await contentsOf(join(folder, 'none'))).toEqual([])
})

test('temporaries of a picture that a command draws just now are not left over', async () => {
  for (const pid of [process.pid, 4194305]) writeFileSync(join(folder, `.sample.png.${pid}.3.tmp`), '')
  expect((await look(folder)).temporaries).toEqual(['.sample.png.4194305.3.tmp'])
})

describe('prepareRunFolder', () => {
  test('force removes the run of the best epoch too, what a killed process left of it too; a user\'s files stay', async () => {
    const run = join(folder, 'run')
    const fill = (...more: string[]) => {
      mkdirSync(join(run, 'best'), { recursive: true })
      const own = ['config.json', 'best/config.json', 'best/weights.safetensors', 'best/.state.safetensors.12.3.tmp']
      for (const name of [...own, ...more]) writeFileSync(join(run, name), '')
    }
    fill()
    await prepareRunFolder(run, { force: true })
    expect(readdirSync(run)).toEqual([])
    fill('best/mine.txt')
    await prepareRunFolder(run, { force: true })
    expect(readdirSync(run, { recursive: true })).toEqual(['best', 'best/mine.txt'])
    // A link is nobody's.
    rmSync(join(run, 'best'), { recursive: true })
    mkdirSync(join(folder, 'elsewhere'))
    writeFileSync(join(folder, 'elsewhere', 'config.json'), '')
    symlinkSync(join(folder, 'elsewhere'), join(run, 'best'))
    await prepareRunFolder(run, { force: true })
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['config.json'])
  })

  test.each(['link', 'link/run'])('a link to what is not there is said: %s', async (name) => {
    symlinkSync(join(folder, 'gone'), join(folder, 'link'))
    await expect(prepareRunFolder(join(folder, name))).rejects.toThrow(new GanglionError(
      `cannot prepare run folder "${join(folder, name)}": "${join(folder, 'link')}" is a link to what is not there; ` +
      'make its target, or give another folder'))
    expect(readdirSync(folder)).toEqual(['link'])
  })
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
    const own = ['.weights.safetensors.12.3.tmp', '..commit.12.3.tmp', 'samples/.epoch-0001.png.12.0.tmp']
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
      new GanglionError(`cannot prepare run folder "${samples}": a file of that name is in the way; ` +
        'move it away, or choose another folder'),
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

  const pictures = ['samples/epoch-0001.png', 'samples/epoch-0002.png']
  const all = ['config.json', 'digest.txt', 'weights.safetensors', 'checksums.txt', ...pictures]
  test.each(['checksums.txt', 'config.json', 'samples/epoch-0001.png'])('a folder in the place of %s, likewise', async (name) => {
    mkdirSync(join(folder, 'samples'))
    for (const other of all) if (other !== name) writeFileSync(join(folder, other), other)
    mkdirSync(join(folder, name))
    await expect(prepareRunFolder(folder, { force: true })).rejects.toThrow(
      new GanglionError(`cannot prepare run folder "${join(folder, name)}": a folder of that name is in the way; ` +
        'move it away, or choose another folder'),
    )
    for (const other of all) expect(existsSync(join(folder, other)), other).toBe(true)
  })
})
