// The test of a bundler: it builds a fresh project that has the package by name, and Chromium opens the page, isolated, once
// with no policy and once under a strict one. The page trains, then its Web Worker on threads.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { absent, chromium } from './browsers.ts'
import { project } from './project.ts'
import { expectSame, type Report } from './report.ts'
import { serve } from './server.ts'

interface Both {
  readonly page: Report
  readonly worker: Report
}

/** Opens pages in Chromium; both reports of each must hold. */
export async function expectPages(...urls: string[]): Promise<void> {
  const browser = await chromium()
  try {
    for (const url of urls) {
      const { page, worker } = await browser.result<Both>(url)
      expectSame(page, 1)
      expect(page.features.threads.available).toBe(false)
      expectSame(worker, 2)
      expect(worker.features.threads.available).toBe(true)
    }
  } finally {
    await browser.close()
  }
}

/** @param build bundles bundled/index.html's page in a project, into the folder `out` beside it */
export function bundlerTest(bundler: string, build: (folder: string) => Promise<unknown>): void {
  test(`${bundler}: a page and its Web Worker, on threads`, async ({ skip }) => {
    if (absent.chromium) skip(`not run here: ${absent.chromium}`)
    const folder = project()
    await build(folder)
    const server = await serve(join(folder, 'out'))
    try {
      await expectPages(server.url('isolated', 'index.html'), server.url('strict-isolated', 'index.html'))
    } finally {
      server.close()
    }
  })
}
