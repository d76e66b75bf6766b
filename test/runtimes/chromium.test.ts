// Chromium; and with vectors of 256 bits, which it makes where it was started so.
import { test } from 'vitest'
import { absent, chromium } from './lib/browsers.ts'
import { inBrowser } from './lib/in_browser.ts'
import { inPages } from './lib/place.ts'
import { expectVerified } from './lib/runtime_test.ts'

inBrowser('Chromium', true)

test('wide vectors: the same digests, with 1 and 2 threads', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const place = await inPages(await chromium({ flags: ['--js-flags=--experimental-wasm-revectorize'] }))
  try {
    for (const threads of [1, 2]) await expectVerified(place, threads, 1, true)
  } finally {
    await place.close()
  }
})
