// A row a runtime, put down by its test, and docs/runtimes.md made of them all. The file is written only when asked for
// (GANGLION_TABLE names it), so that running one test alone does not empty the table; the rows are printed always.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Row {
  readonly runtime: string
  readonly version: string
  readonly passes: string
  readonly threads: string
  readonly relaxed: string
  /** Relative to Node 24. */
  readonly speed: string
}

const ABOUT = `# Runtimes

Written by \`npm run runtimes:table\`, which runs the tests in \`test/runtimes\`; not by hand. In each runtime, with each number
of threads named here, the packed package trained the VAE for eight steps, and \`verify\` of \`ganglion/verify\` ran all its
recipes, and the shortest \`bench\` of \`ganglion/bench\` (but in workerd, whose clock stands still); it passes where every digest
is the committed one. "Relaxed" says whether the faster build, whose bits may differ, runs too, and whether the engine fuses its
multiply–adds, without which it gains little. Speed is training steps a second on one thread (VAE, batch 64), not wide, divided by
Node 24's: the median of five windows that take turns with Node 24's, half a second each, so it is rough. ARM64 is emulated, by
qemu on x64: it runs \`verify\` alone, all recipes by \`npm run test:runtimes:slow\`, and has no speed.
`

/** Puts down a row; `order` is its place in the table. */
export function putRow(folder: string, order: number, row: Row): void {
  writeFileSync(join(folder, `${String(order).padStart(2, '0')}.json`), JSON.stringify(row))
}

/** Cells of the form `no: why` as `no [1]`, and the reasons, each once, as notes. */
function footnotes(): { cell(text: string): string; notes(): string[] } {
  const reasons: string[] = []
  return {
    cell: (text) => text.replace(/: (.+)$/, (_, reason: string) => {
      if (!reasons.includes(reason)) reasons.push(reason)
      return ` [${reasons.indexOf(reason) + 1}]`
    }),
    notes: () => reasons.map((reason, i) => `[${i + 1}] ${reason[0]!.toUpperCase()}${reason.slice(1)}.`),
  }
}

/** The table of all rows in a folder. */
export function writeTable(folder: string): void {
  const rows = readdirSync(folder).sort().map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Row)
  if (!rows.length) return
  const { cell, notes } = footnotes()
  const lines = rows.map(({ runtime, version, passes, threads, relaxed, speed }) =>
    `| ${[runtime, version, ...[passes, threads, relaxed].map(cell), speed].join(' | ')} |`)
  const head = ['| runtime | version | passes | threads | relaxed | speed |', '|---|---|---|---|---|---|']
  const table = [...head, ...lines, '', ...notes().flatMap((note) => [note, ''])].join('\n')
  console.log(`\n${table}`)
  const file = process.env['GANGLION_TABLE']
  if (file) writeFileSync(file, `${ABOUT}\n${table.trimEnd()}\n`)
}
