// Files that are larger than what may be in memory: read while they train, to the bits of memory, also where a run is killed and
// goes on.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesFrom } from '../../src/cli/large_data.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { encodePictureSet } from '../../src/pictures/set.ts'
import { place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeEach(async () => {
  at = place()
  const images = Uint8Array.from({ length: 100 * 36 }, (_, i) => Math.imul(i, 2654435761) >>> 24)
  writeFileSync(at.in('large.npy'), encodeNpy({ shape: [100, 6, 6], data: images }))
  const labels = Uint32Array.from({ length: 100 }, (_, i) => i % 2)
  writeFileSync(at.in('set.safetensors'), await encodePictureSet(
    { name: 'set', images, shape: [6, 6, 1], count: 100, labels, classes: 2, classNames: ['a', 'b'] },
    { name: 'set', images: images.subarray(0, 360), shape: [6, 6, 1], count: 10, labels: labels.subarray(0, 10), classes: 2 }))
})
afterEach(() => at.remove())

const TRAIN = ['train', 'vae', '--batch-size', '8', '--hidden', '8', '--latent', '2', '--epochs', '2']
const MEMORY = ['--memory', '1kB']
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const data = (run: string) => (JSON.parse(read(run, 'config.json')) as { data: { sha256: string, count: number } }).data

test.each([
  ['large.npy', []], ['set.safetensors', []], ['large.npy', ['--validation', '0.2']], ['set.safetensors', ['--limit', '60']],
])('%s %j: the run is the same', async (file, more) => {
  const args = [...TRAIN, '--data', file, ...more]
  await spawned([...args, '--quiet', '--out', 'memory'], at.path)
  const { code, stderr } = await spawned([...args, ...MEMORY, '--out', 'file'], at.path)
  expect([code, stderr]).toEqual([0, expect.stringMatching(
    new RegExp(`${file.replace('.', '\\.')}: \\d+ images of 6x6x1 take 0\\.0 MB and are read from the file while they train`))])
  expect(read('file', 'digest.txt')).toBe(read('memory', 'digest.txt'))
  expect(data('file')).toEqual(data('memory'))
  for (const picture of ['epoch-0002.png', 'reconstruction-epoch-0002.png']) {
    expect(read('file', 'samples', picture)).toBe(read('memory', 'samples', picture))
  }
}, 60_000)

test('what commands show of a run is the same, of images that stay in their file', async () => {
  const run = ['--max-bytes', '1000']
  for (const file of ['large.npy', 'set.safetensors']) {
    await spawned([...TRAIN, '--data', file, '--quiet', '--force', '--out', 'run'], at.path)
    for (const more of [['--count', '8'], ['--seed', '3', '--count', '5']]) {
      const draw = (name: string, ...limit: string[]) =>
        spawned(['reconstruct', 'run', ...more, '--out', name, ...limit], at.path)
      expect((await draw('memory.png')).code).toBe(0)
      expect(await draw('file.png', ...run)).toMatchObject({ code: 0, stderr: '' })
      expect(read('file.png')).toBe(read('memory.png'))
    }
  }
  // The set has ten test images, the array none.
  const judge = async (...args: string[]) => spawned(['evaluate', 'run', '--samples', '0', ...args], at.path)
  expect((await judge(...run)).stdout).toBe((await judge()).stdout)
  const { code, stderr } = await judge('--data', 'large.npy', ...run)
  expect([code, stderr.trim()]).toEqual([1, 'ganglion: the images of "large.npy" take 3600 bytes and have to be in memory; ' +
    'give --max-bytes 3600, or fewer of them'])
  expect((await judge('--data', 'large.npy', '--max-bytes', '3600')).code).toBe(0)
}, 60_000)

test('what is small enough after --limit is in memory', async () => {
  const { stderr } = await spawned([...TRAIN, '--data', 'large.npy', '--limit', '20', ...MEMORY, '--out', 'run'], at.path)
  expect(stderr).not.toContain('are read from the file')
})

test('a run that is killed within an epoch goes on from the file', async () => {
  const args = ['--data', 'large.npy', '--quiet']
  await spawned([...TRAIN, ...args, '--out', 'whole'], at.path)
  await spawned([...TRAIN, ...args, ...MEMORY, '--out', 'one', '--epochs', '1'], at.path)
  await spawned(['train', '--resume', 'one', '--epochs', '2', ...MEMORY, '--quiet'], at.path)
  expect(read('one', 'digest.txt')).toBe(read('whole', 'digest.txt'))
  // Killed once its first state within an epoch is saved, and figures are written, which are told before.
  const slow = [...args, '--save-every', '0.01', '--log-every', '1']
  const long = [...TRAIN, ...slow, ...MEMORY, '--epochs', '9999', '--json', '--out', 'killed'].filter((arg) => arg !== '--quiet')
  const written = () => existsSync(at.in('killed', 'metrics.jsonl')) && read('killed', 'metrics.jsonl').endsWith('\n')
  await spawned(long, at.path, (child, { stdout }) => { if (stdout.includes('"epoch"') && written()) child.kill('SIGKILL') })
  const { from = 0 } = JSON.parse(read('killed', 'metrics.jsonl').trimEnd().split('\n').at(-1)!) as { from?: number }
  const epochs = String(Math.floor(from / 13) + 3)
  await spawned(['train', '--resume', 'killed', '--epochs', epochs, ...MEMORY, '--quiet'], at.path)
  await spawned([...TRAIN, ...args, '--epochs', epochs, '--out', 'again'], at.path)
  expect(read('killed', 'digest.txt')).toBe(read('again', 'digest.txt'))
}, 60_000)

test('--dry-run of a file that stays on disk: the room of what is in memory, and nothing is written', async () => {
  // More than the window on a file holds, 8 MiB.
  writeFileSync(at.in('nine.npy'), encodeNpy({ shape: [3000, 56, 56], data: new Uint8Array(3000 * 3136) }))
  const dry = async (...more: string[]) => {
    const args = [...TRAIN, '--data', 'nine.npy', '--dry-run', '--json', '--out', 'dry', ...more]
    const { code, stdout } = await spawned(args, at.path)
    expect(code).toBe(0)
    return JSON.parse(stdout) as { images: number, stepsPerEpoch: number, bytes: { images: number }, secondsPerEpoch: number }
  }
  const [memory, file] = [await dry(), await dry('--memory', '1MB')]
  expect([file.images, file.stepsPerEpoch]).toEqual([3000, 375])
  expect([memory.images, memory.stepsPerEpoch]).toEqual([3000, 375])
  expect([memory.bytes.images, file.bytes.images]).toEqual([3000 * 3136, Math.floor(2 ** 23 / 3136) * 3136])
  expect(file.secondsPerEpoch).toBeGreaterThan(0)
  expect(existsSync(at.in('dry'))).toBe(false)
}, 180_000)

test.each([
  [['--workers', '2'], 'have to be in memory; give --memory 3600'],
  [['--memory', '12 GB'], '--memory expected bytes, 512MB or 2GB'],
  [['--size', '4'], 'holds images as they are, no pictures to prepare; leave out --size'],
])('%j is refused', async (more, message) => {
  const { code, stderr } = await spawned([...TRAIN, '--data', 'large.npy', ...MEMORY, ...more, '--out', 'run'], at.path)
  expect([code === 0, stderr]).toEqual([false, expect.stringContaining(message)])
})

test('bytes with units', () => {
  expect(['7', '2kB', '512MB', '3gb'].map(bytesFrom)).toEqual([7, 2000, 512_000_000, 3_000_000_000])
  for (const bad of ['', '0', '-1', '1.5GB', '1TB', '9999999999999GB']) expect(() => bytesFrom(bad)).toThrow(RangeError)
})
