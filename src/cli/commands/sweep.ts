// `ganglion sweep FILE`: many runs of `ganglion train`, on all cores, and which of them is best.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { entryAt, makeFolder, writeFileAtomic } from '../../node/files.ts'
import { lockFolder } from '../../node/lock.ts'
import { readText } from '../../node/read.ts'
import type { Command } from '../command.ts'
import { type Io, type Signal, signalCode } from '../io.ts'
import { help, integer, parse, path, UsageError } from '../options.ts'
import { natsUrl } from '../swarm_options.ts'
import { parseSweep, type Sweep } from '../sweep/file.ts'
import { ended } from '../sweep/processes.ts'
import { argumentsOf, bestOf, folderOf, type RunResult, trainAll } from '../sweep/runs.ts'
import { csvOf, pictureOf, rowsOf, textOf } from '../sweep/table.ts'
import { checkArguments } from './train.ts'

const FILE = 'sweep.json'
/** Runs at a time, where others do their steps. */
const JOBS = 8
/** Than there are cores: while one run starts, or waits for the disk, others compute. */
const MORE = 1
const options = {
  out: {
    value: 'DIR', help: "the sweep's folder: a folder for each run, table.csv, picture.svg", read: path, initial: 'runs/sweep',
  },
  jobs: {
    value: 'N', help: 'runs at a time', read: integer(1, 256), initial: `one more than there are cores; ${JOBS} with --nats`,
  },
  nats: { value: 'URL', help: 'a nats-server, whose workers ("ganglion work --nats URL") do the runs\' steps', read: natsUrl },
  quiet: { help: 'nothing but errors and the table', short: 'q' },
  ...help,
} as const

export const sweep: Command = {
  name: 'sweep',
  summary: 'Train many runs that differ in options or seeds, and say which is best',
  usage: 'FILE [options]',
  notes: [
    'FILE is JSON: { "model": "vae", "train": { "limit": 5000, "epochs": 3 }, "metric": "test.loss",',
    '  "grid": { "latent": [2, 8, 20], "learning-rate": [1e-3, 3e-4] }, "seeds": [1, 2] }',
    '"random": { "runs": 20, "seed": 1, "options": { "learning-rate": { "from": 1e-4, "to": 1e-2, "log": true } } } draws.',
    '"halving": { "epochs": [1, 3, 9], "keep": 0.33 } lets the best third go on to epoch 3, and of those to epoch 9.',
    'A sweep that was stopped or killed goes on where it was: give the same command again.',
    'With --nats, each worker helps the run that has the fewest; with { "train": { "local-steps": 32 } } it speaks seldom.',
    'The lower the metric, the better. Each run is what its command in config.json makes alone, to the bit.',
  ],
  groups: [['Options', options]],
  examples: [
    ['sweep sweep.json', 'all runs, then a table'], ['sweep sweep.json --out runs/rates --jobs 2', 'two at a time'],
    ['sweep sweep.json --nats nats://10.0.0.5:4222', 'by the workers there'],
  ],
  async run(args, io) {
    const { values, positionals: [file, more] } = parse(args, options)
    if (file === undefined || more !== undefined) throw new UsageError(`sweep expected one file, got ${more ?? 'none'}`)
    const text = await readText(file, 1e6).catch((cause: Error) => {
      throw new GanglionError(`cannot read "${file}": ${cause.message}; give a file of JSON (ganglion sweep --help)`, { cause })
    })
    const plan = parseSweep(text, file)
    for (const [i, run] of plan.runs.entries()) {
      await checkArguments(argumentsOf(plan, run)).catch((cause: Error) => {
        throw new GanglionError(`"${file}": run ${i + 1} of ${plan.runs.length}: ${cause.message}`, { cause })
      })
    }
    const out = values.out ?? join('runs', 'sweep')
    await makeFolder(out)
    const lock = await lockFolder(out)
    try {
      const { nats, quiet = false, jobs = nats === undefined ? availableParallelism() + MORE : JOBS } = values
      return await runSweep(plan, text, out, { jobs, nats, quiet }, io)
    } finally {
      await lock.release()
    }
  },
}

interface How {
  readonly jobs: number
  readonly nats?: string
  readonly quiet: boolean
}

async function runSweep(plan: Sweep, text: string, out: string, { jobs, nats, quiet }: How, io: Io): Promise<number> {
  const kept = join(out, FILE)
  const before = await entryAt(kept) ? await readText(kept, 1e6) : text
  if (before !== text) {
    throw new GanglionError(`"${out}" holds another sweep, that of its ${FILE}; choose another --out, or remove the folder`)
  }
  await writeFileAtomic(kept, text)
  const stop = new AbortController()
  let signal: Signal | undefined
  const endListening = io.onSignal((received) => {
    signal = received
    stop.abort()
  })
  const total = plan.runs.length
  const results = new Map<number, RunResult>()
  try {
    await ended(out, stop.signal)
    let going = plan.runs.map((_, i) => i + 1)
    for (const epochs of plan.rungs) {
      const done = await trainAll(plan, out, going, epochs, {
        jobs, nats, main: process.argv[1]!, signal: stop.signal,
        onResult: (result) => {
          results.set(result.run, result)
          const { run, value, failed } = result
          const what = failed === undefined ? `${plan.metric} ${value ?? 'is not there'}` : `failed: ${failed}`
          if (!quiet) io.stdout.write(`run ${run} of ${total}, ${epochs} epochs: ${what}\n`)
        },
      })
      if (signal) {
        io.stderr.write('ganglion: stopped; the same command goes on where it was\n')
        return signalCode[signal]
      }
      going = bestOf(done, plan.keep).map(({ run }) => run).sort((a, b) => a - b)
      if (!going.length) break
    }
  } finally {
    endListening()
  }
  return await report(plan, out, [...results.values()].sort((a, b) => a.run - b.run), io)
}

async function report(plan: Sweep, out: string, results: readonly RunResult[], io: Io): Promise<number> {
  const most = Math.max(...results.map(({ epochs }) => epochs))
  const [best] = bestOf(results.filter(({ epochs }) => epochs === most), 1)
  const rows = rowsOf(plan, results)
  await writeFileAtomic(join(out, 'table.csv'), csvOf(rows))
  io.stdout.write(`${textOf(rows)}\n`)
  if (!best) {
    const [first] = results
    throw new GanglionError(`no run has the metric "${plan.metric}"${first?.failed === undefined ? '' : ` (${first.failed})`}; ` +
      'choose one that metrics.jsonl has')
  }
  await writeFileAtomic(join(out, 'picture.svg'), pictureOf(plan, results, best))
  io.stdout.write(`best      ${folderOf(out, best.run)}\npicture   ${join(out, 'picture.svg')}\n`)
  return 0
}
