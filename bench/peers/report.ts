// The tables of bench:peers, in markdown.
import { median, quantile, spread } from '../../src/bench/statistics.ts'
import type { GemmResult } from './gemm.ts'
import { type Result, TOLERANCE } from './race.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
const times = (result: Result): number[] => result.ms.filter((x) => x !== undefined)

/** Our time over that of another is judged window by window: both saw the same machine. */
export function ratios(result: Result, ours: Result): number[] {
  return result.ms.flatMap((x, window) => (x === undefined || ours.ms[window] === undefined ? [] : [x / ours.ms[window]!]))
}

/** What is to be said of the result, with the deviation of the losses where there are any. */
function said({ note, deviation }: Result): string {
  const losses = deviation === undefined ? '' : deviation.toExponential(1)
  return note ? note + (losses && `; losses: ${losses}`) : `same: ${losses}`
}

export function modelTable(results: readonly Result[]): string {
  const rows = results.map((r) => {
    const ours = results.find((o) => o.model === r.model && o.batch === r.batch)!
    const ms = times(r)
    const ratio = ratios(r, ours)
    const ranked = ms.length > 0 && !r.note
    return [
      r.model, String(r.batch), r.name,
      ranked ? spread(ms) : '–',
      ranked && ratio.length ? spread(ratio) : '–',
      said(r),
      r.megabytes ? r.megabytes.toFixed(0) : '–',
    ]
  })
  const head = ['model', 'batch', 'contestant', 'ms a step: median (quartiles)', 'over ours', 'losses', 'peak RSS, MB']
  const allowed = Object.entries(TOLERANCE).map(([model, most]) => `${model} ${most}`).join(', ')
  const legend = 'Losses: largest relative deviation from ours in 5 steps from the same weights, images, noise; '
    + `allowed: ${allowed}.`
  return `${table(head, rows)}\n\n${legend}`
}

/** A row for every model and batch, a column for every contestant that finished one: median ms, over ours in brackets. */
export function besideTable(results: readonly Result[]): string {
  const ranked = results.filter((r) => !r.note && times(r).length > 0)
  const names = [...new Set(ranked.map((r) => r.name))]
  const first = results.filter((r, i) => results.findIndex((o) => o.model === r.model && o.batch === r.batch) === i)
  const cell = (r: Result | undefined, ours: Result): string => {
    if (!r || !ranked.includes(r)) return r?.note || '–'
    const ms = median(times(r)).toFixed(2)
    return r === ours ? ms : `${ms} (${median(ratios(r, ours)).toFixed(2)})`
  }
  const rows = first.map((ours) => {
    const all = results.filter((r) => r.model === ours.model && r.batch === ours.batch)
    return [ours.model, String(ours.batch), ...names.map((name) => cell(all.find((r) => r.name === name), ours))]
  })
  return table(['model', 'batch', ...names], rows)
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
