// The tests that every browser passes: the program in a page, with and without isolation, under a strict
// Content-Security-Policy, and in a Web Worker, where there may be threads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from './browsers.ts'
import { project } from './project.ts'
import { expectSame, type Report } from './report.ts'
import { type RuntimeName, runtimeTest } from './runtime.ts'
import { serve, type Server, type Site } from './server.ts'

export interface Kind {
  readonly runtime: RuntimeName
  readonly missing: string | null
  /** Whether a Web Worker of an isolated page has threads. */
  readonly threads: boolean
  start(): Promise<Browser>
}

const WAIT = "a page's own thread may not wait for others; train in a Web Worker"
const ISOLATE = 'there is no SharedArrayBuffer here; a page must be cross-origin isolated (the headers COOP and COEP)'

export function inBrowser({ runtime, missing, threads, start }: Kind): void {
  describe(runtime, () => {
    let browser: Browser
    let server: Server
    beforeAll(async () => {
      if (missing) return
      server = await serve(project())
      browser = await start()
    })
    afterAll(async () => {
      await browser?.close()
      server?.close()
    })
    const ask = <T>(site: Site, options: object) =>
      browser.result<T>(server.url(site, `page.html?${encodeURIComponent(JSON.stringify(options))}`))

    runtimeTest(runtime, {
      missing,
      threads,
      version: async () => browser.version,
      report: () => ask<Report>('isolated', { in: 'worker' }),
      speed: async (seconds) => (await ask<{ speed: number }>('isolated', { in: 'worker', what: 'speed', seconds })).speed,
    })

    const cases: readonly (readonly [Site, 'page' | 'worker', string | null])[] = [
      ['plain', 'page', ISOLATE],
      ['plain', 'worker', ISOLATE],
      ['isolated', 'page', threads ? WAIT : ISOLATE],
      ['strict', 'page', ISOLATE],
      ['strict-isolated', 'worker', threads ? null : ISOLATE],
    ]
    test.for(cases)('%s site, in a %s', async ([site, where, reason], { skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const report = expectSame(await ask<Report>(site, { in: where, most: 2 }), 2)
      expect(report.features.threads.available).toBe(reason === null)
      if (reason !== null) expect(report.features.threads.reason).toBe(reason)
    })
  })
}
