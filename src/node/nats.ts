// The swarm over a nats-server: a worker's request is a NATS request on the run's subject, and who holds a run is a key of
// JetStream's. Invariant: a run has one coordinator at a time; a key that is not refreshed goes, and then another may take it.
import type { KV, Kvm } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { GanglionError } from '../errors.ts'
import { isRecord } from '../options.ts'
import { ANY_RUN, type Channel, type Handler, subjectOf } from '../swarm/protocol.ts'
import { MACHINE, runs, startOf } from './processes.ts'

const BUCKET = 'ganglion'
/** How long a run that nobody refreshes is held, and how often it is refreshed, in milliseconds. */
const HELD_MS = 15_000
const REFRESH_MS = 1_000
/** How long an answer may take: a coordinator lets a worker wait for a task for less. */
const ANSWER_MS = 10_000

/** What is known of a run that is held. */
export interface HeldRun {
  readonly run: string
  readonly [fact: string]: unknown
}

export interface Hold {
  /** Gives the run back. */
  release(): Promise<void>
}

const PACKAGES = '@nats-io/transport-node @nats-io/jetstream @nats-io/kv'
/** A run's name, as a subject and a key may have it. */
export const RUN_NAME = /^[\w-]{1,60}$/

export class Nats {
  readonly url: string
  readonly #connection: NatsConnection
  readonly #kv: KV

  private constructor(url: string, connection: NatsConnection, kv: KV) {
    this.url = url
    this.#connection = connection
    this.#kv = kv
  }

  /** @throws GanglionError where there is no server, no JetStream, no package, or the login is refused */
  static async connect(url: string): Promise<Nats> {
    const shown = withoutLogin(url)
    const { connect, Kvm } = await packages()
    const { username, password, host } = new URL(url)
    const login = username && password ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
      : username ? { token: decodeURIComponent(username) } : {}
    const secure = url.startsWith('tls:') ? { tls: {} } : {}
    const connection = await connect({
      servers: host, ...login, ...secure, name: 'ganglion', timeout: 5000, maxReconnectAttempts: -1, reconnectTimeWait: 250,
      ignoreClusterUpdates: true,
    }).catch((cause: Error) => { throw noServer(shown, cause) })
    try {
      const kv = await new Kvm(connection).create(BUCKET, { ttl: HELD_MS })
      return new Nats(shown, connection, kv)
    } catch (cause) {
      await connection.close()
      throw new GanglionError(`the nats-server at ${shown} has no JetStream for the bucket "${BUCKET}" ` +
        `(${(cause as Error).message}); start it with nats-server -js, and let this login use JetStream`, { cause })
    }
  }

  /**
   * Holds a run, until it is released or lost to another.
   * @param facts what others are told of it, asked each time
   * @throws GanglionError where another coordinator holds it
   */
  async hold(run: string, owner: string, facts: () => object, onLost: (error: GanglionError) => void): Promise<Hold> {
    const holder = { machine: MACHINE, pid: process.pid, start: startOf(process.pid) }
    const value = (): string => JSON.stringify({ run, owner, holder, ...facts() })
    const taken = () => new GanglionError(`the run "${run}" is held by another coordinator at ${this.url}; ` +
      `wait until it ends (it is free ${HELD_MS / 1000} s after it died), or choose another name with --run`)
    let revision = await this.#kv.create(run, value()).catch(async (cause: Error) => {
      const found = await this.#kv.get(run)
      if (!found) throw cause
      // By compare and set: of two that find the holder dead, one gets the run.
      if (isOfDead(found.json())) return this.#kv.update(run, value(), found.revision).catch(() => { throw taken() })
      throw taken()
    })
    let refreshing = Promise.resolve()
    const refresh = async (): Promise<void> => {
      try {
        revision = await this.#kv.update(run, value(), revision)
      } catch {
        // The server was away, the key is too old, or it is another's.
        const found = await this.#kv.get(run).catch(() => undefined)
        if (found === undefined) return
        if (!found?.length) revision = await this.#kv.create(run, value()).catch(() => revision)
        else if (found.json<{ owner?: unknown }>().owner === owner) revision = found.revision
        else {
          clearInterval(timer)
          onLost(taken())
        }
      }
    }
    const timer = setInterval(() => { refreshing = refreshing.then(refresh) }, REFRESH_MS)
    return {
      release: async () => {
        clearInterval(timer)
        await refreshing
        await this.#kv.delete(run).catch(() => {})
      },
    }
  }

  /** Answers the requests of a run's workers until the connection is closed. */
  serve(run: string, handle: Handler): void {
    this.#connection.subscribe(subjectOf(run), {
      callback: (error, message) => {
        if (error) return
        void handle(message.data).then((answer) => message.respond(answer), () => {})
      },
    })
    this.#connection.subscribe(ANY_RUN, { callback: (error, message) => void (error ?? message.respond(run)) })
  }

  /** A worker's connection to a run's coordinator. */
  channel(run: string): Channel {
    return {
      request: async (message) => (await this.#connection.request(subjectOf(run), message, { timeout: ANSWER_MS })).data,
    }
  }

  /** The runs that are held. */
  async runs(): Promise<HeldRun[]> {
    const runs: HeldRun[] = []
    for await (const key of await this.#kv.keys()) {
      const entry = await this.#kv.get(key)
      const value: unknown = entry?.length ? entry.json() : undefined
      if (isRecord(value) && value['run'] === key) runs.push(value as unknown as HeldRun)
    }
    return runs.sort((a, b) => (a.run < b.run ? -1 : 1))
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

/** Whether a run is held by a process of this machine that has ended: its run needs no waiting for. */
function isOfDead(value: unknown): boolean {
  const holder: unknown = isRecord(value) ? value['holder'] : undefined
  if (!isRecord(holder) || holder['machine'] !== MACHINE) return false
  const { pid, start } = holder
  return typeof pid === 'number' && typeof start === 'number' && !runs(pid, start)
}

async function packages(): Promise<{ connect: typeof import('@nats-io/transport-node').connect, Kvm: typeof Kvm }> {
  try {
    // eslint-disable-next-line no-restricted-syntax -- before there is a connection
    const [transport, kv] = await Promise.all([import('@nats-io/transport-node'), import('@nats-io/kv')])
    return { connect: transport.connect, Kvm: kv.Kvm }
  } catch (cause) {
    throw new GanglionError(`the packages that speak to a nats-server are not installed; npm install ${PACKAGES}`, { cause })
  }
}

/** An address as messages may show it. */
function withoutLogin(url: string): string {
  const parsed = new URL(url)
  return `${parsed.protocol}//${parsed.host}`
}

function noServer(url: string, cause: Error): GanglionError {
  if (/authoriz|authentic/i.test(`${cause.name} ${cause.message}`)) {
    return new GanglionError(`the nats-server at ${url} refused the login; ` +
      'give one in the address: nats://USER:PASSWORD@HOST:PORT or nats://TOKEN@HOST:PORT', { cause })
  }
  return new GanglionError(`no nats-server answers at ${url} (${cause.message}); ` +
    'start one (nats-server -js), or mend the address', { cause })
}
