// What a benchmark found, as it is kept in files. Every figure comes with all of its windows.
import type { Precision } from '../runtime/cores.ts'
import type { Machine } from './machine.ts'
import type { Figure } from './statistics.ts'

/** `same`: the golden digest; `different`: wrong, and so not fast; `unknown`: there is none to compare with. */
export type Verdict = 'same' | 'different' | 'unknown'

export interface Row {
  readonly name: string
  /** Milliseconds of one run. */
  readonly ms: Figure
  /** 10⁹ floating point operations a second, as the ops count them. */
  readonly gflops: number
  /** GFLOP/s over those of the multiply–add peak on as many threads. */
  readonly ofPeak: number
}

export interface Checked {
  /** SHA-256 of what was computed. */
  readonly digest: string
  readonly result: Verdict
}

export interface BandwidthRow {
  readonly name: string
  readonly ms: Figure
  /** 10⁹ bytes a second, read and written. */
  readonly gigabytesPerSecond: number
}

export type KernelRow = Row & BandwidthRow & Checked

export interface ModelRow extends Row, Checked {
  readonly model: string
  readonly batch: number
  readonly stepsPerSecond: number
  readonly samplesPerSecond: number
  /** Bytes of the plan: all temporaries of a step. */
  readonly planBytes: number
  /** Bytes of weights and optimizer state. */
  readonly variableBytes: number
}

export interface BenchReport {
  readonly format: 'ganglion-bench-1'
  readonly ganglion: string
  /** SHA-256 of the wasm core; empty where the caller gave one. */
  readonly core: string
  readonly precision: Precision
  /** Whether the engine fuses the relaxed build's multiply–adds; left out for the deterministic one. */
  readonly fused?: boolean
  /** Whether V8 was to make 256-bit vectors of two. */
  readonly wide?: boolean
  readonly threads: number
  readonly threadsReason: string
  readonly quick: boolean
  readonly machine: Machine
  /** How long all of it took. */
  readonly seconds: number
  /** GFLOP/s of multiply–adds in registers on one thread. */
  readonly peak: Figure
  readonly bandwidth: readonly BandwidthRow[]
  readonly kernels: readonly KernelRow[]
  readonly models: readonly ModelRow[]
}

export const FORMAT: BenchReport['format'] = 'ganglion-bench-1'
