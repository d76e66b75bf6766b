// The runs of a sweep, each in a folder and a process of its own, some at a time. Invariant: what was trained is read from the
// folders alone, so that a sweep that was stopped at any moment goes on where it was.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { savedStep } from '../../node/run.ts'
import { CONFIG, METRICS } from '../../node/run_files.ts'
import type { EpochLine } from '../lines.ts'
import type { RunOptions, Sweep } from './file.ts'
import { runCommand } from './processes.ts'

export interface RunResult {
  /** The run's number, from 1. */
  readonly run: number
  readonly folder: string
  readonly options: RunOptions
  /** Epochs that it trained, and the metric after the last. */
  readonly epochs: number
  readonly value?: number
  /** Why it ended before its time. */
  readonly failed?: string
}

/** The arguments of `ganglion train` that make a run. A schedule is over all rungs, however many of them the run trains. */
export function argumentsOf({ model, train, rungs }: Sweep, options: RunOptions): string[] {
  const given = { ...train, ...options }
  const whole = given['schedule'] !== undefined && rungs.length > 1 ? { 'schedule-epochs': rungs.at(-1)! } : {}
  const flags = Object.entries({ ...whole, ...given }).flatMap(([name, value]) => (
    value === true ? [`--${name}`] : value === false ? [] : [`--${name}=${value}`]))
  return [...(/\.[cm]?[jt]s$/.test(model) ? [`--model=${model}`] : [model]), ...flags]
}

export const folderOf = (out: string, run: number): string => join(out, String(run).padStart(4, '0'))

/** What a run is called by a nats-server: the sweep's folder and the run's. */
export function runNameOf(folder: string): string {
  const path = resolve(folder)
  return `${basename(join(path, '..')).replace(/[^\w-]/g, '-').slice(-50)}-${basename(path)}`
}

/** Digits of a metric: an epoch that was stopped has two lines, whose mean is rounded otherwise than one. */
const DIGITS = 6

/**
 * The epochs that a run has finished, of the first `most`, and its metric after the last. Figures of steps that the saved state
 * has not had do not count: the run was killed before they were saved.
 */
export async function trained(folder: string, metric: string, most: number): Promise<{ epochs: number, value?: number }> {
  if (!existsSync(join(folder, CONFIG)) || !existsSync(join(folder, METRICS))) return { epochs: 0 }
  const texts = readFileSync(join(folder, METRICS), 'utf8').split('\n').filter(Boolean)
  // Lines of --log-every are of steps that epochs' lines tell of too.
  const all = texts.map((text) => JSON.parse(text) as EpochLine).filter(({ complete }) => complete !== undefined)
  // What is wrong with a state, training says.
  const saved = await savedStep(folder).catch(() => 0)
  const lines = all.filter(({ step }) => step <= saved)
  const last = lines.filter(({ complete, epoch }) => complete && epoch <= most).at(-1)
  if (!last) return { epochs: 0 }
  const name = metric.replace(/^test\./, '')
  const parts = name === metric ? lines.filter(({ epoch }) => epoch === last.epoch) : [last]
  const sums = parts.map(({ test = {}, metrics, samples }) => samples * ((name === metric ? metrics : test)[name] ?? NaN))
  const mean = sumOf(sums) / sumOf(parts.map(({ samples }) => samples))
  return { epochs: last.epoch, ...(Number.isFinite(mean) && { value: Number(mean.toPrecision(DIGITS)) }) }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((x, y) => x + y)

export interface Running {
  readonly jobs: number
  /** A nats-server, by which workers do the runs' steps. */
  readonly nats?: string
  /** The file of the command line. */
  readonly main: string
  readonly signal: AbortSignal
  readonly onResult: (result: RunResult) => void
}

/** Trains some runs of a sweep to `epochs`; the results, in their order. */
export async function trainAll(
  sweep: Sweep, out: string, numbers: readonly number[], epochs: number, running: Running,
): Promise<RunResult[]> {
  const results: RunResult[] = []
  const left = [...numbers]
  const one = async (): Promise<void> => {
    for (let run = left.shift(); run !== undefined && !running.signal.aborted; run = left.shift()) {
      const [options, folder] = [sweep.runs[run - 1]!, folderOf(out, run)]
      const before = await trained(folder, sweep.metric, epochs)
      const args = argumentsOf(sweep, options)
      const failed = before.epochs >= epochs ? undefined : await trainOne(args, out, folder, epochs, running)
      if (running.signal.aborted) return
      const after = await trained(folder, sweep.metric, epochs)
      const result = { run, folder, options, ...after, ...(failed !== undefined && { failed }) }
      results.push(result)
      running.onResult(result)
    }
  }
  await Promise.all(Array.from({ length: Math.min(running.jobs, numbers.length) }, one))
  return results.sort((a, b) => a.run - b.run)
}

/** Trains a run, or goes on with it; why it failed, where it did. */
async function trainOne(
  args: readonly string[], out: string, folder: string, epochs: number, { main, nats, signal }: Running,
): Promise<string | undefined> {
  const begun = existsSync(join(folder, CONFIG))
  const by = nats === undefined ? [] : ['--nats', nats, '--run', runNameOf(folder)]
  const how = begun ? ['--resume', folder] : [...args, '--out', folder]
  const { code, said } = await runCommand(['train', ...how, ...by, '--epochs', `${epochs}`, '--quiet'], out, main, signal)
  return code === 0 ? undefined : said.trim().split('\n').at(-1)?.replace(/^ganglion: /, '') || `it exited with code ${code}`
}

/** Those that go on: the best, of equals the first. */
export function bestOf(results: readonly RunResult[], keep: number): RunResult[] {
  const judged = results.filter(({ value, failed }) => value !== undefined && failed === undefined)
  const sorted = [...judged].sort((a, b) => a.value! - b.value! || a.run - b.run)
  return sorted.slice(0, Math.max(1, Math.ceil(results.length * keep)))
}
