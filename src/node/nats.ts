// The swarm over a nats-server: a worker's request is a NATS request on the run's subject, and who holds a run is a key of
// JetStream's. Invariant: a run has one coordinator at a time; a key that is not refreshed goes, and then another may take it.
import type { KV } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { GanglionError } from '../errors.ts'
import { isRecord } from '../options.ts'
import { isError } from '../tag.ts'
import {
  ANY_RUN, ANYONE, type Channel, type Handler, inboxOf, isInbox, loginOf, subjectOf, workerName,
} from '../swarm/protocol.ts'
import { KEPT, KEPT_MS } from './kept_run.ts'
import { MACHINE, runs, startOf } from './processes.ts'

export const BUCKET = 'ganglion'
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
  readonly owner: string
  /** Has others told other facts, and another told of the loss, from now on. */
  pass(facts: () => object, onLost: (error: GanglionError) => void): void
  /** Gives the run back; once another has it, nothing. */
  release(): Promise<void>
}

/** Another coordinator holds the run. */
export class RunHeld extends GanglionError {}

const PACKAGES = '@nats-io/transport-node @nats-io/jetstream @nats-io/kv'

type Packages = Awaited<ReturnType<typeof packages>>

export class Nats {
  readonly url: string
  /** Who this is to the server. */
  readonly #login: string
  readonly #packages: Packages
  readonly #connection: NatsConnection
  /** Who holds which run, where that is asked for again and again. */
  #holds: Promise<KV> | undefined

  private constructor(url: string, login: string, packages: Packages, connection: NatsConnection) {
    this.url = url
    this.#login = login
    this.#packages = packages
    this.#connection = connection
  }

  /** @throws GanglionError where there is no server, no package, or the login is refused */
  static async connect(url: string): Promise<Nats> {
    const shown = withoutLogin(url)
    const loaded = await packages()
    const { username, password, host, hostname } = new URL(url)
    const user = decodeURIComponent(username)
    const login = username && password ? { user, pass: decodeURIComponent(password) } : username ? { token: user } : {}
    const own = loginOf(password ? user : undefined)
    // Of an address, Node knows by `host` alone whom the certificate has to name.
    const secure = url.startsWith('tls:') ? { tls: { host: hostname.replace(/^\[|\]$/g, '') } as object } : {}
    const connection = await loaded.connect({
      servers: host, ...login, ...secure, name: 'ganglion', timeout: 5000, maxReconnectAttempts: -1, reconnectTimeWait: 250,
      ignoreClusterUpdates: true, inboxPrefix: inboxOf(own),
    }).catch((cause: Error) => { throw noServer(shown, cause) })
    return new Nats(shown, own, loaded, connection)
  }

  #noJetStream(cause: unknown): GanglionError {
    return new GanglionError(`the nats-server at ${this.url} has no JetStream for the bucket "${BUCKET}" ` +
      `(${(cause as Error).message}); start it with nats-server -js, and let this login use JetStream`, { cause })
  }

  /** A worker's name among all. */
  nameOf(name: string): string {
    return workerName(this.#login, name)
  }

  /**
   * Holds a run, until it is released or lost to another.
   * @param facts what others are told of it, asked each time
   * @throws RunHeld where another coordinator holds it, GanglionError where there is no JetStream
   */
  async hold(run: string, owner: string, facts: () => object, onLost: (error: GanglionError) => void): Promise<Hold> {
    const holder = { machine: MACHINE, pid: process.pid, start: startOf(process.pid) }
    let [tell, lose] = [facts, onLost]
    let lost: GanglionError | undefined
    const value = (): string => JSON.stringify({ run, owner, holder, ...tell() })
    const taken = () => new RunHeld(`the run "${run}" is held by another coordinator at ${this.url}; ` +
      `wait until it ends (it is free ${HELD_MS / 1000} s after it died), or choose another name with --run`)
    const kv = await this.#bucket(BUCKET, HELD_MS)
    let revision = await kv.create(run, value()).catch(async (cause: Error) => {
      const found = await kv.get(run)
      if (!found) throw cause
      // By compare and set: of two that find the holder dead, one gets the run.
      if (isOfDead(found.json())) return kv.update(run, value(), found.revision).catch(() => { throw taken() })
      throw taken()
    })
    let refreshing = Promise.resolve()
    const refresh = async (): Promise<void> => {
      try {
        revision = await kv.update(run, value(), revision)
      } catch {
        // The server was away, the key is too old, or it is another's.
        const found = await kv.get(run).catch(() => undefined)
        if (found === undefined) return
        if (!found?.length) revision = await kv.create(run, value()).catch(() => revision)
        else if (found.json<{ owner?: unknown }>().owner === owner) revision = found.revision
        else {
          clearInterval(timer)
          lost = taken()
          lose(lost)
        }
      }
    }
    const timer = setInterval(() => { refreshing = refreshing.then(refresh) }, REFRESH_MS)
    return {
      owner,
      pass: (otherFacts, onOtherLost) => {
        [tell, lose] = [otherFacts, onOtherLost]
        if (lost) lose(lost)
      },
      release: async () => {
        clearInterval(timer)
        await refreshing
        // Another that has it by now keeps it.
        await kv.delete(run, { previousSeq: revision }).catch(() => {})
      },
    }
  }

  /** A bucket, which is made where it is not there. @param ttl how long a key stays that nobody sets again, in milliseconds */
  async #bucket(name: string, ttl: number): Promise<KV> {
    return new this.#packages.Kvm(this.#connection).create(name, { ttl })
      .catch((cause: unknown) => { throw this.#noJetStream(cause) })
  }

  /**
   * Whether a coordinator that lives holds a run: for who would take it.
   * @throws GanglionError where there is no JetStream
   */
  async isHeld(run: string): Promise<boolean> {
    this.#holds ??= this.#bucket(BUCKET, HELD_MS)
    const found = await this.#holds.then((kv) => kv.get(run)).catch((error: Error) => {
      this.#holds = undefined
      throw error
    })
    return !!found?.length && !isOfDead(found.json())
  }

  /**
   * What is kept of runs.
   * @throws GanglionError where there is no JetStream
   */
  kept(): Promise<KV> {
    return this.#bucket(KEPT, KEPT_MS)
  }

  /** Answers the requests of a run's workers until the connection is closed. */
  serve(run: string, handle: Handler): void {
    this.#connection.subscribe(subjectOf(run, '*'), {
      callback: (error, message) => {
        const login = message?.subject.split('.').at(-1) ?? ANYONE
        if (error || !isInbox(message.reply, login)) return
        void handle(message.data, login).then((answer) => message.respond(answer), () => {})
      },
    })
    this.#connection.subscribe(ANY_RUN, {
      callback: (error, message) => void (error || !isInbox(message.reply, ANYONE) || message.respond(run)),
    })
  }

  /** A worker's connection to a run's coordinator. */
  channel(run: string): Channel {
    const subject = subjectOf(run, this.#login)
    return { request: async (message) => (await this.#connection.request(subject, message, { timeout: ANSWER_MS })).data }
  }

  /** Whether a run is held; true where the server cannot say: it may have just begun again, and know of no bucket yet. */
  async mayBeHeld(run: string): Promise<boolean> {
    return this.#runs().then((found) => !found || found.some((held) => held.run === run), () => true)
  }

  /**
   * The runs that are held: what workers may read too.
   * @throws GanglionError where there is no JetStream
   */
  async runs(): Promise<HeldRun[]> {
    return await this.#runs() ?? []
  }

  /** The runs that are held; undefined where there is no bucket. */
  async #runs(): Promise<HeldRun[] | undefined> {
    const { jetstreamManager, Kvm } = this.#packages
    const manager = await jetstreamManager(this.#connection, { checkAPI: false })
    const prefix = `$KV.${BUCKET}.`
    const found = await manager.streams.info(`KV_${BUCKET}`, { subjects_filter: `${prefix}>` }).catch((cause: Error) => {
      // Nobody held one yet.
      if (cause.name === 'StreamNotFoundError') return undefined
      throw cause.name === 'JetStreamNotEnabled' ? this.#noJetStream(cause) : cause
    })
    if (!found) return undefined
    const bucket: KV = await new Kvm(this.#connection).open(BUCKET, { allow_direct: true })
    const runs: HeldRun[] = []
    for (const subject of Object.keys(found.state.subjects ?? {})) {
      const key = subject.slice(prefix.length)
      const entry = await bucket.get(key)
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

async function packages() {
  try {
    // eslint-disable-next-line no-restricted-syntax -- before there is a connection
    const transport = await import('@nats-io/transport-node')
    // eslint-disable-next-line no-restricted-syntax -- before there is a connection
    const [jetstream, kv] = await Promise.all([import('@nats-io/jetstream'), import('@nats-io/kv')])
    return { connect: transport.connect, jetstreamManager: jetstream.jetstreamManager, Kvm: kv.Kvm }
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
  // A certificate that is wrong otherwise (expired, of another host) is said as Node says it.
  const said = [cause, cause.cause].map((each) => (isError(each) ? each.message : ''))
  const text = said.find((each) => /certificate/.test(each))
  if (text !== undefined) {
    return new GanglionError(`the certificate of ${url} is not trusted here (${text}); ` +
      'have NODE_EXTRA_CA_CERTS name the file of it, or of who signed it', { cause })
  }
  return new GanglionError(`no nats-server answers at ${url} (${cause.message}); ` +
    'start one (nats-server -js), or mend the address', { cause })
}
