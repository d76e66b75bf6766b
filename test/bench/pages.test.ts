// What `bench peers` found, as the project shows it: docs/peers.md and tables of other pages are what docs/peers.json makes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  fastestJavaScript, jsonOf, overTable, page, pagesTable, parseReport, performanceTables, ratios, readmeTable, type Report,
  TABLES, withTables,
} from '../../bench/peers/pages.ts'
import type { Result } from '../../bench/peers/race.ts'

const text = (file: string) => readFileSync(file, 'utf8')

describe('what is committed', () => {
  const report = parseReport(text('docs/peers.json'))
  it.each(Object.entries(TABLES))('%s has the tables of docs/peers.json', (file, tables) => {
    expect(withTables(file, text(file), tables(report))).toBe(text(file))
  })
  it('docs/peers.md is its page', () => expect(text('docs/peers.md')).toBe(page(report)))
  it('has the peers that the floors name', () => {
    const names = new Set(report.results.map(({ name }) => name))
    for (const name of ['ganglion 1 thread', 'tfjs cpu', 'tfjs wasm', 'tfjs wasm patched', 'jax-js wasm', 'onnxruntime-web']) {
      expect(names).toContain(name)
    }
    expect(names).toContain('PyTorch 1 thread')
    expect(names).toContain('PyTorch 2 threads')
  })
})

const result = (name: string, ms: (number | undefined)[], more: Partial<Result> = {}): Result =>
  ({ model: 'vae', batch: 64, name, threads: 1, versions: { v: name }, probe: [], losses: [], drawn: [], ms, ...more })

describe('a report', () => {
  const ours = result('ganglion 1 thread', [2, 4, 2])
  const wide = result('ganglion wide 1 thread', [1, 2, 1])
  const slow = result('tfjs wasm', [10, undefined, 8])
  const quick = result('jax-js wasm', [1, 1, 1], { note: 'different result', deviation: 0.1 })
  const torch = result('PyTorch 1 thread', [4, 4, 1], { deviation: 1e-6, megabytes: 280 })
  const race = [ours, wide, slow, quick, torch]
  const report: Report = {
    ganglion: '0.1.0', commit: 'abcdef0', machine: { cpu: 'A', cores: 2, megabytes: 1, system: 'linux' },
    node: '24.0.0', v8: '13', roundTrip: [100, 110],
    limits: { windows: 3, windowMs: 300, seconds: 60, processor: false }, results: race,
  }

  it('compares windows that both have', () => {
    expect(ratios(ours, slow)).toEqual([0.2, 0.25])
    expect(ratios(wide, torch)).toEqual([0.25, 0.5, 1])
  })
  it('does not rank a result of another model', () => {
    expect(fastestJavaScript(race)).toBe(slow)
    expect(page(report)).toContain('| vae | 64 | jax-js wasm | – | – | different result; losses: 1.0e-1 | – |')
  })
  it('has each of our builds over the rivals, window by window', () => {
    expect(overTable(race).split('\n').slice(2)).toEqual([
      '| vae | 64 | ganglion 1 thread | 0.23 (0.21–0.24), tfjs wasm | 1.00 (0.75–1.50) | – |',
      '| vae | 64 | ganglion wide 1 thread | 0.11 (0.11–0.12), tfjs wasm | 0.50 (0.38–0.75) | – |',
    ])
    expect(performanceTables(report)).toContain('| vae | 64 | 0.23 · 0.11 · – | 1.00 · 0.50 · – | – · – · – |')
  })
  it('is the same after JSON', () => expect(page(parseReport(jsonOf(report)))).toBe(page(report)))
  it('holds a page against Node and against the others of that page', () => {
    const browser = 'chromium'
    const inPages = [
      result('ganglion 2 threads', [2, 4, 2], { threads: 2 }),
      result('Chromium ganglion 1 thread', [9, 9, 9], { browser }),
      result('Chromium ganglion 2 threads', [2, 6, 3], { browser, threads: 2 }),
      result('Chromium jax-js wasm', [8, 8, undefined], { browser, threads: 2 }),
      result('Chromium tfjs wasm 2 threads', [1, 1, 1], { browser, threads: 2, note: 'different result' }),
      result('Firefox onnxruntime-web 2 threads', [1, 1, 1], { browser: 'firefox', threads: 2 }),
    ]
    expect(pagesTable(inPages).split('\n').slice(2)).toEqual([
      '| vae | 64 | Chromium, 1 thread | 9.00 (9.00–9.00) | – | – | – | – |',
      '| vae | 64 | Chromium, 2 threads | 3.00 (2.50–4.50) | 1.50 (1.25–1.50) | 0.50 (0.38–0.63) | – | – |',
    ])
    expect(fastestJavaScript([...race, ...inPages])).toBe(slow)
    expect(page(report)).not.toContain('## In pages')
    expect(page({ ...report, results: [...race, ...inPages] })).toContain(`## In pages\n`)
  })
  it('has a row a model in README', () => {
    const results = [...race.map((r) => ({ ...r, batch: 16 })), ...race]
    expect(readmeTable({ ...report, results }).split('\n').slice(2)).toEqual(['| vae | 64 | 2.00 | 1.00 | – | 9.00 | 4.00 | – |'])
  })
  it('a page without its marks is refused', () => {
    expect(() => withTables('README.md', '# Ganglion', ''))
      .toThrow('README.md lacks the marks "<!-- bench peers: written by its --out -->')
  })
})
