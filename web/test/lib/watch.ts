// Runs on disk, and the built command that shows them.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const MAIN = new URL('../../../dist/cli/main.js', import.meta.url).pathname

export interface Watching {
  readonly address: string
  /** Ends it as Ctrl-C does; its exit code. */
  end(): Promise<number | null>
}

/** A folder of a test file's own. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ganglion-watch-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const children: ChildProcess[] = []
// Of a test that failed, too.
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))

/** Runs a command that says an address, until it says it. */
export async function started(cwd: string, ...args: string[]): Promise<Watching> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd })
  children.push(child)
  const ended = new Promise<number | null>((done) => child.once('close', done))
  let said = ''
  const address = await new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        said += part.toString()
        const [found] = /http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//.exec(said) ?? []
        if (found) done(found)
      })
    }
    void ended.then(() => fail(new Error(said)))
  })
  return {
    address,
    end() {
      child.kill('SIGINT')
      return ended
    },
  }
}

/** Trains a run to its end. */
export function train(cwd: string, out: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'train', ...args, '--out', out, '--quiet'], { cwd })
  if (status !== 0) throw new Error(stderr.toString())
}

/** A copy of a run with so many epochs more in its figures, none of which has pictures. */
export function lengthened(cwd: string, from: string, to: string, epochs: number): void {
  cpSync(join(cwd, from), join(cwd, to), { recursive: true })
  const text = readFileSync(join(cwd, from, 'metrics.jsonl'), 'utf8')
  const last = JSON.parse(text.trimEnd().split('\n').at(-1)!) as { epoch: number, step: number, metrics: { loss: number } }
  const more = Array.from({ length: epochs }, (_, i) => JSON.stringify({
    ...last, epoch: last.epoch + i + 1, from: last.step + i, step: last.step + i + 1,
    metrics: { ...last.metrics, loss: last.metrics.loss / (1 + i / 500) },
  }))
  writeFileSync(join(cwd, to, 'metrics.jsonl'), `${text}${more.join('\n')}\n`)
}
