// A report as text that a person likes to read.
import { check } from '../options.ts'
import { reportRule, wrong } from './fits.ts'
import type { BenchReport, Row, Verdict } from './report.ts'
import { spread } from './statistics.ts'

const MEGABYTE = 1048576
const VERDICTS: Readonly<Record<Verdict, string>> = { same: 'same', different: 'DIFFERENT', unknown: '–' }

/** Columns of text: the first flush left, the others flush right, unless their heading says otherwise with a `<`. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const left = head.map((title, i) => i === 0 || title.startsWith('<'))
  const titles = head.map((title) => title.replace('<', ''))
  const widths = titles.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i]!)].map((cell) => cell.length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (left[i] ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ').trimEnd()
  return [line(titles), ...rows.map(line)].join('\n')
}

/** To three digits or so, without an exponent. */
export const short = (x: number): string => x.toFixed(x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : 3)
const percent = (fraction: number): string => `${(100 * fraction).toFixed(0)} %`
/** Flops that are no floating point operations to speak of are none. */
const speed = ({ gflops, ofPeak }: Row): [string, string] => (gflops > 0 ? [short(gflops), percent(ofPeak)] : ['–', '–'])

/**
 * @throws TypeError where it is no report
 * @example
 * console.log(reportTable(await bench()))
 */
export function reportTable(report: BenchReport): string {
  check('reportTable', 'report', report, reportRule)
  const { ganglion, core, precision, fused, wide, threads, machine, peak, bandwidth, kernels, models, seconds } = report
  const parts = [
    [
      [
        `ganglion ${ganglion}`, fused === undefined ? precision : `${precision}, ${fused ? 'fused' : 'not fused'}`,
        ...(wide ? ['wide vectors'] : []), `${threads} thread${threads > 1 ? 's' : ''}`,
        ...(core && [`core ${core.slice(0, 12)}`]),
      ].join(', '),
      machine.engine,
      [machine.cpu, `${machine.cores} threads at once`, machine.system].filter(Boolean).join(', '),
      `peak ${spread(peak.windows, 1)} GFLOP/s: multiply–adds in registers, one thread`,
    ].join('\n'),
    columns(['memory, arrays of 64 MB', 'ms', 'GB/s'], bandwidth.map((b) => {
      return [b.name, spread(b.ms.windows), short(b.gigabytesPerSecond)]
    })),
    columns(['kernel', 'ms', 'GFLOP/s', 'of peak', 'GB/s', '<result'], kernels.map((k) => {
      return [k.name, spread(k.ms.windows, 3), ...speed(k), short(k.gigabytesPerSecond), VERDICTS[k.result]]
    })),
    columns(
      ['model, batch', 'ms a step', 'steps/s', 'samples/s', 'GFLOP/s', 'of peak', 'step, MB', 'weights, MB', '<result'],
      models.map((m) => [
        m.name, spread(m.ms.windows), short(m.stepsPerSecond), m.samplesPerSecond.toFixed(0), ...speed(m),
        (m.planBytes / MEGABYTE).toFixed(1), (m.variableBytes / MEGABYTE).toFixed(1), VERDICTS[m.result],
      ]),
    ),
    `${seconds.toFixed(0)} s. Times: median (quartiles). ${conclusion(report)}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** What the digests say, in a sentence. */
function conclusion(report: BenchReport): string {
  const different = wrong(report)
  if (different.length) return `These results are not the golden ones, so their speed does not count: ${different.join('; ')}.`
  if (report.precision === 'relaxed') return 'Relaxed results differ between machines, so none was compared.'
  const all = [...report.kernels, ...report.models]
  const same = all.filter(({ result }) => result === 'same').length
  return `${same === all.length ? 'All' : `${same} of`} ${all.length} results have their golden digests.`
}
