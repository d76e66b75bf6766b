// One run of a model, killed again and again and gone on with, against the same run that nobody disturbed.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { cli } from '../../src/cli/cli.ts'
import { type ModelName, models } from '../../src/models/kinds.ts'
import { loadRun } from '../../src/node/index.ts'
import { countersOf } from '../../src/train/state.ts'
import { smallFlags, writeBars } from '../cli/kinds.ts'
import { built } from '../dist.ts'

/** When a process is killed: at a call of the file system, or after so many milliseconds. */
export type Kill = { readonly call: number, readonly fate: 'kill' | 'half' } | { readonly ms: number }

export interface Reference {
  readonly kind: ModelName
  readonly folder: string
  readonly digest: string
  readonly files: readonly string[]
  /** Calls of the file system, and milliseconds, that the whole run took. */
  readonly calls: number
  readonly ms: number
}

const EPOCHS = 2
/** At every chunk, that is. */
const SAVE_EVERY = '0.000001'
const SEED = 5

/** What a kill must not do. */
export class Broken extends Error {
  readonly what: 'lost' | 'blocked' | 'left behind'
  constructor(what: Broken['what'], message: string) {
    super(message)
    this.what = what
  }
}

export class Life {
  readonly #reference: Reference
  readonly #run: string
  readonly #force: boolean
  /** The step of the run that is saved; undefined where none is. */
  #step: number | undefined

  /** @param force whether it replaces an earlier run */
  constructor(reference: Reference, folder: string, force: boolean) {
    this.#reference = reference
    this.#run = join(folder, 'run')
    this.#force = force
    rmSync(this.#run, { recursive: true, force: true })
    if (force) cpSync(join(reference.folder, 'earlier'), this.#run, { recursive: true })
  }

  /** Whether the process was killed; it may have been done before. @param show whether commands read the run then */
  async go(kill: Kill, show: boolean): Promise<boolean> {
    const { killed } = await ganglion(this.#command(), this.#run, kill)
    await this.#look(show)
    return killed
  }

  /** Trains to the end. @throws Broken where that is not the end of the undisturbed run */
  async end(): Promise<void> {
    const { code, stderr } = await ganglion(this.#command(), this.#run)
    const done = /nothing is left to train/.test(stderr)
    if (code !== 0 && !done) throw new Broken('blocked', stderr)
    const { digest, files, folder } = this.#reference
    const found = filesIn(this.#run)
    if (found.join() !== files.join()) throw new Broken('left behind', `there is ${found.join(', ')}`)
    if (readFileSync(join(this.#run, 'digest.txt'), 'utf8').trim() !== digest) throw new Broken('lost', 'another digest')
    for (const name of files.filter((name) => !/(^|\/)(config\.json|metrics\.jsonl)$/.test(name))) {
      const [ours, theirs] = [this.#run, join(folder, 'run')].map((run) => readFileSync(join(run, name)))
      if (!ours!.equals(theirs!)) throw new Broken('lost', `another ${name}`)
    }
    this.#checkFigures()
  }

  /** A line's steps follow those of the line before it, and its figures are those of the whole epoch where it is whole. */
  #checkFigures(): void {
    type Line = { from: number, step: number, epoch: number, metrics: object, complete: boolean }
    const lines = (run: string) => readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')
      .map((line) => JSON.parse(line) as Line)
    let at = 0
    const whole = lines(join(this.#reference.folder, 'run'))
    const found = lines(this.#run)
    for (const line of found) {
      if (line.from !== at) throw new Broken('lost', `figures of the steps from ${at} to ${line.from}`)
      at = line.step
      const same = whole.find(({ from, step }) => from === line.from && step === line.step)
      if (same && JSON.stringify(same.metrics) !== JSON.stringify(line.metrics)) throw new Broken('lost', 'other figures')
    }
    const ends = (all: Line[]) => all.filter(({ complete }) => complete).map(({ epoch, step }) => `${epoch}:${step}`).join()
    if (ends(found) !== ends(whole)) throw new Broken('lost', `figures of epochs: ${ends(found)}`)
  }

  #command(): string[] {
    if (this.#step !== undefined) return ['train', '--resume', this.#run, '--save-every', SAVE_EVERY, '--quiet']
    return [...trainCommand(this.#reference.kind, this.#reference.folder, SEED, this.#run), ...(this.#force ? ['--force'] : [])]
  }

  /** The run, as `--resume`, `sample` and `evaluate` find it just now. */
  async #look(show: boolean): Promise<void> {
    const found = await loadRun(this.#run, { state: true }).catch((error: Error) => {
      if (this.#step === undefined && !this.#force && /is not a run folder/.test(error.message)) return undefined
      throw new Broken('lost', error.message)
    })
    if (!found) return
    const { model, config } = found
    if (config.training.seed === SEED) {
      const { step } = countersOf(model.session)
      if (step < (this.#step ?? 0)) throw new Broken('lost', `step ${step} after step ${this.#step}`)
      this.#step = step
    }
    const best = join(this.#run, 'best')
    if (existsSync(join(best, 'config.json'))) {
      await loadRun(best, { state: true }).catch((error: Error) => { throw new Broken('lost', error.message) })
    }
    if (!show) return
    await shown(['sample', this.#run, '--out', join(this.#run, '..', 'sample.png')])
    if (model.definition.evaluate) await shown(['evaluate', this.#run])
    const left = filesIn(this.#run).filter((name) => /(^|\/)\./.test(name))
    if (left.length) throw new Broken('left behind', `there is ${left.join(', ')}`)
  }
}

/** Trains once, undisturbed, and another run, that others replace. */
export async function referenceOf(kind: ModelName, folder: string): Promise<Reference> {
  mkdirSync(folder, { recursive: true })
  writeBars(kind, join(folder, 'images'), join(folder, 'labels'), 3)
  const [run, report] = [join(folder, 'run'), join(folder, 'calls')]
  const began = performance.now()
  const { code, stderr } = await ganglion(trainCommand(kind, folder, SEED, run), run, undefined, report)
  const ms = performance.now() - began
  if (code !== 0) throw new Error(stderr)
  const earlier = join(folder, 'earlier')
  await ganglion([...trainCommand(kind, folder, SEED + 1, earlier), '--epochs', '3'], earlier)
  const digest = readFileSync(join(run, 'digest.txt'), 'utf8').trim()
  return { kind, folder, digest, files: filesIn(run), calls: Number(readFileSync(report, 'utf8')), ms }
}

function trainCommand(kind: ModelName, folder: string, seed: number, out: string): string[] {
  return [
    'train', kind, '--data', join(folder, 'images'), '--epochs', `${EPOCHS}`,
    '--seed', `${seed}`, '--save-every', SAVE_EVERY, '--out', out, '--quiet', ...smallFlags(kind),
    ...(models[kind]().evaluate ? ['--validation', '0.2', '--keep-best'] : []),
  ]
}

interface Ended { readonly code: number | null, readonly killed: boolean, readonly stderr: string }

/** The built command in a process of its own. */
function ganglion(args: readonly string[], folder: string, kill?: Kill, report?: string): Promise<Ended> {
  const GANGLION_FATE = JSON.stringify({ in: resolve(folder), report, ...(kill && 'call' in kill && kill) })
  const preload = resolve('test/torture/fate.mjs')
  const child = spawn(process.execPath, ['--import', preload, built('cli/main.js'), ...args], {
    env: { ...process.env, GANGLION_FATE }, stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
  const timer = kill && 'ms' in kill ? setTimeout(() => child.kill('SIGKILL'), kill.ms) : undefined
  return new Promise((done) => child.on('close', (code, signal) => {
    clearTimeout(timer)
    done({ code, killed: signal === 'SIGKILL', stderr })
  }))
}

/** A command in this process. */
async function shown(args: readonly string[]): Promise<void> {
  let said = ''
  const stream = new Writable({ write: (chunk, _, done) => { said += String(chunk); done() } })
  const io = { stdout: stream, stderr: stream, onSignal: () => () => {}, checkOutput() {}, async flush() {} }
  if (await cli(args, io) !== 0) throw new Broken('lost', `${args[0]}: ${said}`)
}

/** By their names from the folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name !== 'samples' && name !== 'best').sort()
}
