// What coordinator and workers say to each other: requests of a worker, each with one answer. A message is a JSON header and some
// bytes after it. Invariant: no message is longer than MOST_BYTES, so that a nats-server takes it as it comes.
import { GanglionError } from '../errors.ts'
import { decodeUtf8, encodeUtf8 } from '../formats/utf8.ts'
import { isRecord, shown } from '../options.ts'

/** Raised whenever a message or a task comes to mean something else. */
export const PROTOCOL = 3
/** The default limit of a nats-server is 1 MiB. */
export const MOST_BYTES = 1_000_000
/** Bytes of an array in one message; the rest is for the header. */
export const PART_BYTES = 960_000
/** Where a run's workers ask: those of a login on a subject of its own, which the server lets nobody else publish to. */
export const subjectOf = (run: string, login: string): string => `ganglion.v${PROTOCOL}.${run}.${login}`
/** The login in a subject of those that have none. */
export const ANYONE = 'anyone'
/** Names of runs and logins, as subjects and keys may have them. */
export const PLAIN_NAME = /^[\w-]{1,60}$/
/** A login as subjects have it. */
export const loginOf = (user: string | undefined): string => (user !== undefined && PLAIN_NAME.test(user) ? user : ANYONE)
/** A worker's name among all: that of its login comes before a point. */
export const workerName = (login: string, name: string): string => (login === ANYONE ? name : `${login}.${name}`)
/** Whether a worker's name is one of its login's. */
export const isOfLogin = (worker: string, login: string): boolean =>
  (login === ANYONE ? !worker.includes('.') : worker.startsWith(`${login}.`))
/** Before the subjects that answers come to: a login's are its own. */
export const INBOX = '_INBOX'
/** Where answers to a login come to. */
export const inboxOf = (login: string): string => (login === ANYONE ? INBOX : `${INBOX}.${login}`)
/** Whether a request may be answered there: it may name any subject, and the coordinator may publish where workers may not. */
export const isInbox = (reply: string | undefined, login: string): boolean => !!reply?.startsWith(`${inboxOf(login)}.`)
/** Where a run's name is asked for: any coordinator answers. */
export const ANY_RUN = `ganglion.v${PROTOCOL}`
/** Before the header: its length. */
const LENGTH = 4

/** A worker's side of a connection. */
export interface Channel {
  /**
   * The answer to a request.
   * @throws Error where none came: the connection was lost, or nobody answered in time
   */
  request(message: Uint8Array): Promise<Uint8Array>
}
/** The coordinator's side: one answer for each request, whoever sent it; the login by which it came, where that is known. */
export type Handler = (message: Uint8Array, login?: string) => Promise<Uint8Array>

export interface Message {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Uint8Array
}

export function encodeMessage(header: object, values: ArrayBufferView = new Uint8Array(0)): Uint8Array {
  const { buffer, byteOffset, byteLength } = values
  return writeMessage(header, byteLength, (payload) => payload.set(new Uint8Array(buffer, byteOffset, byteLength)))
}

/** A message whose payload of so many bytes is written where it is sent from. */
export function writeMessage(header: object, length: number, write: (payload: Uint8Array) => void): Uint8Array {
  const text = encodeUtf8(JSON.stringify({ v: PROTOCOL, ...header }))
  const message = new Uint8Array(LENGTH + text.length + length)
  if (message.length > MOST_BYTES) throw new GanglionError(`a message of ${message.length} bytes is too long for the swarm`)
  new DataView(message.buffer).setUint32(0, text.length, true)
  message.set(text, LENGTH)
  write(message.subarray(LENGTH + text.length))
  return message
}

/** @throws GanglionError for what is no message of this version */
export function decodeMessage(message: Uint8Array): Message {
  const fail = (why: string): never => { throw new GanglionError(`${why}; run the same version of ganglion on both sides`) }
  if (message.length > MOST_BYTES) fail(`a message of ${message.length} bytes came, expected at most ${MOST_BYTES}`)
  const length = message.length < LENGTH ? -1 : new DataView(message.buffer, message.byteOffset).getUint32(0, true)
  if (length < 0 || length > message.length - LENGTH) fail('what came is no message of the swarm')
  let header: unknown
  try {
    header = JSON.parse(decodeUtf8(message.subarray(LENGTH, LENGTH + length)))
  } catch {
    // Not JSON; the message below says so.
  }
  if (!isRecord(header)) return fail('what came is no message of the swarm')
  if (header['v'] !== PROTOCOL) fail(`a message of version ${shown(header['v'])} of the protocol came, expected ${PROTOCOL}`)
  return { header, payload: message.subarray(LENGTH + length) }
}

/** In how many parts so many bytes are sent. */
export const partsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / PART_BYTES))
/** How many bytes a part has of so many. */
export const partBytes = (bytes: number, part: number): number => Math.min(PART_BYTES, bytes - part * PART_BYTES)
/** A part of an array, as bytes. */
export const partOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView, part: number): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength).subarray(part * PART_BYTES, (part + 1) * PART_BYTES)

/** A worker's request. */
export type Request =
  /** What there is to do. */
  | { readonly do: 'join', readonly worker: string, readonly ganglion: string }
  /**
   * A task, and what of the weights changed since version `from`, which the worker has. `fresh` is the digest of the worker's
   * model as it was made: of another model or arithmetic, it is refused.
   */
  | { readonly do: 'next', readonly worker: string, readonly run: string, readonly fresh: string, readonly from: number }
  /** What of the weights changed between two versions, in parts; from version 0, all of them. */
  | { readonly do: 'weights', readonly worker: string, readonly run: string, readonly from: number, readonly to: number,
    readonly part: number }
  /**
   * What a task gave, in parts, and the digest of the whole; of a worker that shares memory, without both: `part` is the place
   * where it lies.
   */
  | { readonly do: 'result', readonly worker: string, readonly run: string, readonly version: number, readonly microBatch: number,
    readonly part: number, readonly sha256: string }
  | { readonly do: 'leave', readonly worker: string, readonly run: string }
  /** Shards of the data, in parts of bytes; their digests, where none is named. */
  | { readonly do: 'data', readonly worker: string, readonly run: string, readonly shards: readonly number[],
    readonly part: number }

const NAME = /^[\w.:@-]{1,125}$/
const isInteger = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0
/** What a field may be. */
const KINDS = {
  text: ['text', (x: unknown): boolean => typeof x === 'string' && x.length <= 200],
  integer: ['an integer', isInteger],
  integers: ['a list of integers', (x: unknown): boolean => Array.isArray(x) && x.length <= 30_000 && x.every(isInteger)],
} as const
const FIELDS = {
  join: { ganglion: 'text' },
  next: { run: 'text', fresh: 'text', from: 'integer' },
  weights: { run: 'text', from: 'integer', to: 'integer', part: 'integer' },
  result: { run: 'text', version: 'integer', microBatch: 'integer', part: 'integer', sha256: 'text' },
  leave: { run: 'text' },
  data: { run: 'text', shards: 'integers', part: 'integer' },
} as const satisfies Record<Request['do'], Readonly<Record<string, keyof typeof KINDS>>>

/** @throws GanglionError where the header of a message is no request */
export function requestOf({ header }: Message): Request {
  const fail = (what: string): never => { throw new GanglionError(`a request came ${what}`) }
  const { do: what, worker } = header
  if (typeof what !== 'string' || !Object.hasOwn(FIELDS, what)) return fail(`for ${shown(what)}, which is not known`)
  if (typeof worker !== 'string' || !NAME.test(worker)) fail(`from ${shown(worker)}, expected the name of a worker`)
  for (const [field, kind] of Object.entries(FIELDS[what as Request['do']])) {
    const [expected, good] = KINDS[kind]
    if (!good(header[field])) fail(`with ${field} ${shown(header[field])}, expected ${expected}`)
  }
  return header as unknown as Request
}
