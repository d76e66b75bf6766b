// Pages in odd places, in Chromium and Firefox: of plain http, hidden, offline once they are loaded, given values of an iframe,
// in a service worker; with a worker's or a thread's file of another origin, and under Trusted Types.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { absent, answerIn, type Browser, chromium, firefox } from './lib/browsers.ts'
import { project } from './lib/project.ts'
import { GOLDEN } from './lib/report.ts'
import { INSECURE, serve, type Server, type Site } from './lib/server.ts'

const digest = GOLDEN.program
const UNDONE = expect.stringMatching(/^TrainingError: training stopped at step \d+: the op '\w+'/)
const REFUSED = expect.stringMatching(
  /^GanglionError: (a worker cannot be started here|the trainer's worker did not start|a worker thread did not start) \(.*\); give /s)
const POLICY = expect.stringMatching(/^GanglionError: .* an address that your Trusted Types policy made \(the guide/)
const CASES: readonly (readonly [what: string, site: Site, host: string | undefined, expected: object])[] = [
  ['insecure', 'plain', INSECURE, { secure: false, subtle: false, digest }],
  ['hidden', 'plain', undefined, { digest, verified: true, benched: true, state: 'hidden' }],
  ['offline', 'plain', undefined, { digest, said: UNDONE }],
  ['frame', 'plain', undefined, { far: true, missing: [], digest }],
  ['service', 'plain', undefined, { digest, said: UNDONE }],
  ['origin', 'plain', undefined, { refused: REFUSED, digest }],
  ['originOfThreads', 'isolated', undefined, { refused: REFUSED, digest, threads: 2 }],
  ['trusted', 'trusted', undefined, { refused: POLICY, digest }],
  ['trustedThreads', 'trusted-isolated', undefined, { refused: POLICY, digest, threads: 2 }],
  ['trustedWorker', 'trusted-isolated', undefined, { refused: POLICY, digest, threads: 2 }],
]

for (const [name, start] of [['chromium', chromium], ['firefox', firefox]] as const) {
  describe(name, () => {
    let browser: Browser
    let far: Server
    beforeAll(async () => {
      if (absent[name]) return
      browser = await start()
      far = await serve(project())
    })
    afterAll(async () => {
      await browser?.close()
      far?.close()
    })

    test.for(CASES)('%s', async ([what, site, host, expected], { skip }) => {
      if (absent[name]) skip(`not run here: ${absent[name]}`)
      const folder = project()
      const dist = far.url('shared', 'node_modules/ganglion/dist/')
      // The small files of the page's own origin that docs/how-to/worker.md shows.
      writeFileSync(join(folder, 'far_trainer.js'), `import '${dist}worker/trainer.js'\n`)
      writeFileSync(join(folder, 'far_thread.js'), `import '${dist}runtime/thread.js'\n`)
      const server = await serve(folder)
      try {
        const url = server.url(site, `places.html?${new URLSearchParams({ what, far: dist }).toString()}`, host)
        expect(await answerIn(browser, server, url)).toMatchObject(expected)
      } finally {
        server.close()
      }
    })
  })
}
