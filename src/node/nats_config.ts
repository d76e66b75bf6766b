// NATS' own configuration for a swarm: who may do what is the server's to say. Invariant: a worker's login may ask its
// coordinator, on a subject of its own, and read which runs there are; it may neither hold a run, nor speak for another, nor
// hear what others are told.
import { randomBytes } from 'node:crypto'
import { ANY_RUN, INBOX, inboxOf, subjectOf } from '../swarm/protocol.ts'
import { KEPT } from './kept_run.ts'
import { BUCKET } from './nats.ts'

export interface ServerSettings {
  /** Where the server listens: of this machine only, where it is 127.0.0.1. */
  readonly host: string
  readonly port: number
  /** Where pages come in; none for no pages. */
  readonly websocket?: number
  /** Files of a certificate and its key. */
  readonly tls?: { readonly cert: string, readonly key: string }
  /** Where JetStream keeps who holds which run, and what runs go on from. */
  readonly store: string
  /** Logins of workers, beside the coordinator's and, with a websocket, the pages'. */
  readonly workers: readonly string[]
}

export interface Login {
  readonly user: string
  readonly password: string
}

export const COORDINATOR = 'coordinator'
export const PAGES = 'page'

/** Logins with passwords that nobody guesses: 24 random bytes each. */
export const drawLogins = ({ workers, websocket }: Pick<ServerSettings, 'workers' | 'websocket'>): Login[] =>
  [COORDINATOR, ...workers, ...(websocket === undefined ? [] : [PAGES])].map((user) => (
    { user, password: randomBytes(24).toString('base64url') }))

const STREAM = `KV_${BUCKET}`
/** Reading who holds which run. */
const READ = [`$JS.API.STREAM.INFO.${STREAM}`, `$JS.API.DIRECT.GET.${STREAM}.>`]
/** Keeping runs. */
const KEEP = [
  `$KV.${KEPT}.>`,
  ...['STREAM.CREATE', 'STREAM.INFO'].map((call) => `$JS.API.${call}.KV_${KEPT}`), `$JS.API.DIRECT.GET.KV_${KEPT}.>`,
]
/** What a login may publish, and subscribe to. */
const permissions = (user: string): { publish: readonly string[], subscribe: readonly string[] } => (user === COORDINATOR
  ? {
    publish: [`${INBOX}.>`, `$KV.${BUCKET}.>`, '$JS.API.INFO', `$JS.API.STREAM.CREATE.${STREAM}`, ...READ, ...KEEP],
    subscribe: [ANY_RUN, subjectOf('*', '*'), `${inboxOf(user)}.>`],
  }
  : { publish: [ANY_RUN, subjectOf('*', user), ...READ], subscribe: [`${inboxOf(user)}.>`] })

const quoted = (text: string): string => JSON.stringify(text)
const list = (subjects: readonly string[]): string => `[${subjects.map(quoted).join(', ')}]`

/** The text of nats.conf. */
export function serverConfig({ host, port, websocket, tls, store }: ServerSettings, logins: readonly Login[]): string {
  const certificate = tls ? `tls { cert_file: ${quoted(tls.cert)}, key_file: ${quoted(tls.key)} }`
    : '# tls { cert_file: "cert.pem", key_file: "key.pem" }'
  const users = logins.flatMap(({ user, password }) => {
    const { publish, subscribe } = permissions(user)
    return [
      `    { user: ${quoted(user)}, password: ${quoted(password)}, permissions: {`,
      `      publish: { allow: ${list(publish)} }`,
      `      subscribe: { allow: ${list(subscribe)} }`,
      '    } }',
    ]
  })
  return [
    '# A server for ganglion train --nats: nats-server -c nats.conf. It holds passwords: keep it to yourself.',
    `listen: ${quoted(`${host}:${port}`)}`,
    certificate,
    `jetstream { store_dir: ${quoted(store)}, max_file_store: 1GB }`,
    ...(websocket === undefined ? [] : [
      'websocket {',
      `  listen: ${quoted(`${host}:${websocket}`)}`,
      ...(tls ? [`  ${certificate}`] : [`  ${certificate}`, '  no_tls: true']),
      '}',
    ]),
    'authorization {',
    '  users: [',
    ...users,
    '  ]',
    '}',
    '',
  ].join('\n')
}

/** The text of logins.txt: an address for each login. */
export function loginsText(
  { host, port, websocket, tls }: Pick<ServerSettings, 'host' | 'port' | 'websocket' | 'tls'>, logins: readonly Login[],
): string {
  const rows = logins.map(({ user, password }) => {
    if (user !== PAGES) return `${user}  ${tls ? 'tls' : 'nats'}://${user}:${password}@${host}:${port}`
    return `${user}  join({ url: '${tls ? 'wss' : 'ws'}://${host}:${websocket}', user: '${user}', password: '${password}', consent: true })`
  })
  return `${rows.join('\n')}\n`
}
