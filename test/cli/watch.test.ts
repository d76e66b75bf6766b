// The command `watch`, and `train --watch`: what they say, how they end, and that nothing is written.
import { createServer, type AddressInfo } from 'node:net'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
const VAE = ['train', 'vae', '--limit-first', '64', '--batch-size', '32', '--epochs', '2', '--quiet']
beforeAll(async () => {
  at = place()
  expect((await ganglion([...VAE, '--out', at.in('runs', 'vae')])).code).toBe(0)
  mkdirSync(at.in('empty'))
})
afterAll(() => at.remove())

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//

/** All names below a folder, with when they were changed. */
const listing = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  .map((name) => [name, statSync(`${folder}/${name}`).mtimeMs])

test('it says one address, ends with Ctrl-C, and has written nothing', async () => {
  const before = listing(at.in('runs'))
  const { code, stdout, stderr } = await ganglion(['watch', at.in('runs')], { signal: 'SIGINT' })
  expect(code).toBe(130)
  expect(stdout).toMatch(new RegExp(`^${ADDRESS.source}\n$`))
  expect(stderr).toBe('ganglion: one run, shown at the address above to browsers on this machine; Ctrl-C ends it\n')
  expect(listing(at.in('runs'))).toEqual(before)
})

test('a page that is open does not keep the command from ending', async () => {
  let asked = false
  const { code, signal } = await spawned(['watch', 'runs'], at.path, (child, { stdout }) => {
    if (asked || !stdout.endsWith('\n')) return
    asked = true
    void fetch(`${stdout.trim()}events`).then(async ({ body }) => {
      await body!.getReader().read()
      child.kill('SIGINT')
    })
  })
  expect([code, signal]).toEqual([130, null])
})

const inUse = (port: string) => `ganglion: port ${port} is in use; give another by --port, or leave it out\n`
async function taken<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = createServer()
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
  try {
    return await use(String((server.address() as AddressInfo).port))
  } finally {
    server.close()
  }
}

test('what is no run, and a port that is taken, are said in a sentence', async () => {
  const fails = async (...args: string[]) => {
    const { code, stdout, stderr } = await ganglion(['watch', ...args])
    expect([code, stdout]).toEqual([1, ''])
    return stderr
  }
  expect(await fails(at.in('none'))).toMatch(/^ganglion: ".*none" is missing, expected the folder of a run, or one of runs;/)
  expect(await fails(at.in('empty'))).toMatch(/^ganglion: there is no run in ".*empty": .*\n$/)
  expect(await fails(at.in('runs', 'vae', 'config.json'))).toMatch(/config\.json" is a file, expected the folder of a run/)
  await taken(async (port) => {
    expect(await fails(at.in('runs'), '--port', port)).toBe(inUse(port))
  })
})

test('train --watch says an address and trains to the same bits', async () => {
  const { code, stdout, stderr } = await ganglion([...VAE, '--out', at.in('watched'), '--watch'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('digest')])
  expect(stderr).toMatch(new RegExp(`^ganglion: the run is shown at ${ADDRESS.source} to browsers on this machine\n$`))
  expect(readFileSync(at.in('watched', 'digest.txt'), 'utf8')).toBe(readFileSync(at.in('runs', 'vae', 'digest.txt'), 'utf8'))
  expect(readFileSync(at.in('watched', 'config.json'), 'utf8')).not.toContain('watch ')
})

test('train --watch at a port that is taken writes nothing', async () => {
  await taken(async (port) => {
    const { code, stderr } = await ganglion([...VAE, '--out', at.in('refused'), '--watch', '--port', port])
    expect([code, stderr]).toEqual([1, inUse(port)])
  })
  expect(readdirSync(at.path)).not.toContain('refused')
})
