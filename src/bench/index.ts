// The entry `ganglion/bench`: measures the machine, the engine and this build, in every runtime.
export { bench, type BenchOptions } from './bench.ts'
export { type ComparedRow, type Comparison, compareReports, comparisonTable, parseReport } from './compare.ts'
export type { Machine } from './machine.ts'
export {
  type BandwidthRow, type BenchReport, type Checked, type KernelRow, type ModelRow, type Row, type Verdict,
} from './report.ts'
export { wrong } from './fits.ts'
export type { Figure } from './statistics.ts'
export { reportTable } from './table.ts'
