// The guide shows programs as they are: what stands under the name of a file of examples/ is text of that file, and links of the
// guide lead to files and to their headings. Its table of entries has the budgets' sizes.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const pages = ['.', 'tutorial', 'how-to'].flatMap((folder) => readdirSync(join(docs, folder))
  .filter((name) => name.endsWith('.md')).map((name) => join(folder, name)))
const text = (page: string): string => readFileSync(join(docs, page), 'utf8')
const SHOWN = /\((\.\.\/\.\.\/examples\/[\w/.]+)\):\n\n```js\n([^]*?)```/g
/** The addresses of headings, as forges make them. */
const headings = (markdown: string): string[] => [...markdown.matchAll(/^#+ (.+)$/gm)]
  .map(([, heading]) => heading!.toLowerCase().replaceAll(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-'))

test.each(pages)('%s', (page) => {
  const at = (link: string) => join(docs, dirname(page), link)
  for (const [, file, shown] of text(page).matchAll(SHOWN)) expect(readFileSync(at(file!), 'utf8')).toContain(shown)
  for (const [, link] of text(page).matchAll(/\]\(([^)\s]+)\)/g)) {
    const [file, heading] = link!.split('#') as [string, string?]
    if (file.includes('://')) continue
    expect(existsSync(file ? at(file) : docs), link).toBe(true)
    if (heading) expect(headings(file ? readFileSync(at(file), 'utf8') : text(page)), link).toContain(heading)
  }
})

test('each chapter and most how-tos show a program', () => {
  const shown = pages.filter((page) => text(page).match(SHOWN))
  expect(shown.filter((page) => page.startsWith('tutorial'))).toHaveLength(3)
  expect(shown.length).toBeGreaterThanOrEqual(9)
})

test('every page is named by docs/README.md', () => {
  expect(pages.filter((page) => page !== 'README.md' && !text('README.md').includes(`](${page})`))).toEqual([])
})

interface Budget {
  readonly name: string
  readonly limit: string
}

describe('the sizes of its entries are the budgets of .size-limit.js', async () => {
  const href = new URL('../.size-limit.js', import.meta.url).href
  const { default: budgets } = await import(href) as { readonly default: readonly Budget[] }
  test.each([
    ['ganglion', ['ganglion: all of it, the core inside', 'ganglion: a program that trains a VAE, the core inside']],
    ['ganglion/slim', ['ganglion/slim']],
    ['ganglion/api', ['ganglion/api', 'ganglion/slim and ganglion/api: a program that trains a VAE']],
    ['ganglion/export', ['ganglion/export: what is there before a format is chosen']],
    ['ganglion/metrics', ['ganglion/metrics']],
    ['ganglion/models', ['ganglion/models: all of it, without a core']],
    ['ganglion/swarm', ['ganglion/swarm']],
    ['ganglion/safetensors', ['ganglion/safetensors']],
    ['ganglion/idx', ['ganglion/idx']],
    ['ganglion/pictures', ['ganglion/pictures: all of it, without a decoder']],
    ['ganglion/npy', ['ganglion/npy']],
    ['ganglion/npz', ['ganglion/npz']],
    ['ganglion/worker', ["ganglion/worker: the page's side", "ganglion/worker: the worker's file, the core inside"]],
    ['ganglion/worker/serve', ['ganglion/worker/serve: all of it, the core inside']],
    ['ganglion/verify', ['ganglion/verify: all of it, the core inside']],
    ['ganglion/bench', ['ganglion/bench: all of it, the core inside']],
    ['ganglion/ganglion.wasm', ['ganglion.wasm', 'ganglion-threads.wasm', 'ganglion-wide.wasm']],
  ])('%s', (entry, names) => {
    const row = text('entries.md').split('\n').find((line) => line.startsWith(`| \`${entry}\``))!
    const limits = names.map((name) => budgets.find((budget) => budget.name === name)?.limit)
    expect(row.match(/[\d.]+ kB/g)).toEqual(limits)
  })
})
