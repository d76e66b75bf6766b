// Runs the command line: in this process with streams of its own, or the built one in a process of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { cli } from '../../src/cli/cli.ts'
import type { Io, Signal } from '../../src/cli/io.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { built } from '../dist.ts'

export interface Outcome { code: number, stdout: string, stderr: string }

/** A stream that remembers; a terminal of 80 columns if asked. */
export class Memory extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns = 80
  constructor(isTTY = false) {
    super()
    this.isTTY = isTTY
  }
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

interface Played { terminal?: boolean, signal?: Signal }

/** Runs here; `signal` gives a function that plays a signal once training listens. */
export async function ganglion(args: readonly string[], { terminal = false, signal }: Played = {}): Promise<Outcome> {
  const [stdout, stderr] = [new Memory(terminal), new Memory(terminal)]
  const onSignal: Io['onSignal'] = (callback) => {
    if (signal) setTimeout(() => callback(signal), 50)
    return () => {}
  }
  const code = await cli(args, { stdout, stderr, onSignal, checkOutput() {}, async flush() {} })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

export const main = (): string => built('cli/main.js')

type During = (child: ChildProcess, said: { stdout: string, stderr: string }) => void

/** Runs the built command in `cwd`; `during` gets the process and what it has said so far. */
export function spawned(args: readonly string[], cwd: string, during?: During): Promise<Outcome & { signal: string | null }> {
  const child = spawn(process.execPath, [main(), ...args], { cwd })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    during?.(child, { stdout, stderr })
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    during?.(child, { stdout, stderr })
  })
  return new Promise((done) => child.on('close', (code, signal) => done({ code: code ?? -1, signal, stdout, stderr })))
}

/** The built command, which meets its fate at a call of the file system in a folder (test/torture/fate.mjs). */
export function doomed(args: readonly string[], cwd: string, fate: object): Promise<Outcome & { signal: string | null }> {
  const child = spawn(process.execPath, ['--import', resolve('test/torture/fate.mjs'), main(), ...args], {
    cwd, env: { ...process.env, GANGLION_FATE: JSON.stringify(fate) },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { stdout += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
  return new Promise((done) => child.on('close', (code, signal) => done({ code: code ?? -1, signal, stdout, stderr })))
}

export interface Place {
  readonly path: string
  in(...names: string[]): string
  remove(): void
}

/** A folder of its own, with `images`: an IDX file of 96 images of 6 x 6. */
export function place(): Place {
  const path = mkdtempSync(join(tmpdir(), 'ganglion-cli-'))
  writeImages(join(path, 'images'), 96, 6)
  return { path, in: (...names) => join(path, ...names), remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** An IDX file of `count` square images: a bright bar on black, somewhere else in each. */
export function writeImages(path: string, count: number, side: number): void {
  const size = side * side
  const images = Uint8Array.from({ length: count * size }, (_, i) => (i % side === Math.floor(i / size) % side ? 255 : 0))
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, writeIdx([count, side, side], images))
}
