// `ganglion swarm init`: a real nats-server takes what it writes, and a worker's login cannot do what a coordinator's can.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { Nats } from '../../src/node/nats.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
import { ganglion, main, place } from '../cli/ganglion.ts'
import { built } from '../dist.ts'
import { freePort, NatsServer, noNatsServer } from './nats_server.ts'

const WHY = noNatsServer()
const at = place()
afterAll(() => at.remove())

describe.skipIf(WHY)(WHY ?? 'a server by its configuration', () => {
  const server = new NatsServer()
  const logins: Record<string, string> = {}
  beforeAll(async () => {
    server.port = await freePort()
    const options = ['--port', String(server.port), '--workers', 'anna,ben']
    const { code, stdout } = await ganglion(['swarm', 'init', at.in('server'), ...options])
    expect(stdout).toBe(`start the server:  nats-server -c ${at.in('server', 'nats.conf')}\n` +
      `hand out, one each:  ${at.in('server', 'logins.txt')} (coordinator, anna, ben)\n`)
    expect(code).toBe(0)
    await server.start('-c', at.in('server', 'nats.conf'))
    for (const line of readFileSync(at.in('server', 'logins.txt'), 'utf8').trim().split('\n')) {
      const [user, url] = line.split('  ') as [string, string]
      logins[user] = url
    }
  })
  afterAll(() => server.end())

  test('a run by a coordinator and two workers: the digest of one machine', async () => {
    const train = (out: string, ...more: string[]) => ganglion([
      'train', 'vae', '--data', at.in('images'), '--hidden', '8', '--latent', '2', '--batch-size', '6', '--micro-batches', '4',
      '--epochs', '4', '--quiet', '--out', at.in(out), ...more,
    ])
    await train('alone')
    const work = (user: string) => ganglion(['work', '--nats', logins[user]!, '--once', '--quiet', '--name', 'home'])
    const workers = ['anna', 'ben'].map(work)
    expect(await train('shared', '--nats', logins['coordinator']!)).toMatchObject({ code: 0, stderr: '' })
    for (const worker of workers) expect(await worker).toMatchObject({ code: 0, stderr: '' })
    const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
    expect(read('shared', 'digest.txt')).toBe(read('alone', 'digest.txt'))
    const records = read('shared', 'tasks.jsonl').trim().split('\n').map((line) => JSON.parse(line) as { by?: string[] })
    const by = new Set(records.flatMap((record) => record.by ?? []))
    expect([...by].sort().filter(Boolean)).toEqual(['anna.home', 'ben.home'])
  }, 60_000)

  /** What the server says to what a login tries; undefined where it lets it. */
  async function said(user: string, tried: (nats: NatsConnection) => unknown): Promise<string | undefined> {
    const { username, password, host } = new URL(logins[user]!)
    const nats = await connect({ servers: host, user: username, pass: password, inboxPrefix: `_INBOX.${user}`, reconnect: false })
    let refusal: string | undefined
    void (async () => {
      for await (const status of nats.status()) if (status.type === 'error') refusal = status.error.message
    })()
    await tried(nats)
    await nats.flush()
    await new Promise((done) => { setTimeout(done, 50) })
    await nats.close()
    return refusal
  }
  const publishing = (subject: string) => (nats: NatsConnection) => nats.publish(subject, 'x')
  const subscribing = (subject: string) => (nats: NatsConnection) => nats.subscribe(subject, { callback() {} })

  it.each([
    ['takes a run', publishing('$KV.ganglion.vae')],
    ['empties the bucket', publishing('$JS.API.STREAM.PURGE.KV_ganglion')],
    ['removes the bucket', publishing('$JS.API.STREAM.DELETE.KV_ganglion')],
    ['makes streams', publishing('$JS.API.STREAM.CREATE.own')],
    ['has the server send to any subject', publishing('$JS.API.CONSUMER.CREATE.KV_ganglion')],
    ['speaks for another', publishing('ganglion.v3.vae.ben')],
    ['answers another', publishing('_INBOX.ben.x')],
    ['hears what others ask', subscribing('ganglion.v3.>')],
    ['answers as a coordinator', subscribing('ganglion.v3')],
    ['hears what another is told', subscribing('_INBOX.ben.>')],
    ['hears everything', subscribing('>')],
  ])('a worker who %s is refused', async (_, tried) => {
    expect(await said('anna', tried)).toMatch(/Permissions Violation/)
  })
  it('but may ask in its own name, and read which runs there are; the coordinator may hold them', async () => {
    expect(await said('anna', publishing('ganglion.v3.vae.anna'))).toBeUndefined()
    expect(await said('coordinator', subscribing('ganglion.v3.vae.*'))).toBeUndefined()
    const [coordinator, anna] = [await Nats.connect(logins['coordinator']!), await Nats.connect(logins['anna']!)]
    const hold = await coordinator.hold('mine', 'me', () => ({ step: 3 }), () => {})
    expect(await anna.runs()).toMatchObject([{ run: 'mine', step: 3 }])
    await expect(anna.hold('other', 'anna', () => ({}), () => {})).rejects.toThrow(/Permissions Violation/)
    await hold.release()
    expect(await anna.runs()).toEqual([])
    await coordinator.close()
    await anna.close()
  })

  it('a request is answered where its login hears it, and nowhere else', async () => {
    const [coordinator, anna] = [await Nats.connect(logins['coordinator']!), await Nats.connect(logins['anna']!)]
    const asked: (string | undefined)[] = []
    coordinator.serve('asked', (message, login) => {
      asked.push(login)
      return Promise.resolve(message)
    })
    // Once the server has answered that, it knows what is served.
    await coordinator.runs()
    const message = encodeMessage({ do: 'join', worker: 'anna.home', ganglion: 'x' })
    const { header } = decodeMessage(await anna.channel('asked').request(message))
    expect(header).toMatchObject({ worker: 'anna.home' })
    // The coordinator may write there, and the worker not.
    for (const reply of ['$KV.ganglion.asked', '_INBOX.ben.x', '_INBOX.coordinator.x']) {
      await said('anna', (nats) => nats.publish('ganglion.v3.asked.anna', message, { reply }))
    }
    expect(asked).toEqual(['anna'])
    expect(await coordinator.runs()).toEqual([])
    await coordinator.close()
    await anna.close()
  })
})

function noOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'not run here: there is no openssl'
  }
}
const WHY_TLS = WHY ?? noOpenssl()

describe.skipIf(WHY_TLS)(WHY_TLS ?? 'a server with a certificate', () => {
  const server = new NatsServer()
  const lines = new Map<string, string>()
  let cert = ''
  beforeAll(async () => {
    server.port = await freePort()
    cert = at.in('cert.pem')
    // Of an address alone, as machines without a name have one.
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=swarm',
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at.in('key.pem'), '-out', cert,
    ], { stdio: 'ignore' })
    const { code, stderr } = await ganglion([
      'swarm', 'init', at.in('secure'), '--port', String(server.port), '--websocket', String(await freePort()),
      '--cert', cert, '--key', at.in('key.pem'), '--workers', 'anna',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await server.start('-c', at.in('secure', 'nats.conf'))
    for (const line of readFileSync(at.in('secure', 'logins.txt'), 'utf8').trim().split('\n')) {
      const [user, how] = line.split('  ') as [string, string]
      lines.set(user, how)
    }
  })
  afterAll(() => server.end())

  /** A process that trusts the certificate, or does not; how it ended, and what it said. */
  async function ran(args: readonly string[], trusts = true): Promise<[code: number, said: string]> {
    const env = { ...process.env, ...(trusts && { NODE_EXTRA_CA_CERTS: cert }) }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
    const [code] = await once(child, 'close') as [number]
    return [code, said.replace(/^\(node:.*\n.*\n/m, '')]
  }

  test('a run by TLS, a worker by TLS and one by wss: the digest of one machine', async () => {
    const train = (out: string, ...more: string[]) => [
      main(), 'train', 'vae', '--data', at.in('images'), '--hidden', '8', '--latent', '2', '--batch-size', '6',
      '--micro-batches', '4', '--epochs', '100', '--quiet', '--wide', 'off', '--out', at.in(out), ...more,
    ]
    expect(await ran(train('one'))).toEqual([0, ''])
    expect(lines.get('anna')).toMatch(/^tls:/)
    const anna = ran([main(), 'work', '--nats', lines.get('anna')!, '--once', '--quiet', '--name', 'home'])
    // As a page does; Node has a WebSocket, and no page.
    const joined = lines.get('page')!.replace(/^join/, 'await join').replace('consent', 'pauseOnBattery: false, consent')
    expect(joined).toMatch("url: 'wss://127.0.0.1:")
    const page = ran(['--experimental-websocket', '--input-type=module', '-e', `
      import { join } from '${pathToFileURL(built('swarm/index.js')).href}'
      globalThis.self = globalThis
      for (let helper; !helper; await new Promise((done) => { setTimeout(done, 100) })) {
        try {
          helper = ${joined}
        } catch (error) {
          if (!/there is no run/.test(error.message)) throw error
        }
        await helper?.ended
      }
      process.exit(0)`])
    expect(await ran(train('two', '--nats', lines.get('coordinator')!))).toEqual([0, ''])
    expect(await anna).toEqual([0, ''])
    expect(await page).toEqual([0, ''])
    const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
    expect(read('two', 'digest.txt')).toBe(read('one', 'digest.txt'))
    const records = read('two', 'tasks.jsonl').trim().split('\n').map((line) => JSON.parse(line) as { by?: string[] })
    const by = new Set(records.flatMap((record) => record.by ?? []).map((name) => name.replace(/^(page\.page)-.*/, '$1')))
    expect([...by].filter(Boolean).sort()).toEqual(['anna.home', 'page.page'])
  }, 240_000)

  test('who does not trust the certificate is told so, and does not send the password', async () => {
    const [code, said] = await ran([main(), 'swarm', 'status', '--nats', lines.get('anna')!], false)
    expect(said).toMatch(/^ganglion: the certificate of tls:\/\/127\.0\.0\.1:\d+ is not trusted here \(self[- ]signed certificate\); /)
    expect(code).toBe(1)
  })
})

test('what it writes: for this user only, TLS and a WebSocket as they are asked for, and never over another', async () => {
  const init = (name: string, ...options: string[]) => ganglion(['swarm', 'init', at.in(name), ...options])
  const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
  expect(await init('one')).toMatchObject({ code: 0, stderr: '' })
  for (const name of ['nats.conf', 'logins.txt']) expect(statSync(at.in('one', name)).mode & 0o777).toBe(0o600)
  expect(read('one', 'nats.conf')).toMatch(/^listen: "127\.0\.0\.1:4222"\n# tls /m)
  expect(read('one', 'nats.conf')).not.toMatch('websocket')
  const address = (user: string) => `${user} {2}nats:\\/\\/${user}:[\\w-]{32}@127\\.0\\.0\\.1:4222\n`
  expect(read('one', 'logins.txt')).toMatch(new RegExp(`^${address('coordinator')}${address('worker-1')}$`))
  const again = await init('one')
  expect(again.stderr).toBe(`ganglion: "${at.in('one', 'nats.conf')}" is there already, with passwords that are in use; ` +
    'remove it, or choose another folder\n')
  expect(again.code).toBe(1)
  const open = await init('open', '--host', '0.0.0.0', '--websocket', '8080', '--workers', '2')
  expect(open.stderr).toMatch('passwords go through the network as they are; give --cert and --key')
  expect(read('open', 'nats.conf')).toMatch(/websocket {\n {2}listen: "0\.0\.0\.0:8080"\n {2}# tls .*\n {2}no_tls: true\n}/)
  const page = /^page {2}join\(\{ url: 'ws:\/\/.*:8080', user: 'page', password: '[\w-]{32}', consent: true \}\)$/m
  expect(read('open', 'logins.txt')).toMatch(page)
  const closed = await init('closed', '--host', '0.0.0.0', '--websocket', '8080', '--cert', '/c.pem', '--key', '/k.pem')
  expect(closed.stderr).toBe('')
  expect(read('closed', 'nats.conf').match(/^ *tls { cert_file: "\/c.pem", key_file: "\/k.pem" }$/gm)).toHaveLength(2)
  expect(read('closed', 'logins.txt')).toMatch(/coordinator {2}tls:\/\/[^]*'wss:\/\//)
})

test('wrong usage', async () => {
  const said = async (...args: string[]) => (await ganglion(['swarm', 'init', ...args])).stderr
  expect(await said()).toMatch('swarm init expected a folder to write to')
  expect(await said('a', 'b')).toMatch('swarm init expected one folder, got "b" too')
  expect(await said('a', '--cert', 'x')).toMatch('--cert and --key belong together; give both')
  expect(await said('a', '--websocket', '4222')).toMatch('--websocket and --port are both 4222; give two ports')
  expect(await said('a', '--host', 'a b')).toMatch('--host expected an address of this machine, such as 127.0.0.1 or 0.0.0.0')
  for (const names of ['a,a', 'coordinator', 'page', 'anyone', 'a.b', ',']) {
    expect(await said('a', '--workers', names)).toMatch(/--workers expected a number, or different names with commas between them/)
  }
  expect(await said('a', '--nats', 'nats://a')).toMatch(/--nats/)
})
