// A sweep's results as a table, as CSV and as a picture. Invariant: they depend on the runs alone, not on when each was done.
import type { Sweep } from './file.ts'
import type { RunResult } from './runs.ts'

/** Columns: the run, what runs differ in, epochs, the metric. The best first, then those that trained for fewer epochs. */
export function rowsOf({ metric, runs }: Sweep, results: readonly RunResult[]): string[][] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))]
  const of = ({ value = Infinity, failed }: RunResult): number => (failed === undefined ? value : Infinity)
  const sorted = [...results].sort((a, b) => b.epochs - a.epochs || (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : a.run - b.run))
  return [['run', ...names, 'epochs', metric], ...sorted.map(({ run, options, epochs, value, failed }) => [
    String(run), ...names.map((name) => String(options[name] ?? '')), String(epochs),
    failed === undefined ? (value === undefined ? '' : String(value)) : `failed: ${failed}`,
  ])]
}

export function textOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => (i === row.length - 1 ? 0 : row[i]!.length))))
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ').trimEnd()).join('\n')
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  `${rows.map((row) => row.map(quoted).join(',')).join('\n')}\n`

const [WIDTH, HEIGHT, EDGE] = [640, 320, 40]
const escaped = (text: string): string => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** The metric of each run, in their order, the best marked. */
export function pictureOf({ metric }: Sweep, results: readonly RunResult[], best: RunResult): string {
  const shown = results.filter(({ value }) => value !== undefined)
  const values = shown.map(({ value }) => value!)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (run: number) => EDGE + ((run - 0.5) / results.length) * (WIDTH - 2 * EDGE)
  const y = (value: number) => HEIGHT - EDGE - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE)
  const text = (at: number, line: number, said: string) => `<text x="${at}" y="${line}">${escaped(said)}</text>`
  const dots = shown.map(({ run, value, epochs }) => {
    const is = run === best.run
    const title = `<title>run ${run}: ${value} after ${epochs} epochs</title>`
    const at = `cx="${x(run).toFixed(1)}" cy="${y(value!).toFixed(1)}"`
    return `<circle ${at} r="${is ? 6 : 3}" fill="${is ? '#c30' : '#369'}">${title}</circle>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${text(EDGE, 20, `${metric}: ${high} at the top, ${low} below; best is run ${best.run}`)}
${text(EDGE, HEIGHT - 12, `runs 1 to ${results.length}`)}
${dots.join('\n')}
</svg>
`
}
