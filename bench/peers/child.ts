// A contestant's process, seen from the parent: one request at a time, each with a time limit.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Init } from './protocol.ts'

interface Reply { error?: string; ms?: number; processor?: number | null; losses?: number[]; versions?: Record<string, string> }

export class Child {
  readonly #process: ChildProcess
  readonly #waiting: ((reply: Reply) => void)[] = []
  #stderr = ''

  constructor(command: readonly string[], env: Readonly<Record<string, string | undefined>>) {
    const [file, ...args] = command
    this.#process = spawn(file!, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    const end = (why: string) => this.#waiting.splice(0).forEach((settle) => settle({ error: why }))
    this.#process.on('error', ({ message }) => end(message))
    const lastWords = () => this.#stderr.trim().split('\n').at(-1) ?? ''
    this.#process.on('exit', (code, signal) => end(`ended with ${signal ?? code}: ${lastWords()}`))
    this.#process.stdin!.on('error', () => {})
    this.#process.stderr!.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-4000) })
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.#waiting.shift()?.(JSON.parse(line) as Reply)
    })
  }

  /** Throws what the contestant says it cannot do, and when it takes longer than `seconds`. */
  async #ask(request: object, seconds: number): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined
    const reply = await new Promise<Reply>((settle) => {
      timer = setTimeout(() => settle({ error: `too slow: no answer within ${seconds} s` }), seconds * 1000)
      this.#waiting.push(settle)
      if (this.#process.exitCode !== null) settle({ error: `ended with ${this.#process.exitCode}` })
      else this.#process.stdin!.write(`${JSON.stringify(request)}\n`)
    })
    clearTimeout(timer)
    if (reply.error !== undefined) throw new Error(reply.error.split('\n')[0])
    return reply
  }

  async init(init: Init, seconds: number): Promise<Record<string, string>> {
    return (await this.#ask({ init }, seconds)).versions!
  }
  /** Milliseconds by the clock, and of processor time, which a page cannot tell. */
  async steps(steps: number, seconds: number): Promise<{ ms: number; processor: number | null; losses: number[] }> {
    const { ms, processor, losses } = await this.#ask({ steps }, seconds)
    return { ms: ms!, processor: processor ?? null, losses: losses! }
  }

  /** The largest resident set so far, in MB; null where the system does not tell. */
  peakMegabytes(): number | null {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'latin1'))![1]) / 1024
    } catch {
      return null
    }
  }

  /** Who has a browser closes it then; all others are gone at once. */
  end(): void {
    this.#process.kill('SIGTERM')
  }
}
