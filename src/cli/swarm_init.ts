// `ganglion swarm init`: the configuration of a nats-server for runs, and the logins to hand out. Invariant: what is there
// already is not written over, and only this user reads what is written.
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { GanglionError } from '../errors.ts'
import { failure } from '../node/files.ts'
import { COORDINATOR, drawLogins, loginsText, PAGES, serverConfig } from '../node/nats_config.ts'
import { ANYONE, PLAIN_NAME } from '../swarm/protocol.ts'
import type { Io } from './io.ts'
import { integer, path, UsageError } from './options.ts'

const MOST_WORKERS = 10_000
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/
const ANY_ADDRESS = /^(0\.0\.0\.0|\[?::\]?)$/

function workerNames(text: string): readonly string[] {
  if (/^\d+$/.test(text)) {
    const count = integer(1, MOST_WORKERS)(text)
    return Array.from({ length: count }, (_, i) => `worker-${i + 1}`)
  }
  const names = text.split(',')
  const taken = [COORDINATOR, PAGES, ANYONE]
  if (!names.every((name) => PLAIN_NAME.test(name) && !taken.includes(name)) || new Set(names).size !== names.length) {
    throw new RangeError('a number, or different names with commas between them, of letters, digits, - and _, ' +
      `and none of them ${taken.join(', ')}`)
  }
  return names
}
function address(text: string): string {
  if (!/^(\[[\da-fA-F:.]+\]|[\w.-]+)$/.test(text)) throw new RangeError('an address of this machine, such as 127.0.0.1 or 0.0.0.0')
  return text
}

export const initOptions = {
  host: { value: 'ADDRESS', help: 'where the server listens; others reach it at 0.0.0.0', read: address, initial: '127.0.0.1' },
  port: { value: 'N', help: 'its port', read: integer(1, 65535), initial: 4222 },
  workers: {
    value: 'N|NAMES', help: 'logins of workers: so many, or by their names, with commas between them', read: workerNames,
    initial: 1,
  },
  websocket: { value: 'N', help: 'a port for pages that join by WebSocket, and a login for them', read: integer(1, 65535) },
  cert: { value: 'FILE', help: 'a certificate, with --key: TLS for all', read: path },
  key: { value: 'FILE', help: "the certificate's key", read: path },
} as const

interface InitValues {
  readonly host?: string
  readonly port?: number
  readonly workers?: readonly string[]
  readonly websocket?: number
  readonly cert?: string
  readonly key?: string
}

/** Writes nats.conf and logins.txt into a folder, and says what to do with them. */
export async function initSwarm(folder: string, values: InitValues, io: Io): Promise<number> {
  const { host = '127.0.0.1', port = 4222, workers = workerNames('1'), websocket, cert, key } = values
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key belong together; give both')
  if (websocket === port) throw new UsageError(`--websocket and --port are both ${port}; give two ports`)
  const tls = cert === undefined ? undefined : { cert: resolve(cert), key: resolve(key!) }
  const settings = { host, port, workers, websocket, tls, store: resolve(folder, 'jetstream') }
  const logins = drawLogins(settings)
  const seen = ANY_ADDRESS.test(host) ? hostname() : host
  await mkdir(folder, { recursive: true }).catch((cause) => { throw failure('make', folder, cause) })
  const files = [
    ['nats.conf', serverConfig(settings, logins)], ['logins.txt', loginsText({ ...settings, host: seen }, logins)],
  ] as const
  for (const [name, text] of files) {
    const file = join(folder, name)
    await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw failure('write', file, cause)
      const what = `"${file}" is there already, with passwords that are in use`
      throw new GanglionError(`${what}; remove it, or choose another folder`, { cause })
    })
  }
  if (!tls && !LOOPBACK.test(host)) {
    const what = 'passwords go through the network as they are'
    io.stderr.write(`ganglion: ${what}; give --cert and --key, or use a network of your own\n`)
  }
  io.stdout.write(`start the server:  nats-server -c ${join(folder, 'nats.conf')}\n` +
    `hand out, one each:  ${join(folder, 'logins.txt')} (${logins.map(({ user }) => user).join(', ')})\n`)
  return 0
}
