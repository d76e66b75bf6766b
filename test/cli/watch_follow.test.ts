// What `ganglion watch` reads of metrics.jsonl while another process writes it, and whom it answers.
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
const epochs = async (follower: Follower) => {
  const { fresh, lines } = await follower.next()
  return [fresh, ...lines.map(({ epoch }) => epoch)]
}

test('only what is new is given while the file grows, also where a longer file replaces it', async () => {
  writeFileSync(path, line(1) + line(2))
  const follower = new Follower(path)
  expect(await epochs(follower)).toEqual([true, 1, 2])
  expect(await epochs(follower)).toEqual([false])
  appendFileSync(path, line(3))
  expect(await epochs(follower)).toEqual([false, 3])
  writeFileSync(`${path}.new`, line(1) + line(2) + line(3) + line(4))
  renameSync(`${path}.new`, path)
  expect(await epochs(follower)).toEqual([false, 4])
})

test('a line that is not whole waits, within a character too, and one that is no JSON is left out', async () => {
  const whole = Buffer.from(`${JSON.stringify({ epoch: 2, note: '神' })}\n`)
  writeFileSync(path, Buffer.concat([Buffer.from(line(1)), whole.subarray(0, -4)]))
  const follower = new Follower(path)
  expect(await epochs(follower)).toEqual([true, 1])
  appendFileSync(path, whole.subarray(-4))
  appendFileSync(path, `{"epoch":\n[]\nnull\n\n${line(3)}`)
  expect(await epochs(follower)).toEqual([false, 2, 3])
})

test('all is given again where the file was cut, changed, or removed and made again', async () => {
  writeFileSync(path, line(1) + line(2))
  const follower = new Follower(path)
  await follower.next()
  truncateSync(path, line(1).length)
  expect(await epochs(follower)).toEqual([true, 1])
  writeFileSync(path, line(7, 2) + line(8))
  expect(await epochs(follower)).toEqual([true, 7, 8])
  rmSync(path)
  await expect(follower.next()).rejects.toMatchObject({ code: 'ENOENT' })
  writeFileSync(path, line(7, 2) + line(8))
  expect(await epochs(follower)).toEqual([true, 7, 8])
})

test('5,000 epochs of more than a part of a file are each given once', async () => {
  const all = Array.from({ length: 5000 }, (_, i) => `${line(i + 1).slice(0, -2)},"filler":"${'x'.repeat(250)}"}\n`).join('')
  expect(all.length).toBeGreaterThan(2 ** 20)
  writeFileSync(path, all)
  const follower = new Follower(path)
  expect((await follower.next()).lines.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
  appendFileSync(path, line(5001))
  expect(await epochs(follower)).toEqual([false, 5001])
})

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
