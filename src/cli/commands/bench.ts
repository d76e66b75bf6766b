// `ganglion bench`: how fast this machine trains, and whether it computes the right numbers; or two such reports compared.
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BenchReport } from '../../bench/index.ts'
import { GanglionError } from '../../errors.ts'
import { writeFileAtomic } from '../../node/files.ts'
import type { Command } from '../command.ts'
import type { Output } from '../io.ts'
import { automaticWide, choice, help, parse, path, threads, UsageError, wide } from '../options.ts'

const measuring = {
  quick: { help: 'a quarter of a minute at most instead of a minute' },
  threads: { value: 'N|auto', help: 'threads of a step; any number gives the same bits', read: threads, initial: 1 },
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
  precision: {
    value: 'HOW', help: 'deterministic; or relaxed: faster, not the same bits everywhere', initial: 'deterministic',
    read: choice('deterministic', 'relaxed'),
  },
  json: { value: 'FILE', help: 'keeps all figures, window by window; replaces an earlier report', read: path },
} as const
const comparing = { compare: { help: 'compares two files that --json wrote, and measures nothing' }, ...help } as const
const options = { ...measuring, ...comparing }

export const bench: Command = {
  name: 'bench',
  summary: 'Measure this machine: peak, memory, kernels, models; results are checked',
  usage: '[options]  or  ganglion bench --compare A B',
  notes: [
    'Times are medians with quartiles; a result is the same as the golden one to the bit, or its speed does not count.',
    'Exit code 1 where a result is different.',
  ],
  groups: [['Measuring', measuring], ['Comparing', comparing]],
  examples: [
    ['bench', 'a table, in less than a minute'],
    ['bench --quick --threads auto --json mine.json', 'on all threads, kept'],
    ['bench --compare mine.json yours.json', 'line by line, with warnings where the two cannot be compared'],
  ],
  async run(args, { stdout, stderr }) {
    const { positionals, values: { compare, json, ...chosen } } = parse(args, options)
    if (compare) {
      const others = json !== undefined || Object.keys(chosen).length > 0
      if (others) throw new UsageError('--compare takes no other options: it measures nothing')
      return compared(positionals, stdout)
    }
    if (positionals.length) throw new UsageError(`bench takes no arguments without --compare, got "${positionals[0]}"`)
    if (json !== undefined) checkPlace(json)
    const { bench, reportTable, wrong } = await benchmark()
    const line = stderr.isTTY ? (what: string) => (stderr.raw ?? stderr).write(`\r\x1b[K${what}`) : () => {}
    const report = await bench({ wide: automaticWide(), ...chosen, onProgress: line }).finally(() => line(''))
    stdout.write(reportTable(report))
    if (json !== undefined) await writeFileAtomic(json, `${JSON.stringify(report, null, 1)}\n`)
    const different = wrong(report)
    if (!different.length) return 0
    const what = different.length > 1 ? 'of the results are not the golden ones' : 'of the results is not the golden one'
    throw new GanglionError(`${different.length} ${what}: ` +
      `${different.join('; ')}; this engine or machine computes wrong numbers: please report it with the file of --json`)
  },
}

/** Loaded when it runs: other commands start without. */
// eslint-disable-next-line no-restricted-syntax -- the command's first step
const benchmark = () => import('../../bench/index.ts')

async function compared(files: readonly string[], stdout: Output): Promise<number> {
  const [a, b, more] = files
  if (a === undefined || b === undefined || more !== undefined) {
    throw new UsageError(`--compare expected two files, got ${files.length}`)
  }
  const { compareReports, comparisonTable, parseReport } = await benchmark()
  stdout.write(comparisonTable(compareReports(read(a, parseReport), read(b, parseReport)), [a, b]))
  return 0
}

function read(file: string, parseReport: (text: string) => BenchReport): BenchReport {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GanglionError(`cannot read "${file}"; give a file that "ganglion bench --json FILE" wrote`, { cause })
  }
  try {
    return parseReport(content)
  } catch (cause) {
    throw new GanglionError(`"${file}" ${(cause as Error).message}`, { cause })
  }
}

/** A minute of measuring must not end at a folder that is not there, nor replace a file that is no report. */
function checkPlace(file: string): void {
  const folder = dirname(file)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new GanglionError(`cannot write "${file}": the folder "${folder}" does not exist; create it first`)
  }
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new GanglionError(`cannot write "${file}": it is a folder; give the name of a file`)
  if (found?.isFile() && found.size > 0 && !isReport(file)) {
    throw new GanglionError(`"${file}" holds something else than a report of "ganglion bench", and is left as it is; ` +
      'give --json a new name')
  }
}

/** Whether a file says of itself that it is a report, whole or not, of any version. */
function isReport(file: string): boolean {
  try {
    const { format } = JSON.parse(readFileSync(file, 'utf8')) as { format?: unknown }
    return typeof format === 'string' && format.startsWith('ganglion-bench')
  } catch {
    return false
  }
}
