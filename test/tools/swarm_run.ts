// A run over a nats-server that something happens to: its coordinator and its workers are processes of the built command.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { main } from '../cli/ganglion.ts'
import type { NatsServer } from './nats_server.ts'
import { careless, liar, LIES, type Strange } from './strange_worker.ts'

export const MODELS: Readonly<Record<string, readonly string[]>> = {
  vae: ['--hidden', '12', '--latent', '3'],
  gan: ['--hidden', '12', '--discriminator-hidden', '8', '--latent', '4'],
  dcgan: ['--filters', '4,3', '--latent', '4'],
}
/** 48 images, three a micro-batch, four of them a step: four steps an epoch. */
export const TRAIN = [
  '--data', 'images', '--batch-size', '3', '--micro-batches', '4', '--epochs', '24', '--save-every', '0.3',
]

export const FAULTS = [
  'worker killed', 'worker paused', 'coordinator killed', 'coordinator replaced', 'server killed', 'messages', 'full', ...LIES,
] as const
export type FaultKind = typeof FAULTS[number]

/** Longer than any run takes, even on a machine that is busy. */
const PATIENCE_MS = 240_000
const LEASE_S = 1

/** A Node of the runtimes' tests, where they are installed: its command line takes wide vectors. */
const NODE_24 = resolve('test/runtimes/node_modules/node-24/bin/node')
/** Of a build with all cores. */
const WIDE = existsSync('dist/ganglion-wide.wasm') ? 'auto' : 'off'
const NODES = [process.execPath, ...(existsSync(NODE_24) ? [NODE_24] : [])]

/** A process that coordinates, or waits until it may. */
interface Coordinator {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  /** Whether it has begun to train, and whether it waits. */
  started: boolean
  waits: boolean
}

export class SwarmRun {
  readonly #server: NatsServer
  readonly #place: string
  readonly #name: string
  readonly #model: string
  readonly #uniform: () => number
  #coordinator!: Coordinator
  /** Where the run is, of the coordinator that has it. */
  #folder: string
  #said = ''
  #made = 0
  readonly #workers = new Set<ChildProcess>()
  /** Who stood by. */
  readonly #seconds: ChildProcess[] = []
  readonly #strange: { name: string, worker: Strange }[] = []
  #fullStream = false
  #broken: Error | undefined

  constructor(server: NatsServer, place: string, name: string, model: string, uniform: () => number) {
    this.#server = server
    this.#place = place
    this.#name = this.#folder = name
    this.#model = model
    this.#uniform = uniform
  }

  get over(): boolean {
    return this.#coordinator.child.exitCode !== null
  }

  /** Starts it with so many workers, and waits until it has begun. */
  async start(workers: number): Promise<void> {
    this.#coordinator = this.#coordinate(...this.#command, '--out', this.#folder)
    for (let i = 0; i < workers; i++) this.#work()
    await this.#until(() => this.#coordinator.started)
  }
  get #command(): string[] {
    return ['train', this.#model, ...MODELS[this.#model]!, ...TRAIN]
  }

  #coordinate(...args: string[]): Coordinator {
    const nats = ['--nats', this.#server.url, '--run', this.#name, '--lease', String(LEASE_S), '--json']
    const child = spawn(process.execPath, [main(), ...args, ...nats], { cwd: this.#place, stdio: ['ignore', 'pipe', 'pipe'] })
    const made = { child, ended: once(child, 'close'), started: false, waits: false }
    child.stdout.setEncoding('utf8').on('data', (text: string) => { made.started ||= text.includes('"event":"start"') })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      made.waits ||= text.includes('this one waits')
      this.#said += text
    })
    return made
  }

  /** Another coordinator, or the same again, goes on. */
  async #goesOn(made: Coordinator, folder: string): Promise<void> {
    this.#coordinator = made
    this.#folder = folder
    await this.#until(() => made.started)
  }
  /** Kills the coordinator; whether it had not ended yet. */
  async #killed(): Promise<boolean> {
    const { child, ended } = this.#coordinator
    child.kill('SIGKILL')
    await ended
    return child.exitCode === null
  }

  #work(): void {
    const node = NODES[this.#made % NODES.length]!
    const name = `w${this.#made++}`
    const at = ['--nats', this.#server.url, '--run', this.#name, '--name', name]
    const args = [main(), 'work', ...at, '--once', '--quiet', '--wide', WIDE]
    const child = spawn(node, args, { cwd: this.#place, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#workers.add(child)
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
    child.on('close', (code) => {
      this.#workers.delete(child)
      // A run that is gone for longer than it is held has ended, as far as a worker knows: where machines are busy, a coordinator
      // takes that long to go on. Who comes while the server is away is told so. Both may come again.
      if (code === 0 && !this.over) this.#work()
      if (!code) return
      if (/no nats-server answers|did not say which runs/.test(said) && !this.over) this.#work()
      else if (!this.over) this.#broken ??= new Error(`the worker "${name}" ended: ${said}`)
    })
  }

  async #until(done: () => boolean): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; !done() && !this.over; await wait(10)) {
      if (this.#broken) throw this.#broken
      if (performance.now() > end) throw new Error(`nothing happens any more; it said: ${this.#said}`)
    }
  }

  #below(n: number): number {
    return Math.floor(this.#uniform() * n)
  }

  /** Lets something happen; whether the run was still going. */
  async suffer(fault: FaultKind): Promise<boolean> {
    await wait(this.#below(300))
    if (this.over) return false
    const worker = [...this.#workers][this.#below(this.#workers.size)]
    if (fault === 'worker killed') {
      worker?.kill('SIGKILL')
      this.#work()
    } else if (fault === 'worker paused') {
      worker?.kill('SIGSTOP')
      await wait(1000 * LEASE_S + this.#below(1000))
      worker?.kill('SIGCONT')
    } else if (fault === 'coordinator killed') {
      if (!await this.#killed()) return false
      await this.#goesOn(this.#coordinate('train', '--resume', this.#folder, '--save-every', '0.3'), this.#folder)
    } else if (fault === 'coordinator replaced') {
      const folder = `${this.#name}-${this.#made++}`
      const second = this.#coordinate(...this.#command, '--standby', '--out', folder)
      this.#seconds.push(second.child)
      await this.#until(() => second.waits || second.child.exitCode !== null)
      if (this.over) return false
      if (!second.waits) throw new Error(`who was to stand by does not: ${this.#said}`)
      if (!await this.#killed()) return false
      await this.#goesOn(second, folder)
    } else if (fault === 'server killed') {
      await this.#server.kill()
      await wait(this.#below(500))
      await this.#server.start()
    } else if (fault === 'full') await this.#fill()
    else {
      const name = `${fault}-${this.#made++}`
      const { url } = this.#server
      const made = fault === 'messages' ? await careless(url, this.#name, name, this.#uniform)
        : await liar(url, this.#name, name, fault)
      this.#strange.push({ name, worker: made })
      // A lie in a message of 60 MB cannot be read; the others name their worker.
      if (fault !== 'messages' && fault !== 'huge') {
        const named = () => this.#said.includes(`the worker "${name}"`)
        await this.#until(() => named() || made.told() > 0)
        await this.#until(named)
        if (made.told() && !named()) throw new Error(`the liar "${name}" is not named; it said: ${this.#said}`)
      }
    }
    return true
  }

  /** Fills what JetStream may store. */
  async #fill(): Promise<void> {
    this.#fullStream = true
    const connection = await connect({ servers: this.#server.url })
    const manager = await jetstreamManager(connection)
    await manager.streams.add({ name: 'filler', subjects: ['filler'] })
    const some = new Uint8Array(500_000)
    for (;;) {
      const full = await manager.jetstream().publish('filler', some).then(() => false, () => true)
      if (full) break
    }
    await connection.close()
  }

  /** Waits for the end; the run's digest, or what it said. */
  async end(): Promise<string> {
    try {
      const { child, ended } = this.#coordinator
      await Promise.race([ended, wait(PATIENCE_MS, undefined, { ref: false })])
      if (this.#broken) throw this.#broken
      if (child.exitCode === null) throw new Error(`it hangs; it said: ${this.#said}`)
      // One that was killed after its last save had ended.
      if (child.exitCode !== 0 && !this.#said.includes('nothing is left to train')) return this.#said
      return readFileSync(join(this.#place, this.#folder, 'digest.txt'), 'utf8')
    } finally {
      await this.clear()
    }
  }

  /** Ends whatever is left of it. */
  async clear(): Promise<void> {
    for (const { worker } of this.#strange) await worker.stop()
    for (const child of [this.#coordinator.child, ...this.#seconds, ...this.#workers]) child.kill('SIGKILL')
    if (!this.#fullStream) return
    const connection = await connect({ servers: this.#server.url })
    await (await jetstreamManager(connection)).streams.delete('filler')
    await connection.close()
  }
}
