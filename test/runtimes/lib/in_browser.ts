// The tests that every browser passes: in a page, with and without isolation, under a strict Content-Security-Policy, and in
// a Web Worker, where there may be threads.
import { expect, test } from 'vitest'
import { expectSame, type Report } from './report.ts'
import { runtimeTest, type RuntimeTestOptions } from './runtime_test.ts'
import type { RuntimeName } from './runtimes.ts'
import type { Site } from './server.ts'

const WAIT = "a page's own thread may not wait for others; train in a Web Worker"
const ISOLATE = 'this page is not cross-origin isolated, and so has no shared memory; serve it with the headers ' +
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, and train in a Web Worker'
const NONE = 'this engine has no SharedArrayBuffer, though the page is cross-origin isolated'

/** @param threads whether a Web Worker of an isolated page has threads */
export function inBrowser(runtime: RuntimeName, threads: boolean, options: RuntimeTestOptions = {}): void {
  const more: RuntimeTestOptions['more'] = (ask, missing) => {
    const cases: readonly (readonly [Site, 'page' | 'worker', string | null])[] = [
      ['plain', 'page', ISOLATE],
      ['plain', 'worker', ISOLATE],
      ['isolated', 'page', threads ? WAIT : NONE],
      ['strict', 'page', ISOLATE],
      ['strict-isolated', 'worker', threads ? null : NONE],
    ]
    test.for(cases)('%s site, in a %s', async ([site, where, reason], { skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const report = expectSame(await ask<Report>({ site, in: where, most: 2 }), 2)
      expect(report.features.threads.available).toBe(reason === null)
      if (reason !== null) expect(report.features.threads.reason).toBe(reason)
    })

    // Else a page that a policy does not reach would pass for one that it does.
    test("a policy without 'wasm-unsafe-eval' refuses the core", async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      await expect(ask({ site: 'refusing', in: 'page' })).rejects.toThrow()
    })
  }
  runtimeTest(runtime, threads, { ...options, more })
}
