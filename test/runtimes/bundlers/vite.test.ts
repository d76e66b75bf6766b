// Vite 8: its build, and its development server, both without configuration of the package.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { build, createServer, version } from 'vite'
import { absent } from '../lib/browsers.ts'
import { bundlerTest, expectPages } from '../lib/in_bundle.ts'
import { project } from '../lib/project.ts'

const shared = { configFile: false, logLevel: 'error', base: './' } as const

bundlerTest(`Vite ${version}, build`, (folder) =>
  build({ ...shared, root: join(folder, 'bundled'), build: { outDir: '../out' } }))

test(`Vite ${version}, development server: a page and its Web Worker, on threads`, async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const folder = project()
  const server = await createServer({
    ...shared,
    root: join(folder, 'bundled'),
    cacheDir: join(folder, 'cache'),
    server: {
      port: 0,
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
  })
  try {
    await server.listen()
    const [url] = server.resolvedUrls!.local
    expect(url).toBeDefined()
    await expectPages(url!)
  } finally {
    await server.close()
  }
})
