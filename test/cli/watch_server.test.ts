// The server of `ganglion watch`: whom it answers, what can be asked for, and that news of runs come by events.
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Found } from '../../src/cli/watch/find.ts'
import { Runs } from '../../src/cli/watch/runs.ts'
import { serveRuns, type WatchServer } from '../../src/cli/watch/server.ts'
import { Watched } from '../../src/cli/watch/watched.ts'

const line = (epoch: number): string => `${JSON.stringify({ epoch, from: epoch - 1, step: epoch, metrics: { loss: epoch } })}\n`
let folder: string
let server: WatchServer
let found: Found[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  mkdirSync(join(folder, 'samples'))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({
    format: 1, model: { kind: 'vae', options: {} }, training: { seed: 1 }, software: { ganglion: '0', core: '0', node: '0' },
  }))
  writeFileSync(join(folder, 'metrics.jsonl'), line(1))
  writeFileSync(join(folder, 'samples', 'epoch-0001.png'), 'a picture')
  writeFileSync(join(folder, 'samples', 'reconstruction-step-000040.png'), 'another')
  found = [{ name: 'vae', path: folder }]
  server = await serveRuns([...found], () => Promise.resolve(found), 0)
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As it is written: fetch would take ".." out of a path. */
const ask = (path: string, headers = {}) => new Promise<[number, string]>((done, fail) => {
  const { port, hostname, pathname } = new URL(server.address)
  const request = get({ port, hostname, path: path.replace('TOKEN/', pathname.slice(1)), headers }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => { text += part })
    response.on('end', () => done([response.statusCode!, text]))
  })
  request.on('error', fail)
})

test('a picture comes by the numbers of its run and its epoch or step, and nothing else does', async () => {
  expect(await ask('/TOKEN/picture/0/samples/epoch/1')).toEqual([200, 'a picture'])
  expect(await ask('/TOKEN/picture/0/reconstruction/step/40')).toEqual([200, 'another'])
  for (const path of ['picture/0/samples/step/40', 'picture/0/samples/40', 'picture/1/samples/epoch/1',
    'picture/0/samples/epoch/2', 'picture/0/samples/epoch/../../config.json', '../config.json',
    'picture/0/samples/epoch/%2e%2e', 'config.json', 'picture/-1/samples/epoch/1']) {
    expect((await ask(`/TOKEN/${path}`))[0], path).toBe(404)
  }
  expect((await ask('/picture/0/samples/epoch/1'))[0]).toBe(403)
  expect((await ask('/TOKEN/picture/0/samples/epoch/1', { host: 'evil.test' }))[0]).toBe(403)
})

test('no link leads out of the run: neither a picture nor the folder of pictures; a run may be named by one', async () => {
  const away = mkdtempSync(join(tmpdir(), 'ganglion-secret-'))
  try {
    writeFileSync(join(away, 'epoch-0003.png'), 'secret')
    symlinkSync(join(away, 'epoch-0003.png'), join(folder, 'samples', 'epoch-0002.png'))
    symlinkSync(folder, join(away, 'named'))
    found.push({ name: 'named', path: join(away, 'named') })
    await (await events()).next(2)
    expect((await ask('/TOKEN/picture/0/samples/epoch/2'))[0]).toBe(404)
    expect(await ask('/TOKEN/picture/1/samples/epoch/1')).toEqual([200, 'a picture'])
    rmSync(join(folder, 'samples'), { recursive: true })
    symlinkSync(away, join(folder, 'samples'))
    expect((await ask('/TOKEN/picture/0/samples/epoch/3'))[0]).toBe(404)
  } finally {
    rmSync(away, { recursive: true })
  }
})

/** Listens as a page does. */
async function events() {
  const ended = new AbortController()
  const reader = (await fetch(`${server.address}events`, { signal: ended.signal })).body!.getReader()
  let text = ''
  return {
    close: () => ended.abort(),
    /** The next ones, each a run's news. */
    async next(count: number): Promise<Record<string, unknown>[]> {
      while (text.split('\n\n').length <= count) text += new TextDecoder().decode((await reader.read()).value)
      const all = text.split('\n\n')
      text = all.slice(count).join('\n\n')
      return all.slice(0, count).map((each) => JSON.parse(each.slice(6)) as Record<string, unknown>)
    },
  }
}

test('a page is told of the run, then of what is new alone; another one of all', async () => {
  const first = await events()
  expect(await first.next(1)).toMatchObject([{ run: 0, name: 'vae', keep: 0, rows: [{ epoch: 1 }] }])
  appendFileSync(join(folder, 'metrics.jsonl'), line(2))
  expect(await first.next(1)).toMatchObject([{ run: 0, keep: 1, rows: [{ epoch: 2 }] }])
  const second = await events()
  expect(await second.next(1)).toMatchObject([{ run: 0, keep: 0, rows: [{ epoch: 1 }, { epoch: 2 }] }])
})

test('a run that begins while pages listen is told of, and keeps its number', async () => {
  const page = await events()
  await page.next(1)
  cpSync(folder, `${folder}-more`, { recursive: true })
  try {
    found.unshift({ name: 'more', path: `${folder}-more` })
    expect(await page.next(1)).toMatchObject([{ run: 1, name: 'more' }])
  } finally {
    rmSync(`${folder}-more`, { recursive: true })
  }
})

test('a page that goes before the run was read is told of nothing, and the runs rest when none listens', async () => {
  const told: number[] = []
  const looks = vi.spyOn(Watched.prototype, 'look')
  try {
    const runs = new Runs(found, () => Promise.resolve(found))
    runs.listen((run) => told.push(run))()
    const end = await new Promise<() => void>((done) => {
      const end = runs.listen(() => done(() => end()))
    })
    expect(told).toEqual([])
    end()
    await wait(700)
    const before = looks.mock.calls.length
    await wait(700)
    expect(looks.mock.calls.length).toBe(before)
  } finally {
    looks.mockRestore()
  }
})

test('the page is there, under its policy, with a slash or without', async () => {
  const response = await fetch(server.address)
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
  expect(await response.text()).not.toMatch(/<style|<script(?![^>]*src=)| style=| on\w+=|https?:/)
  expect((await fetch(server.address.slice(0, -1))).url).toBe(server.address)
  for (const file of ['page.js', 'page.css', 'icon.svg']) expect((await fetch(server.address + file)).status, file).toBe(200)
  expect((await fetch(server.address, { method: 'POST' })).status).toBe(405)
})

test('what concerns codes is refused in a sentence where a run has none, and not found where there is no run', async () => {
  for (const path of ['map/0', 'decoded/0/AAAA']) {
    const [status, text] = await ask(`/TOKEN/${path}`)
    expect([status, text], path).toEqual([409, expect.stringMatching(/weights\.safetensors" is missing/)])
  }
  for (const path of ['map/1', 'decoded/1/AAAA', 'decoded/0/', 'decoded/0/a.b', 'map/..']) {
    expect((await ask(`/TOKEN/${path}`))[0], path).toBe(404)
  }
})

test('a port that is taken is said in a sentence', async () => {
  const { port } = new URL(server.address)
  const another = serveRuns([], () => Promise.resolve([]), Number(port))
  await expect(another).rejects.toThrow(`port ${port} is in use; give another by --port`)
})
