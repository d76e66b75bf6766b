// What bench:peers found: the tables of it, in markdown. Times are compared window by window: both saw the same machine.
import { median, quantile, spread } from '../../src/bench/statistics.ts'
import type { Checkout } from '../about.ts'
import { table } from '../markdown.ts'
import type { GemmResult } from './gemm.ts'
import { type Limits, type Result, TOLERANCE } from './race.ts'

/** What `--json` writes. */
export interface Report extends Checkout {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly megabytes: number; readonly system: string }
  readonly node: string
  readonly v8: string
  /** Nanoseconds that a word takes from one thread to the other and back, before and after. */
  readonly roundTrip: readonly number[]
  readonly limits: Limits
  readonly results: readonly Result[]
  readonly gemm: readonly GemmResult[]
}

/** JSON has null for a window that was sat out. */
const times = (result: Result): number[] => result.ms.filter((x) => typeof x === 'number')
const isRanked = (result: Result): boolean => !result.note && times(result).length > 0

export const isOurs = ({ name }: { name: string }): boolean => name.startsWith('ganglion')
const isNative = ({ name }: { name: string }): boolean => name.startsWith('PyTorch')

/** The times of `result` over those of `other`, in the windows that have both. */
export function ratios(result: Result, other: Result): number[] {
  return result.ms.flatMap((x, window) => {
    const y = other.ms[window]
    return typeof x === 'number' && typeof y === 'number' ? [x / y] : []
  })
}

/** The results of each model and batch together. */
export function races(results: readonly Result[]): Result[][] {
  const all = new Map<string, Result[]>()
  for (const r of results) {
    const key = `${r.model} ${r.batch}`
    all.set(key, [...(all.get(key) ?? []), r])
  }
  return [...all.values()]
}

/** Of a race, the ranked result of that name. */
export const named = (race: readonly Result[], name: string): Result | undefined =>
  race.find((r) => r.name === name && isRanked(r))
/** The other JavaScript with the least median. */
export function fastestJavaScript(race: readonly Result[]): Result | undefined {
  const others = race.filter((r) => !isOurs(r) && !isNative(r) && isRanked(r))
  return others.sort((a, b) => median(times(a)) - median(times(b)))[0]
}
export const milliseconds = (r: Result | undefined): string => (r ? median(times(r)).toFixed(2) : '–')

/** What is to be said of the result, with the deviation of the losses where there are any. */
function said({ note, deviation }: Result): string {
  const losses = typeof deviation === 'number' ? deviation.toExponential(1) : ''
  return note ? note + (losses && `; losses: ${losses}`) : `same: ${losses}`
}

/** A row for each contestant of each race, with what it cannot do. */
export function modelTable(results: readonly Result[]): string {
  const rows = races(results).flatMap((race) => race.map((r) => {
    const ratio = isRanked(r) ? ratios(r, race[0]!) : []
    return [
      r.model, String(r.batch), r.name,
      isRanked(r) ? spread(times(r)) : '–',
      ratio.length ? spread(ratio) : '–',
      said(r),
      r.megabytes ? r.megabytes.toFixed(0) : '–',
    ]
  }))
  const head = ['model', 'batch', 'contestant', 'ms a step: median (quartiles)', 'over our plain build', 'losses', 'peak RSS, MB']
  const allowed = Object.entries(TOLERANCE).map(([model, most]) => `${model} ${most}`).join(', ')
  const legend = 'Losses: largest relative deviation from ours in 5 steps from the same weights, images, noise; '
    + `allowed: ${allowed}.`
  return `${table(head, rows)}\n\n${legend}`
}

/** Each of our builds on one thread over the rivals that the targets name: medians (quartiles) of the windows' ratios. */
export function overTable(results: readonly Result[]): string {
  const rows = races(results).flatMap((race) => {
    const rivals = [fastestJavaScript(race), named(race, 'PyTorch 1 thread'), named(race, 'PyTorch AVX2 1 thread')]
    return race.filter((r) => isOurs(r) && r.threads === 1 && isRanked(r)).map((r) => {
      const cells = rivals.map((rival, i) => {
        const ratio = rival ? ratios(r, rival) : []
        return ratio.length ? `${spread(ratio)}${i ? '' : `, ${rival!.name}`}` : '–'
      })
      return [r.model, String(r.batch), r.name, ...cells]
    })
  })
  const rivals = ['the fastest other JavaScript', 'PyTorch, 1 thread', 'PyTorch kept to AVX2, 1 thread']
  return table(['model', 'batch', 'ours', ...rivals.map((rival) => `over ${rival}`)], rows)
}

export function gemmTable(results: readonly GemmResult[]): string {
  const names = [...new Set(results.map((r) => r.name))]
  const sizes = [...new Set(results.map((r) => r.size.join(' × ')))]
  const cell = (name: string, size: string): string => {
    const r = results.find((x) => x.name === name && x.size.join(' × ') === size)
    if (!r?.gflops.length) return '–'
    return `${quantile(r.gflops, 1).toFixed(1)} / ${median(r.gflops).toFixed(1)}`
  }
  return table(['GFLOP/s, best / median', ...sizes], names.map((name) => [name, ...sizes.map((size) => cell(name, size))]))
}

/** What each contestant says it computes with. */
export function versionsList(results: readonly Result[]): string {
  const all = new Map<string, Readonly<Record<string, string>>>()
  for (const { name, versions } of results) if (Object.keys(versions).length) all.set(name, versions)
  const said = (versions: object) => Object.entries(versions).map((pair) => pair.join(' ')).join(', ')
  return [...all].map(([name, versions]) => `- ${name}: ${said(versions)}`).join('\n')
}
