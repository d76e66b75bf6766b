// Two reports, line by line. They are of different moments, so a difference within the spread of either is called none;
// two builds on one machine are better compared in one run: `npm run bench -- compare`.
import { aNumber, check, isListOf, isString, listOf, name, oneOf, rule } from '../options.ts'
import { figure, fits, isReport, reportRule } from './fits.ts'
import { type BenchReport, FORMAT } from './report.ts'
import type { Figure } from './statistics.ts'
import { columns, short } from './table.ts'

export interface ComparedRow {
  readonly name: string
  /** Milliseconds of one run (the peak: of 10⁹ operations). */
  readonly a: Figure
  readonly b: Figure
  /** b over a, by time: below 1, b is faster. */
  readonly ratio: number
  readonly verdict: 'faster' | 'slower' | 'within the spread'
}

export interface Comparison {
  /** Sentences on why the ratios may not mean what they seem to. */
  readonly warnings: readonly string[]
  readonly rows: readonly ComparedRow[]
  /** Lines that only one of the two has. */
  readonly unmatched: readonly string[]
}

const TEXT = rule('a text', isString)
const ROW = {
  name, a: figure, b: figure, ratio: aNumber, verdict: oneOf('faster', 'slower', 'within the spread'),
}
const COMPARISON = rule('what compareReports() gives', fits<Comparison>({
  warnings: listOf('texts', isString), rows: listOf('rows', fits(ROW)), unmatched: listOf('names', isString),
}))
const NAMES = rule('two names', (x): x is readonly [string, string] => isListOf(x, isString) && x.length === 2)
const MEND = 'give a file that "ganglion bench --json FILE" wrote'

/**
 * A report read from JSON.
 * @throws TypeError where it is no text; RangeError where it is no report, in a message that wants the file's name before it
 * @example
 * const report = parseReport(text)
 */
export function parseReport(text: string): BenchReport {
  check('parseReport', 'text', text, TEXT)
  let value: Partial<BenchReport> | null
  try {
    value = JSON.parse(text) as Partial<BenchReport> | null
  } catch {
    throw new RangeError(`is not JSON; ${MEND}`)
  }
  if (typeof value !== 'object' || value?.format !== FORMAT) {
    throw new RangeError(`is no report ("format": "${FORMAT}"); ${MEND}`)
  }
  if (!isReport(value)) throw new RangeError('is a report that lacks parts; measure again with "ganglion bench --json FILE"')
  return value
}

/**
 * @throws TypeError where they are no reports
 * @example
 * const comparison = compareReports(await bench(), parseReport(text))
 */
export function compareReports(a: BenchReport, b: BenchReport): Comparison {
  for (const report of [a, b]) check('compareReports', 'a report', report, reportRule)
  const [linesA, linesB] = [lines(a), lines(b)]
  const rows = [...linesA].flatMap(([name, figure]) => {
    const other = linesB.get(name)
    return other ? [comparedRow(name, figure, other)] : []
  })
  const unmatched = [...new Set([...linesA.keys(), ...linesB.keys()])].filter((name) => !linesA.has(name) || !linesB.has(name))
  return { warnings: warnings(a, b), rows, unmatched }
}

const inverse = ({ median, quartiles: [low, high], windows }: Figure): Figure =>
  ({ median: 1 / median, quartiles: [1 / high, 1 / low], windows: windows.map((x) => 1 / x) })

const lines = ({ peak, bandwidth, kernels, models }: BenchReport): Map<string, Figure> => new Map([
  ['peak', inverse(peak)] as const,
  ...bandwidth.map(({ name, ms }) => [`memory: ${name}`, ms] as const),
  ...[...kernels, ...models].map(({ name, ms }) => [name, ms] as const),
])

function comparedRow(name: string, a: Figure, b: Figure): ComparedRow {
  const separate = a.quartiles[1] < b.quartiles[0] || b.quartiles[1] < a.quartiles[0]
  const ratio = b.median / a.median
  return { name, a, b, ratio, verdict: !separate ? 'within the spread' : ratio < 1 ? 'faster' : 'slower' }
}

function warnings(a: BenchReport, b: BenchReport): string[] {
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['processors', `${a.machine.cpu}, ${a.machine.cores} threads`, `${b.machine.cpu}, ${b.machine.cores} threads`],
    ['systems', a.machine.system, b.machine.system],
    ['engines', a.machine.engine, b.machine.engine],
    ['precisions', a.precision, b.precision],
    ['vectors', a.wide ? 'wide' : 'of 128 bits', b.wide ? 'wide' : 'of 128 bits'],
    ['numbers of threads', a.threads, b.threads],
  ]
  const said = facts.filter(([, x, y]) => x !== y).map(([what, x, y]) => `the ${what} differ: ${String(x)}; ${String(y)}`)
  if (a.quick || b.quick) said.push('a quick run has few windows: its spread is a guess')
  const digests = new Map(a.precision === b.precision && a.precision === 'deterministic' ? results(a) : [])
  const others = results(b).filter(([name, digest]) => digests.has(name) && digests.get(name) !== digest).map(([name]) => name)
  if (others.length) said.push(`they computed different numbers: ${others.join('; ')}`)
  return said
}

const results = ({ kernels, models }: BenchReport) => [...kernels, ...models].map(({ name, digest }) => [name, digest] as const)

/**
 * @param names what the two reports are called in the heading
 * @throws TypeError where an argument is something else
 * @example
 * console.log(comparisonTable(compareReports(report, parseReport(text)), ['mine', 'theirs']))
 */
export function comparisonTable(comparison: Comparison, names: readonly [string, string]): string {
  check('comparisonTable', 'comparison', comparison, COMPARISON)
  check('comparisonTable', 'names', names, NAMES)
  const { warnings, rows, unmatched } = comparison
  const head = ['ms', names[0], names[1], 'ratio', '<']
  const body = rows.map(({ name, a, b, ratio, verdict }) => [name, short(a.median), short(b.median), ratio.toFixed(3), verdict])
  return [
    ...warnings.map((warning) => `Warning: ${warning}.`),
    columns(head, body),
    ...(unmatched.length ? [`In one of them only: ${unmatched.join('; ')}.`] : []),
    `Ratio: the second over the first, by time; below 1 the second is faster. Faster, slower: their quartiles lie apart.`,
  ].join('\n\n') + '\n'
}
