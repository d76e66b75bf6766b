// The server of `ganglion watch`: whom it answers, what can be asked for, and that news of a run come by events.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serveRuns, type WatchServer } from '../../src/cli/watch/server.ts'

const line = (epoch: number): string => `${JSON.stringify({ epoch, from: epoch - 1, step: epoch, metrics: { loss: epoch } })}\n`
let folder: string
let server: WatchServer
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  mkdirSync(join(folder, 'samples'))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({
    format: 1, model: { kind: 'vae', options: {} }, training: { seed: 1 }, software: { ganglion: '0', core: '0', node: '0' },
  }))
  writeFileSync(join(folder, 'metrics.jsonl'), line(1))
  writeFileSync(join(folder, 'samples', 'epoch-0001.png'), 'a picture')
  server = await serveRuns([{ name: 'vae', path: folder }], 0)
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
    response.setEncoding('utf8').on('data', (part: string) => { text += part }).on('end', () => done([response.statusCode!, text]))
  })
  request.on('error', fail)
})

test('a picture comes by the number of its run and its epoch, and nothing else does', async () => {
  expect(await ask('/TOKEN/picture/0/samples/1')).toEqual([200, 'a picture'])
  for (const path of ['picture/1/samples/1', 'picture/0/samples/2', 'picture/0/samples/../../config.json', '../config.json',
    'picture/0/samples/%2e%2e', 'config.json', 'picture/-1/samples/1']) expect((await ask(`/TOKEN/${path}`))[0], path).toBe(404)
  expect((await ask('/picture/0/samples/1'))[0]).toBe(403)
  expect((await ask('/TOKEN/picture/0/samples/1', { host: 'evil.test' }))[0]).toBe(403)
})

test('a page is told of the run, and of what is new while it trains', async () => {
  const reader = (await fetch(`${server.address}events`)).body!.getReader()
  const next = async () => JSON.parse(new TextDecoder().decode((await reader.read()).value).slice(6)) as object
  expect(await next()).toMatchObject({ run: 0, name: 'vae', last: { epoch: 1 } })
  appendFileSync(join(folder, 'metrics.jsonl'), line(2))
  expect(await next()).toMatchObject({ run: 0, last: { epoch: 2 }, points: [{ step: 1 }, { step: 2 }] })
  await reader.cancel()
})

test('a port that is taken is said in a sentence', async () => {
  const { port } = new URL(server.address)
  await expect(serveRuns([], Number(port))).rejects.toThrow(`port ${port} is in use; give another by --port`)
})
