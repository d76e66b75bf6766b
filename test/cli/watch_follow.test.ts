// What `ganglion watch` reads of metrics.jsonl while another process writes it, and whom it answers.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Follower } from '../../src/cli/watch/follow.ts'
import { admitted, newToken } from '../../src/cli/watch/gate.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  path = join(folder, 'metrics.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const line = (epoch: number, loss = 1): string =>
  `${JSON.stringify({ epoch, from: epoch - 1, step: epoch, metrics: { loss } })}\n`
/** How many lines stay, and the epochs of those that come after them. */
const epochs = async (follower: Follower) => {
  const { keep, lines } = await follower.next()
  return [keep, ...lines.map(({ epoch }) => epoch)]
}
/** As training does it: the file is replaced. */
const replace = (text: string) => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

test('only what is new is given while the file grows, also where a longer file replaces it', async () => {
  writeFileSync(path, line(1) + line(2))
  const follower = new Follower(path)
  expect(await epochs(follower)).toEqual([0, 1, 2])
  expect(await epochs(follower)).toEqual([2])
  appendFileSync(path, line(3))
  expect(await epochs(follower)).toEqual([2, 3])
  replace(line(1) + line(2) + line(3) + line(4))
  expect(await epochs(follower)).toEqual([3, 4])
})

test('a line that is not whole waits, within a character too, and one that is no JSON is left out', async () => {
  const whole = Buffer.from(`${JSON.stringify({ epoch: 2, note: '神' })}\n`)
  writeFileSync(path, Buffer.concat([Buffer.from(line(1)), whole.subarray(0, -4)]))
  const follower = new Follower(path)
  expect(await epochs(follower)).toEqual([0, 1])
  appendFileSync(path, whole.subarray(-4))
  appendFileSync(path, `{"epoch":\n[]\nnull\n\n${line(3)}`)
  expect(await epochs(follower)).toEqual([1, 2, 3])
})

test('a line of a part of an epoch that goes when the run is saved: what is before it stays', async () => {
  const part = line(3).replace('}\n', ',"complete":false}\n')
  const many = Array.from({ length: 300 }, (_, i) => line(i + 4)).join('')
  replace(line(1) + line(2) + part)
  const follower = new Follower(path)
  expect(await epochs(follower)).toEqual([0, 1, 2, 3])
  replace(line(1) + line(2) + part + line(3) + many)
  expect((await epochs(follower)).slice(0, 3)).toEqual([3, 3, 4])
  replace(line(1) + line(2) + line(3) + many)
  const [keep, ...again] = await epochs(follower)
  expect([keep, again.length, again[0], again.at(-1)]).toEqual([2, 301, 3, 303])
})

test('all is given again where the file was cut, changed, or removed and made again', async () => {
  writeFileSync(path, line(1) + line(2))
  const follower = new Follower(path)
  await follower.next()
  truncateSync(path, line(1).length)
  expect(await epochs(follower)).toEqual([1])
  writeFileSync(path, line(7, 2) + line(8))
  expect(await epochs(follower)).toEqual([0, 7, 8])
  rmSync(path)
  await expect(follower.next()).rejects.toMatchObject({ code: 'ENOENT' })
  writeFileSync(path, line(7, 2) + line(8))
  expect(await epochs(follower)).toEqual([0, 7, 8])
})

test('what is no file is refused, and does not hold anyone up; so is a line without an end', async () => {
  execFileSync('mkfifo', [path])
  await expect(new Follower(path).next()).rejects.toThrow(/is a device, a FIFO or a socket/)
  replace('x'.repeat(2 ** 20 + 1))
  await expect(new Follower(path).next()).rejects.toThrow(/has a line of more than 1048576 bytes/)
})

test('after 10,000 epochs an update reads no more than before: the last 64 kB, and what is new', async () => {
  const all = Array.from({ length: 10_000 }, (_, i) => `${line(i + 1).slice(0, -2)},"filler":"${'x'.repeat(150)}"}\n`).join('')
  expect(all.length).toBeGreaterThan(2 ** 20)
  writeFileSync(path, all)
  const follower = new Follower(path)
  expect((await follower.next()).lines.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1))
  const read = vi.spyOn(await fileHandle(), 'read')
  try {
    replace(all + line(10_001))
    expect(await epochs(follower)).toEqual([10_000, 10_001])
    expect(await epochs(follower)).toEqual([10_001])
    const bytes = read.mock.calls.reduce((sum, [buffer]) => sum + (buffer as unknown as Uint8Array).length, 0)
    expect(bytes).toBe(2 ** 16 + line(10_001).length)
  } finally {
    read.mockRestore()
  }
})

/** What all open files have their methods from. */
async function fileHandle(): Promise<FileHandle> {
  const file = await open(path)
  await file.close()
  return Object.getPrototypeOf(file) as FileHandle
}

test('who has the token and a name of this machine is let in, and nobody else', () => {
  const token = newToken()
  expect(token).toMatch(/^[0-9a-f]{32}$/)
  expect(newToken()).not.toBe(token)
  const ask = (host: string | undefined, url: string) => admitted(token, 7070, host, url)
  expect(ask('127.0.0.1:7070', `/${token}/runs?x=1`)).toBe('runs')
  expect(ask('localhost:7070', `/${token}`)).toBe('')
  for (const host of [undefined, '', 'evil.test', 'evil.test:7070', '127.0.0.1', '127.0.0.1:7071', '127.0.0.1:7070.evil.test']) {
    expect(ask(host, `/${token}/`), String(host)).toMatchObject([403, /expected the host 127\.0\.0\.1:7070/])
  }
  for (const url of ['/', '', '/runs', `/${token}x/`, `/${token.slice(1)}/`, `//${token}/`, `/?${token}`]) {
    expect(ask('127.0.0.1:7070', url), url).toMatchObject([403, /the token in the address/])
  }
})
