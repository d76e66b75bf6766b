// Where the project shows what bench:peers found: docs/peers.md, docs/peers.json, and the tables in README between its marks.
// A test holds README and the page against the JSON.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from '../../src/bench/statistics.ts'
import { table } from '../markdown.ts'
import {
  fastestJavaScript, gemmTable, milliseconds, modelTable, named, overTable, races, ratios, type Report, versionsList,
} from './report.ts'

const MARKS = ['<!-- bench:peers: written by its --out -->', '<!-- bench:peers ends -->'] as const

/** One line for what was measured, and how. */
function circumstances({ machine, node, v8, ganglion, commit, limits, roundTrip }: Report): string {
  const build = `ganglion ${ganglion}${commit ? ` at ${commit}` : ''}`
  return `${build}; ${machine.cpu}, ${machine.cores} threads at once, ${machine.system}; ` +
    `Node ${node}, V8 ${v8}; ${limits.windows} windows of ${limits.windowMs} ms, taking turns; ` +
    `a word from thread to thread and back: ${roundTrip.join(' ns before, ')} ns after.`
}

export function page(report: Report): string {
  const { results, gemm } = report
  return `# Beside others

Written by \`npm run bench:peers -- --out docs\`; [peers.json](peers.json) has every window. The
[rules](../bench/peers/README.md) say who takes part, how, and what makes a result the same model's.

${circumstances(report)}

## Our time over theirs

One thread each, medians (quartiles) of the ratios window by window; below 1 ours takes less time.

${overTable(results)}

## All contestants

${modelTable(results)}
${gemm.length ? `\n## Matrix products\n\n${gemmTable(gemm)}\n` : ''}
## Versions

${versionsList(results)}
`
}

/** Name in a race, and heading. */
const TIMES = [
  ['ganglion 1 thread', 'ours, 1 thread'], ['ganglion 2 threads', '2 threads'],
  ['ganglion wide 1 thread', 'wide, 1 thread'], ['ganglion wide 2 threads', 'wide, 2 threads'],
  ['ganglion relaxed wide 1 thread', 'relaxed and wide, 1 thread'],
] as const
const RIVALS = [
  ['PyTorch 1 thread', 'PyTorch, 1 thread'], ['PyTorch 2 threads', '2 threads'],
  ['PyTorch AVX2 1 thread', 'PyTorch kept to AVX2, 1 thread'],
] as const

export function readmeTables({ results }: Report): string {
  const each = races(results)
  const times = table(
    ['model', 'batch', ...TIMES.map(([, head]) => head), 'fastest other JavaScript', ...RIVALS.map(([, head]) => head)],
    each.map((race) => {
      const other = fastestJavaScript(race)
      return [
        race[0]!.model, String(race[0]!.batch), ...TIMES.map(([name]) => milliseconds(named(race, name))),
        other ? `${milliseconds(other)}, ${other.name}` : '–', ...RIVALS.map(([name]) => milliseconds(named(race, name))),
      ]
    }),
  )
  const ours = ['ganglion 1 thread', 'ganglion wide 1 thread', 'ganglion relaxed wide 1 thread']
  const over = table(
    ['model', 'batch', 'over the fastest other JavaScript', 'over PyTorch', 'over PyTorch kept to AVX2'],
    each.map((race) => {
      const rivals = [fastestJavaScript(race), named(race, 'PyTorch 1 thread'), named(race, 'PyTorch AVX2 1 thread')]
      const cell = (rival: typeof rivals[number]) => ours.map((name) => {
        const r = named(race, name)
        const ratio = r && rival ? ratios(r, rival) : []
        return ratio.length ? median(ratio).toFixed(2) : '–'
      }).join(' · ')
      return [race[0]!.model, String(race[0]!.batch), ...rivals.map(cell)]
    }),
  )
  return `Milliseconds a step (medians):\n\n${times}\n\n` +
    `Our time over theirs, one thread each (medians of the windows' ratios): as it comes · wide · relaxed and wide.\n\n${over}`
}

/** The text between README's marks is replaced by `tables`. */
export function withTables(readme: string, tables: string): string {
  const [from, to] = MARKS.map((mark) => readme.indexOf(mark)) as [number, number]
  if (from < 0 || to < from) throw new RangeError(`README.md lacks the marks "${MARKS.join('" and "')}"; put them back`)
  return `${readme.slice(0, from)}${MARKS[0]}\n\n${tables}\n\n${readme.slice(to)}`
}

/** One result a line: a diff shows whose figures changed. */
export function jsonOf({ results, gemm, ...head }: Report): string {
  const lines = (all: readonly object[]) => `[\n${all.map((x) => JSON.stringify(x)).join(',\n')}\n]`
  return `{"head": ${JSON.stringify(head)},\n"results": ${lines(results)},\n"gemm": ${lines(gemm)}}\n`
}

type Body = 'results' | 'gemm'
export function parseReport(json: string): Report {
  const { head, results, gemm } = JSON.parse(json) as { head: Omit<Report, Body> } & Pick<Report, Body>
  return { ...head, results, gemm }
}

/** Writes the page and the JSON to `folder`, and README's tables. */
export async function writePages(folder: string, report: Report): Promise<void> {
  await writeFile(join(folder, 'peers.json'), jsonOf(report))
  await writeFile(join(folder, 'peers.md'), page(report))
  await writeFile('README.md', withTables(await readFile('README.md', 'utf8'), readmeTables(report)))
}
