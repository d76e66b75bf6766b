// A browser extension's page (manifest v3) in Chromium, whose policy names 'wasm-unsafe-eval', as every extension with
// WebAssembly must; the package lies unpacked in it. With the manifest's own isolation there are threads in its Web Worker.
import { expect, test } from 'vitest'
import { absent, chromium } from './lib/browsers.ts'
import { pose } from './lib/place.ts'
import { project } from './lib/project.ts'
import { expectSame, type Report } from './lib/report.ts'

const MANIFEST = {
  manifest_version: 3,
  name: 'An extension that trains',
  version: '1',
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
}
const ISOLATION = {
  cross_origin_embedder_policy: { value: 'require-corp' },
  cross_origin_opener_policy: { value: 'same-origin' },
}

test.for([
  ['in its page', {}, 'page', false],
  ['in a Web Worker of its page, on threads', ISOLATION, 'worker', true],
] as const)("Chromium, an extension: %s", async ([, more, where, threads], { skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const folder = project({ 'manifest.json': JSON.stringify({ ...MANIFEST, ...more }) })
  pose(folder, { in: where, most: 2 })
  const browser = await chromium({ extensions: true })
  try {
    const id = await browser.install(folder)
    const report = expectSame(await browser.result<Report>(`chrome-extension://${id}/page.html`), 2)
    expect(report.features.threads.available).toBe(threads)
  } finally {
    await browser.close()
  }
})
