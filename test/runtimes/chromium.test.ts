// Chromium.
import { inBrowser } from './lib/in_browser.ts'
import { MOST } from './lib/runtime_test.ts'

inBrowser('Chromium', true, { verified: MOST })
