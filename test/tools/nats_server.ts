// A real nats-server (Debian's) on loopback, for tests.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there is none; null where there is. */
export function noNatsServer(): string | null {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'not run here: there is no nats-server; apt-get install nats-server'
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

const MOST_TRIES = 20

/** Keeps what it knows in a folder of its own. */
export class NatsServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'ganglion-nats-'))
  port = 0
  #options: readonly string[] = ['-js', '-sd', this.folder]
  #process: ChildProcess | undefined

  /** With JetStream; started again, with the options of before. */
  async start(...options: string[]): Promise<this> {
    this.port ||= await freePort()
    if (options.length) this.#options = options
    const args = ['-a', '127.0.0.1', '-p', String(this.port), ...this.#options]
    for (let tries = 1; ; tries++) {
      const said = await this.#started(args)
      if (said === undefined) return this
      // While it was away, somebody's connection may have had its port.
      if (!said.includes('address already in use') || tries === MOST_TRIES) throw new Error(said)
      await new Promise((done) => { setTimeout(done, 500) })
    }
  }
  /** What it said where it ended. */
  async #started(args: readonly string[]): Promise<string | undefined> {
    this.#process = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text })
    while (!said.includes('Server is ready')) {
      if (this.#process.exitCode !== null) return said
      await new Promise((done) => { setTimeout(done, 20) })
    }
    return undefined
  }
  async kill(): Promise<void> {
    if (!this.#process) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
    this.#process = undefined
  }
  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }
}
