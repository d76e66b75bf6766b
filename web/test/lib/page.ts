// What the tests of pages share: the built page behind a plain host, and Chromium.
import { existsSync } from 'node:fs'
import type { Browser } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, type TestContext } from 'vitest'
import { chromium, missing, open, type Opened } from './chromium.ts'
import { serve, type Site } from './serve.ts'

export const DIST = new URL('../../dist/', import.meta.url).pathname

export interface Pages {
  site: Site
  browser: Browser
  /** Opens the page with what follows its address. */
  at(hash?: string, width?: number, height?: number): Promise<Opened>
}

/** A server and a browser for a file's tests. */
export function pages(headers: Readonly<Record<string, string>> = {}): Pages {
  const all = {} as Pages
  beforeAll(async () => {
    if (!existsSync(DIST)) throw new Error('the page is not built: run "npm --prefix web run build", then again')
    all.site = await serve(DIST, headers)
    if (!missing) all.browser = await chromium()
  })
  // A page that was left open would go on training beside the next test's.
  afterEach(async () => {
    const contexts = all.browser?.browserContexts() ?? []
    await Promise.all(contexts.filter((context) => context.id).map((context) => context.close()))
  })
  afterAll(async () => {
    await all.browser?.close()
    all.site.close()
  })
  all.at = (hash = '', width, height) => open(all.browser, all.site.url + hash, width, height)
  return all
}

/** Where there is no Chromium, the test says so. */
export function wanted({ skip }: TestContext): void {
  if (missing) skip(missing)
}
