// Whether a value is what the benchmark writes: reports come from files of other versions too, and from a caller's own hands.
import {
  aNumber, check, flag, isListOf, isNumber, isRecord, isString, listOf, name, oneOf, optional, type Rule, rule,
} from '../options.ts'
import { type BenchReport, FORMAT } from './report.ts'

type Fields = Readonly<Record<string, Rule>>
/** The rule's check of an object with these fields. */
export const fits = <T extends object = object>(fields: Fields) => (x: unknown): x is T =>
  isRecord(x) && Object.entries(fields).every(([key, { fault }]) => !fault(x[key]))

const text = rule('a text', isString)
const digest = rule('a digest', isString)
const whole = fits({
  median: rule('a number above 0', isNumber, (x) => x > 0), windows: listOf('numbers', isNumber),
  quartiles: rule('two numbers', (x): x is readonly number[] => isListOf(x, isNumber) && x.length === 2),
})
export const figure = rule('a figure', whole)
const ROW = { name, ms: figure, gflops: aNumber, ofPeak: aNumber, digest, result: oneOf('same', 'different', 'unknown') }
const BANDWIDTH = { name, ms: figure, gigabytesPerSecond: aNumber }
const MODEL = {
  ...ROW, model: name, batch: aNumber, stepsPerSecond: aNumber, samplesPerSecond: aNumber,
  planBytes: aNumber, variableBytes: aNumber,
}
const FIELDS = {
  format: oneOf(FORMAT), ganglion: text, core: text, precision: oneOf('deterministic', 'relaxed'), fused: optional(flag),
  wide: optional(flag), threads: aNumber, threadsReason: text, quick: flag, seconds: aNumber, peak: figure,
  machine: rule('a machine', fits({ engine: text, cores: aNumber, cpu: optional(text), system: optional(text) })),
  bandwidth: listOf('rows', fits(BANDWIDTH)), kernels: listOf('rows', fits({ ...ROW, ...BANDWIDTH })),
  models: listOf('rows', fits(MODEL)),
}
export const isReport = fits<BenchReport>(FIELDS)
/** What `bench` gives. */
export const reportRule = rule('what bench() gives', isReport)
/**
 * The names of what was computed wrong. @throws TypeError where it is no report
 * @example
 * if (wrong(report).length) console.log('wrong results:', wrong(report))
 */
export function wrong(report: BenchReport): string[] {
  check('wrong', 'report', report, reportRule)
  return [...report.kernels, ...report.models].filter(({ result }) => result === 'different').map(({ name }) => name)
}
