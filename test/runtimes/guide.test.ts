// The guide's programs for a page, an edge worker and a Web Worker, their very text, each where it belongs. All three train on
// the same data with the same seed, so one digest comes out of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { absent, chromium } from './lib/browsers.ts'
import { startWorker, WORKERD } from './lib/edge.ts'
import { missing, project } from './lib/project.ts'
import { serve } from './lib/server.ts'

/** The one program of a how-to in a language, whose text has something in it. */
function program(page: string, language: string, within: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/how-to', page), 'utf8')
  const all = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!)
  const found = all.filter((text) => text.includes(within))
  expect(found, within).toHaveLength(1)
  return found[0]!
}

/** The digest that all three end in: 512 images, three epochs. The page's is the first to be known. */
let digest: string | undefined
function expectDigest(got: string): void {
  expect(got).toMatch(/^[0-9a-f]{64}$/)
  expect(got).toBe(digest ??= got)
}

async function inChromium<T>(files: Readonly<Record<string, string>>, expression: string): Promise<T> {
  const server = await serve(project(files))
  const browser = await chromium()
  try {
    return await browser.result<T>(server.url('plain', 'program.html'), expression)
  } finally {
    await browser.close()
    server.close()
  }
}

test('the page', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const text = "document.body?.textContent.trim() || undefined"
  const done = `/^[0-9a-f]{64}$/.test(${text}) ? ${text} : undefined`
  expectDigest(await inChromium({ 'program.html': program('page.md', 'html', 'importmap') }, done))
})

test('the edge worker', async ({ skip }) => {
  const absent = missing(WORKERD, 'npm workerd')
  if (absent) skip(`not run here: ${absent}`)
  const worker = await startWorker(project({ 'program.js': program('edge.md', 'js', 'export default') }), 'program.js')
  try {
    const response = await worker.dispatchFetch('http://localhost/')
    expectDigest((await response.json() as { digest: string }).digest)
  } finally {
    await worker.dispose()
  }
})

test('the Web Worker', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const html = `<!doctype html>
    <script type="importmap">{ "imports": { "ganglion/worker": "./node_modules/ganglion/dist/worker/index.js" } }</script>
    <script>globalThis.said = []; console.log = (...words) => said.push(words.join(' '))</script>
    <script type="module" src="program.js"></script>`
  const files = { 'program.html': html, 'program.js': program('worker.md', 'js', 'ganglion/worker') }
  const said = await inChromium<string[]>(files, 'globalThis.said?.length === 4 ? globalThis.said : undefined')
  expectDigest(said[3]!)
})
