// What `bench peers` found, in markdown: docs/peers.md, and tables between marks in README and docs/performance.md, made from
// docs/peers.json, which a test holds them against. Times are compared window by window: both saw the same machine.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { median, spread } from '../../src/bench/statistics.ts'
import type { Checkout } from '../about.ts'
import { table } from '../output.ts'
import { type Limits, type Result, TOLERANCE } from './race.ts'

export interface Report extends Checkout {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly megabytes: number; readonly system: string }
  readonly node: string
  readonly v8: string
  /** Nanoseconds that a word takes from one thread to the other and back, before and after. */
  readonly roundTrip: readonly number[]
  readonly limits: Limits
  readonly results: readonly Result[]
}

/** JSON has null for a window that was sat out. */
const times = (result: Result): number[] => result.ms.filter((x) => typeof x === 'number')
const isRanked = (result: Result): boolean => !result.note && times(result).length > 0
const isOurs = ({ name }: Result): boolean => name.startsWith('ganglion')
const inPage = ({ browser }: Result): boolean => browser !== undefined
const isNative = ({ name }: Result): boolean => name.startsWith('PyTorch')

/** The times of `result` over those of `other`, in the windows that have both. */
export function ratios(result: Result, other: Result): number[] {
  return result.ms.flatMap((x, window) => {
    const y = other.ms[window]
    return typeof x === 'number' && typeof y === 'number' ? [x / y] : []
  })
}

/** The results of each model and batch together. */
const races = (results: readonly Result[]): Result[][] =>
  [...new Set(results.map(({ model, batch }) => `${model} ${batch}`))]
    .map((key) => results.filter(({ model, batch }) => `${model} ${batch}` === key))

const named = (race: readonly Result[], name: string): Result | undefined => race.find((r) => r.name === name && isRanked(r))

/** The other JavaScript with the least median, in Node. */
export const fastestJavaScript = (race: readonly Result[]): Result | undefined =>
  race.filter((r) => !isOurs(r) && !isNative(r) && !inPage(r) && isRanked(r))
    .sort((a, b) => median(times(a)) - median(times(b)))[0]

/** Whom the targets name. */
const rivals = (race: readonly Result[]) =>
  [fastestJavaScript(race), named(race, 'PyTorch 1 thread'), named(race, 'PyTorch AVX2 1 thread')]

const milliseconds = (r: Result | undefined): string => (r ? median(times(r)).toFixed(2) : '–')

/** `0.23 (0.21–0.24)`, or the median alone. */
function over(ours: Result | undefined, rival: Result | undefined, show = spread): string {
  const found = ours && rival && isRanked(ours) ? ratios(ours, rival) : []
  return found.length ? show(found) : '–'
}

/** What is to be said of the result, with the deviation of the losses where there are any. */
function said({ note, deviation }: Result): string {
  const losses = typeof deviation === 'number' ? deviation.toExponential(1) : ''
  return note ? note + (losses && `; losses: ${losses}`) : `same: ${losses}`
}

/** A row for each contestant of each race, with what it cannot do. */
export const allTable = (results: readonly Result[]): string => table(
  ['model', 'batch', 'contestant', 'ms a step: median (quartiles)', 'over our plain build', 'losses', 'peak RSS, MB'],
  races(results).flatMap((race) => race.map((r) => [
    r.model, r.batch, r.name, isRanked(r) ? spread(times(r)) : '–', over(r, race[0]), said(r), r.megabytes?.toFixed(0) ?? '–',
  ])),
)

/** Each of our builds on one thread over the rivals: medians (quartiles) of the windows' ratios. */
export const overTable = (results: readonly Result[]): string => table(
  ['model', 'batch', 'ours', ...['the fastest other JavaScript', 'PyTorch, 1 thread', 'PyTorch kept to AVX2, 1 thread']
    .map((rival) => `over ${rival}`)],
  races(results).flatMap((race) => race.filter((r) => isOurs(r) && r.threads === 1 && isRanked(r)).map((r) => {
    const [fastest, ...native] = rivals(race)
    const name = fastest && ratios(r, fastest).length ? `, ${fastest.name}` : ''
    return [r.model, r.batch, r.name, over(r, fastest) + name, ...native.map((rival) => over(r, rival))]
  })),
)

/** Ours in each browser: over the same threads in Node, and over the others on as many threads in that browser's page. */
export const pagesTable = (results: readonly Result[]): string => table(
  ['model', 'batch', 'in a page', 'ms a step', 'over Node', 'over jax-js', 'over onnxruntime-web', 'over tfjs wasm'],
  races(results).flatMap((race) => race.flatMap((ours) => {
    const { browser, name, threads } = ours
    const [here, own] = name.split(' ganglion ')
    if (!browser || own === undefined || !isRanked(ours)) return []
    const rival = (library: string) =>
      over(ours, race.find((r) => r.threads === threads && isRanked(r) && r.name.startsWith(`${here} ${library}`)))
    return [[
      ours.model, ours.batch, `${here}, ${own}`, spread(times(ours)), over(ours, named(race, `ganglion ${own}`)),
      ...['jax-js', 'onnxruntime-web', 'tfjs'].map(rival),
    ]]
  })),
)

/** What each contestant says it computes with. */
function versionsList(results: readonly Result[]): string {
  const all = new Map(results.map(({ name, versions }) => [name, Object.entries(versions)] as const).filter(([, v]) => v.length))
  return [...all].map(([name, versions]) => `- ${name}: ${versions.map((pair) => pair.join(' ')).join(', ')}`).join('\n')
}

/** The deviation that is allowed, of the models that took part. */
const allowed = (results: readonly Result[]): string =>
  [...new Set(results.map(({ model }) => model))].map((model) => `${model} ${TOLERANCE[model]}`).join(', ')

/** Nothing where no page took part. */
const pagesPart = (results: readonly Result[]): string => (results.some(inPage) ? `
## In pages

Medians (quartiles) of the ratios window by window, on as many threads each; below 1 ours takes less time.

${pagesTable(results)}
` : '')

export function page({ machine, node, v8, ganglion, commit, limits, roundTrip, results }: Report): string {
  return `# Ganglion beside other libraries

Written by \`npm run bench -- peers --out docs\`; [peers.json](peers.json) has every window. The
[rules](../bench/peers/README.md) say who takes part, how, and what makes a result the same model's.

ganglion ${ganglion}${commit ? ` at ${commit}` : ''}; ${machine.cpu}, ${machine.cores} threads at once, ${machine.system}; \
Node ${node}, V8 ${v8}; ${limits.windows} windows of ${limits.windowMs} ms, taking turns\
${limits.processor ? ', by processor time' : ''}; \
a word from thread to thread and back: ${roundTrip.join(' ns before, ')} ns after.

## Our time over theirs

One thread each, medians (quartiles) of the ratios window by window; below 1 ours takes less time.

${overTable(results)}
${pagesPart(results)}
## All contestants

${allTable(results)}

Losses: largest relative deviation from ours in 5 steps from the same weights, images, noise; \
allowed: ${allowed(results)}.

## Versions

${versionsList(results)}
`
}

/** Name in a race, and heading. */
const OURS = [
  ['ganglion 1 thread', 'ours, 1 thread'], ['ganglion 2 threads', '2 threads'],
  ['ganglion wide 1 thread', 'wide, 1 thread'], ['ganglion wide 2 threads', 'wide, 2 threads'],
  ['ganglion relaxed wide 1 thread', 'relaxed and wide, 1 thread'],
] as const
const NATIVE = [
  ['PyTorch 1 thread', 'PyTorch, 1 thread'], ['PyTorch 2 threads', '2 threads'],
  ['PyTorch AVX2 1 thread', 'PyTorch kept to AVX2, 1 thread'],
] as const

export function performanceTables({ results }: Report): string {
  const times = table(
    ['model', 'batch', ...OURS.map(([, head]) => head), 'fastest other JavaScript', ...NATIVE.map(([, head]) => head)],
    races(results).map((race) => {
      const cells = (all: typeof OURS | typeof NATIVE) => all.map(([name]) => milliseconds(named(race, name)))
      const other = fastestJavaScript(race)
      const fastest = other ? `${milliseconds(other)}, ${other.name}` : '–'
      return [race[0]!.model, race[0]!.batch, ...cells(OURS), fastest, ...cells(NATIVE)]
    }),
  )
  const ours = ['ganglion 1 thread', 'ganglion wide 1 thread', 'ganglion relaxed wide 1 thread']
  const middle = (all: readonly number[]) => median(all).toFixed(2)
  const ratio = table(
    ['model', 'batch', 'over the fastest other JavaScript', 'over PyTorch', 'over PyTorch kept to AVX2'],
    races(results).map((race) => {
      const cell = (rival: Result | undefined) => ours.map((name) => over(named(race, name), rival, middle)).join(' · ')
      return [race[0]!.model, race[0]!.batch, ...rivals(race).map(cell)]
    }),
  )
  return `Milliseconds a step (medians):\n\n${times}\n\n` +
    `Our time over theirs, one thread each (medians of the windows' ratios): as it comes · wide · relaxed and wide.\n\n${ratio}`
}

/** README's: the largest batch of each model, without what is asked for by an option that changes the bits. */
export function readmeTable({ results }: Report): string {
  const largest = races(results).filter((race, i, all) => all[i + 1]?.[0]!.model !== race[0]!.model)
  return table(
    [
      'model', 'batch', 'ours, 1 thread', 'wide, 1 thread', 'wide, 2 threads', 'fastest other JavaScript', 'PyTorch, 1 thread',
      '2 threads',
    ],
    largest.map((race) => {
      const of = (name: string) => milliseconds(named(race, name))
      return [
        race[0]!.model, race[0]!.batch, of('ganglion 1 thread'), of('ganglion wide 1 thread'), of('ganglion wide 2 threads'),
        milliseconds(fastestJavaScript(race)), of('PyTorch 1 thread'), of('PyTorch 2 threads'),
      ]
    }),
  )
}

const MARKS = ['<!-- bench peers: written by its --out -->', '<!-- bench peers ends -->'] as const

/** The text between the marks of `file` is replaced by `tables`. */
export function withTables(file: string, text: string, tables: string): string {
  const [from, to] = MARKS.map((mark) => text.indexOf(mark)) as [number, number]
  if (from < 0 || to < from) throw new RangeError(`${file} lacks the marks "${MARKS.join('" and "')}"; put them back`)
  return `${text.slice(0, from)}${MARKS[0]}\n\n${tables}\n\n${text.slice(to)}`
}

/** Which files have which tables. */
export const TABLES = { 'README.md': readmeTable, 'docs/performance.md': performanceTables } as const

/** One result a line: a diff shows whose figures changed. */
export const jsonOf = ({ results, ...head }: Report): string =>
  `{"head": ${JSON.stringify(head)},\n"results": [\n${results.map((r) => JSON.stringify(r)).join(',\n')}\n]}\n`

export function parseReport(json: string): Report {
  const { head, results } = JSON.parse(json) as { head: Omit<Report, 'results'>; results: Result[] }
  return { ...head, results }
}

/** Writes the page and the JSON to `folder`, and the tables of other pages. */
export async function writePages(folder: string, report: Report): Promise<void> {
  await writeFile(join(folder, 'peers.json'), jsonOf(report))
  await writeFile(join(folder, 'peers.md'), page(report))
  for (const [file, tables] of Object.entries(TABLES)) {
    await writeFile(file, withTables(file, await readFile(file, 'utf8'), tables(report)))
  }
}
